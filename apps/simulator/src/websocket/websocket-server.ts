import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import type { ApprovalDesk } from '../auth/approval-desk.ts';
import type { Credentials } from '../auth/credentials.ts';
import type { MarketTime, RealTime } from '../control/real-time.ts';
import type { FrameFaults } from '../faults/frame-faults.ts';
import type { ProfileName } from '../rest/profile.ts';
import { AppKeySlots } from './app-key-slots.ts';
import type { FeedHub } from './feed-hub.ts';
import { makeSessionKey } from './notice-cipher.ts';
import { PingPong } from './ping-pong.ts';
import { Session } from './session.ts';

export interface WebSocketServerParts {
  readonly approvals: ApprovalDesk;
  readonly credentials: Credentials;
  readonly hub: FeedHub;
  readonly market: MarketTime;
  readonly real: RealTime;
  readonly profile: ProfileName;
  readonly noticeKeys: ReadonlySet<string>;
  readonly seed: string;
  /** Market time that a dropped session keeps its slot. */
  readonly slotLingerMs: number;
  readonly frameFaults: FrameFaults;
}

const MESSAGE_BYTES_MAX = 64 * 1024;
// No path, the new sample's path, the documented path.
const PATHS = /^\/(tryitout(\/[A-Z0-9]*)?)?$/i;

/** KIS's WebSocket port. */
export class KisWebSocketServer {
  readonly #parts: WebSocketServerParts;
  readonly #slots: AppKeySlots;
  readonly #http: Server = createServer((_request, response) => response.writeHead(404).end());
  readonly #upgrader = new WebSocketServer({
    noServer: true,
    maxPayload: MESSAGE_BYTES_MAX,
    perMessageDeflate: false,
  });
  readonly #sessions = new Set<Session>();
  #served = 0;

  constructor(parts: WebSocketServerParts) {
    this.#parts = parts;
    this.#slots = new AppKeySlots(parts.market, parts.slotLingerMs);
    this.#http.on('upgrade', (request: IncomingMessage, connection: Socket, head: Buffer) => {
      this.#upgrade(request, connection, head);
    });
  }

  /** Answers the port. */
  async listen(port: number, host: string): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#http.once('error', reject);
      this.#http.listen(port, host, resolve);
    });
    const address = this.#http.address();
    if (!isTcp(address)) throw new Error('the WebSocket port is not TCP');
    return address.port;
  }

  /** Sessions that are open now. */
  sessions(): readonly Session[] {
    return [...this.#sessions];
  }

  dropAll(): void {
    for (const session of this.#sessions) session.drop();
  }

  async close(): Promise<void> {
    for (const client of this.#upgrader.clients) client.close(1001);
    await new Promise<void>((resolve) => {
      this.#http.close(() => resolve());
      this.#http.closeAllConnections();
      for (const client of this.#upgrader.clients) client.terminate();
    });
  }

  #upgrade(request: IncomingMessage, connection: Socket, head: Buffer): void {
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    if (!PATHS.test(path)) {
      connection.end('HTTP/1.1 404 Not Found\r\nconnection: close\r\n\r\n');
      return;
    }
    this.#upgrader.handleUpgrade(request, connection, head, (socket) => {
      connection.setNoDelay(true);
      this.#open(socket, connection);
    });
  }

  #open(socket: WebSocket, connection: Socket): void {
    const { hub, market, real, frameFaults, seed } = this.#parts;
    this.#served += 1;
    const session: Session = new Session({
      ...this.#parts,
      socket,
      connection,
      sessionKey: makeSessionKey(`${seed}/session/${this.#served}`),
      slots: this.#slots,
      time: market,
      change(frame) {
        const outcome = frameFaults.change(frame);
        if (outcome.kind === 'SEND') return outcome.data;
        session.drop();
        return undefined;
      },
      refuse: (trId, trKey) => frameFaults.refuse(trId, trKey),
      onRegister: (from, registration) => hub.register(from, registration),
      onUnregister: (from, registration) => hub.unregister(from, registration),
    });
    const pingPong = new PingPong({
      market,
      real,
      say: (text) => session.say(text),
      drop: () => session.drop(),
    });
    this.#sessions.add(session);
    pingPong.start();
    // A binary frame is read as text: some clients send bytes.
    socket.on('message', (data) => {
      if (session.receive(textOf(data))) pingPong.answered();
    });
    socket.on('pong', () => pingPong.answered());
    // ws reports protocol errors of the client here and closes the connection itself.
    socket.on('error', () => session.drop());
    socket.on('close', (code) => {
      pingPong.stop();
      this.#sessions.delete(session);
      session.closed(isOrderly(code));
    });
  }
}

/** 1006: no close frame came. */
function isOrderly(code: number): boolean {
  return code !== 1006;
}

function textOf(data: Buffer | ArrayBuffer | Buffer[]): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString('utf8');
  return Buffer.isBuffer(data) ? data.toString('utf8') : Buffer.from(data).toString('utf8');
}

function isTcp(address: string | AddressInfo | null): address is AddressInfo {
  return address !== null && typeof address !== 'string';
}
