import { createDecipheriv } from 'node:crypto';
import { WebSocket } from 'ws';
import { ApprovalDesk } from '../../src/auth/approval-desk.ts';
import { MemoryKeyValueStore } from '../../src/auth/key-value-store.ts';
import type { RealTime } from '../../src/control/real-time.ts';
import { type FrameFaults, NO_FRAME_FAULTS } from '../../src/faults/frame-faults.ts';
import { NO_NOTICE_FAULTS, type NoticeFaults } from '../../src/faults/notice-faults.ts';
import type { ProfileName } from '../../src/rest/profile.ts';
import { FeedHub } from '../../src/websocket/feed-hub.ts';
import { KisWebSocketServer } from '../../src/websocket/websocket-server.ts';
import { FakeExchange } from './fake-exchange.ts';

/** Timers that run when told. */
export class ManualRealTime implements RealTime {
  instant = 0;
  readonly waiting = new Set<{ at: number; run: () => void }>();

  now(): number {
    return this.instant;
  }
  after(delayMs: number, run: () => void): () => void {
    const timer = { at: this.instant + delayMs, run };
    this.waiting.add(timer);
    return () => this.waiting.delete(timer);
  }
  advance(ms: number): void {
    this.instant += ms;
    const due = [...this.waiting].filter((timer) => timer.at <= this.instant);
    for (const timer of due) {
      this.waiting.delete(timer);
      timer.run();
    }
  }
}

/** A running WebSocket port over a FakeExchange. */
export class WebSocketFixture {
  readonly exchange = new FakeExchange();
  readonly real = new ManualRealTime();
  approvalKey = '';
  approvals!: ApprovalDesk;
  server!: KisWebSocketServer;
  url = '';
  readonly #clients: Client[] = [];

  static async start(
    options: {
      profile?: ProfileName;
      bookWidth?: 59 | 62;
      noticeWidth?: 23 | 26;
      noticeFaults?: NoticeFaults;
      frameFaults?: FrameFaults;
    } = {},
  ): Promise<WebSocketFixture> {
    const fixture = new WebSocketFixture();
    const { exchange, real } = fixture;
    fixture.approvals = await ApprovalDesk.load(new MemoryKeyValueStore(), 'test');
    fixture.approvalKey = await fixture.approvals.issue('APPKEY', exchange.now());
    const hub = new FeedHub({
      exchange,
      htsId: 'tester01',
      bookWidth: options.bookWidth ?? 59,
      noticeWidth: options.noticeWidth ?? 26,
      noticeFaults: options.noticeFaults ?? NO_NOTICE_FAULTS,
      real,
    });
    exchange.subscribe(hub);
    fixture.server = new KisWebSocketServer({
      approvals: fixture.approvals,
      credentials: { appKey: 'APPKEY', appSecret: 'SECRET' },
      hub,
      market: { now: () => exchange.now(), speed: () => 1 },
      real,
      profile: options.profile ?? 'live',
      noticeKeys: new Set(['tester01']),
      seed: 'test',
      slotLingerMs: 5000,
      frameFaults: options.frameFaults ?? NO_FRAME_FAULTS,
    });
    const port = await fixture.server.listen(0, '127.0.0.1');
    fixture.url = `ws://127.0.0.1:${port}`;
    return fixture;
  }

  async connect(path = '/tryitout'): Promise<Client> {
    const client = await Client.open(`${this.url}${path}`, this.approvalKey);
    this.#clients.push(client);
    return client;
  }

  async stop(): Promise<void> {
    for (const client of this.#clients) client.socket.terminate();
    await this.server.close();
  }
}

/** A client that reads frames one by one. */
export class Client {
  readonly socket: WebSocket;
  readonly approvalKey: string;
  readonly #texts: string[] = [];
  readonly #waiting: ((text: string) => void)[] = [];
  readonly closed: Promise<number>;

  constructor(socket: WebSocket, approvalKey: string) {
    this.socket = socket;
    this.approvalKey = approvalKey;
    this.closed = new Promise((resolve) => socket.on('close', resolve));
    socket.on('message', (data: Buffer) => {
      const text = data.toString('utf8');
      const waiter = this.#waiting.shift();
      if (waiter === undefined) this.#texts.push(text);
      else waiter(text);
    });
  }

  static async open(url: string, approvalKey: string): Promise<Client> {
    const socket = new WebSocket(url);
    const client = new Client(socket, approvalKey);
    await new Promise((resolve, reject) => {
      socket.on('open', resolve);
      socket.on('error', reject);
    });
    return client;
  }

  next(): Promise<string> {
    const text = this.#texts.shift();
    if (text !== undefined) return Promise.resolve(text);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  // oxlint-disable-next-line typescript/no-explicit-any -- acknowledgements of every shape
  async nextJson(): Promise<any> {
    return JSON.parse(await this.next());
  }

  /** The next frame's parts; the payload is decrypted when a key is given. */
  async nextFrame(sessionKey?: {
    iv: string;
    key: string;
  }): Promise<{ flag: string; trId: string; count: string; values: string[] }> {
    const [flag = '', trId = '', count = '', payload = ''] = (await this.next()).split('|');
    const plain = sessionKey === undefined ? payload : decrypt(payload, sessionKey);
    return { flag, trId, count, values: plain.split('^') };
  }

  send(message: unknown): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  // oxlint-disable-next-line typescript/no-explicit-any -- acknowledgements of every shape
  async ask(trId: string, trKey: string, change: Record<string, string> = {}): Promise<any> {
    this.send(this.message(trId, trKey, change));
    return await this.nextJson();
  }

  message(trId: string, trKey: string, change: Record<string, string> = {}): unknown {
    return {
      header: {
        approval_key: this.approvalKey,
        custtype: 'P',
        tr_type: '1',
        'content-type': 'utf-8',
        ...change,
      },
      body: { input: { tr_id: trId, tr_key: trKey } },
    };
  }
}

function decrypt(payload: string, { iv, key }: { iv: string; key: string }): string {
  const decipher = createDecipheriv('aes-256-cbc', key, iv);
  return decipher.update(payload, 'base64', 'utf8') + decipher.final('utf8');
}
