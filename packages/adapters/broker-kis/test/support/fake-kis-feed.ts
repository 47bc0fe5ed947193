import { createCipheriv } from 'node:crypto';
import { WebSocketServer, type WebSocket } from 'ws';

const NOTICE_KEY = 'abcdefghijklmnopabcdefghijklmnop';
const NOTICE_IV = '0123456789abcdef';

/** What the fake's acknowledgements carry. */
export const NOTICE_SECRET = { key: NOTICE_KEY, iv: NOTICE_IV };

export interface ReceivedRegistration {
  readonly approvalKey: string;
  readonly register: boolean;
  readonly trId: string;
  readonly trKey: string;
}

/** KIS's feed as far as a client can tell; what it answers is the test's choice. */
export class FakeKisFeed {
  readonly registrations: ReceivedRegistration[] = [];
  readonly pongs: string[] = [];
  readonly texts: string[] = [];
  /** msg_cd, or undefined for silence. */
  answer: (registration: ReceivedRegistration) => string | undefined = ({ register }) =>
    register ? 'OPSP0000' : 'OPSP0001';
  connections = 0;
  readonly #server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  #socket: WebSocket | undefined;

  async start(): Promise<this> {
    this.#server.on('connection', (socket) => this.#welcome(socket));
    if (this.#server.address() === null) {
      await new Promise<void>((resolve) => void this.#server.once('listening', resolve));
    }
    return this;
  }

  get url(): string {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('not listening');
    return `ws://127.0.0.1:${address.port}/tryitout`;
  }

  send(data: string | Buffer): void {
    this.#socket?.send(data, { binary: false });
  }

  /** Without a close frame, as KIS does it. */
  drop(): void {
    this.#socket?.terminate();
  }

  acknowledge(trId: string, trKey: string, code: string): void {
    const header =
      code === 'OPSP8996' ? { tr_id: '(null)', tr_key: '' } : { tr_id: trId, tr_key: trKey };
    const ok = code === 'OPSP0000' || code === 'OPSP0001';
    this.send(
      JSON.stringify({
        header: { ...header, encrypt: 'N' },
        body: {
          rt_cd: ok ? '0' : '1',
          msg_cd: code,
          msg1: ok ? 'SUBSCRIBE SUCCESS' : 'NO',
          ...(ok ? { output: { iv: NOTICE_IV, key: NOTICE_KEY } } : {}),
        },
      }),
    );
  }

  async stop(): Promise<void> {
    for (const client of this.#server.clients) client.terminate();
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
  }

  #welcome(socket: WebSocket): void {
    this.connections += 1;
    this.#socket = socket;
    socket.on('pong', (data) => void this.pongs.push(data.toString('utf8')));
    socket.on('message', (data) => {
      const text = Buffer.isBuffer(data) ? data.toString('utf8') : '';
      this.texts.push(text);
      const { header, body } = Object(JSON.parse(text));
      const registration = {
        approvalKey: String(header.approval_key),
        register: header.tr_type === '1',
        trId: String(body.input.tr_id),
        trKey: String(body.input.tr_key),
      };
      this.registrations.push(registration);
      const code = this.answer(registration);
      if (code !== undefined) this.acknowledge(registration.trId, registration.trKey, code);
      if (code === 'OPSP8996') this.drop();
    });
  }
}

export function encryptedNotice(trId: string, plain: string): string {
  const cipher = createCipheriv('aes-256-cbc', NOTICE_KEY, NOTICE_IV);
  const payload = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]).toString('base64');
  return `1|${trId}|001|${payload}`;
}
