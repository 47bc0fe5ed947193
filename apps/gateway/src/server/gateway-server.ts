import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { dirname } from 'node:path';
import { WebSocket, WebSocketServer } from 'ws';
import {
  encodePushBody,
  type GatewayEndpoint,
  parseGatewayAddress,
  type PushBody,
  REQUEST_FRAME_BYTES_MAX,
} from '@fleet/gateway-contract';
import type { Clock, Log } from '@fleet/service-layer';
import { atMost } from '../at-most.ts';
import type { Callers } from '../budget/caller.ts';
import type { GatewayServices } from '../services.ts';
import { Outgoing } from './outgoing.ts';
import { Session } from './session.ts';

export interface ServerTls {
  /** PEM texts. */
  readonly certificate: string;
  readonly key: string;
}

export interface GatewayServerDependencies {
  /** As `parseGatewayAddress` reads it; port 0 takes any free one. */
  readonly address: string;
  readonly token: string | undefined;
  readonly tls: ServerTls | undefined;
  readonly accountId: string;
  readonly services: GatewayServices;
  readonly callers: Callers;
  readonly clock: Clock;
  readonly log: Log;
}

const ALIVE_PAUSE_MS = 1_000;
const PING_EVERY = 5;
/** Strangers must say hello within this, and only so many of them may wait to. */
const HELLO_MS = 5_000;
const STRANGERS_MAX = 64;
const CLOSE_MS = 1_000;

interface Connection {
  readonly socket: WebSocket;
  readonly session: Session;
  readonly outgoing: Outgoing;
  answersPing: boolean;
}

/** The socket that the fleet's processes talk to. */
export class GatewayServer {
  readonly #deps: GatewayServerDependencies;
  readonly #endpoint: GatewayEndpoint;
  readonly #http: Server;
  readonly #ws: WebSocketServer;
  readonly #connections = new Map<string, Connection>();
  readonly #stop = new AbortController();
  #lastId = 0;
  #closing = false;

  /** @throws Error when TCP is asked for without a token, or TLS without a certificate */
  constructor(deps: GatewayServerDependencies) {
    this.#deps = deps;
    this.#endpoint = parseGatewayAddress(deps.address);
    this.#http = makeHttpServer(this.#endpoint, deps);
    this.#ws = new WebSocketServer({
      server: this.#http,
      maxPayload: REQUEST_FRAME_BYTES_MAX,
      perMessageDeflate: false,
    });
    this.#ws.on('connection', (socket) => this.#accept(socket));
    this.#ws.on('error', (error) => deps.log.error('GatewayServerError', { error }));
  }

  /** Clients that said hello. */
  get listeners(): number {
    let count = 0;
    for (const { session } of this.#connections.values()) count += Number(session.isGreeted);
    return count;
  }

  /** Starts listening and returns the address that clients use. @throws what listening throws */
  async listen(): Promise<string> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#http.once('error', reject);
    if (this.#endpoint.kind === 'local') this.#listenLocally(this.#endpoint.path, resolve);
    else this.#http.listen(this.#endpoint.port, this.#endpoint.host, resolve);
    await promise;
    this.#http.off('error', reject);
    void this.#keepAlive();
    return this.#addressInUse();
  }

  /** To every client that said hello. */
  broadcast(body: PushBody): void {
    const encoded = encodePushBody(body);
    for (const { session, outgoing } of this.#connections.values()) {
      if (session.isGreeted) outgoing.pushReliably(encoded);
    }
  }

  /** To these listeners, of whom a slow one may get only the newest of the key. */
  publish(key: string, body: PushBody, listeners: Iterable<string>): void {
    const encoded = encodePushBody(body);
    for (const id of listeners) this.#connections.get(id)?.outgoing.pushNewest(key, encoded);
  }

  /** From now on requests are refused; those under way go on. */
  refuseRequests(): void {
    this.#closing = true;
  }

  async close(): Promise<void> {
    this.#closing = true;
    this.#stop.abort();
    const { clock } = this.#deps;
    const gone = [...this.#connections.values()].map(({ socket }) => closed(socket));
    for (const { socket } of this.#connections.values()) socket.close(1001, 'going away');
    await atMost(clock, CLOSE_MS, Promise.all(gone));
    for (const { socket } of this.#connections.values()) socket.terminate();
    this.#ws.close();
    await new Promise<void>((resolve) => this.#http.close(() => resolve()));
  }

  /** Whoever left this file is dead: we hold the lease. */
  #listenLocally(path: string, listening: () => void): void {
    if (path.startsWith('/')) {
      mkdirSync(dirname(path), { recursive: true });
      rmSync(path, { force: true });
    }
    this.#http.listen(path, () => {
      // Orders leave through here: this user only.
      if (path.startsWith('/')) chmodSync(path, 0o600);
      listening();
    });
  }

  #addressInUse(): string {
    const bound = this.#http.address();
    if (this.#endpoint.kind === 'local' || bound === null || typeof bound === 'string') {
      return this.#deps.address;
    }
    const host = this.#endpoint.host.includes(':')
      ? `[${this.#endpoint.host}]`
      : this.#endpoint.host;
    return `${this.#endpoint.tls ? 'wss' : 'ws'}://${host}:${bound.port}`;
  }

  #accept(socket: WebSocket): void {
    const { log, clock, services, callers, accountId, token } = this.#deps;
    // `close` follows; without a listener an error would end the process.
    socket.on('error', (error) => log.debug('GatewayClientError', { error }));
    if (this.#closing || this.#connections.size - this.listeners >= STRANGERS_MAX) {
      socket.terminate();
      return;
    }
    const id = `client-${(this.#lastId += 1)}`;
    const greeted = new AbortController();
    const outgoing = new Outgoing(socket, clock, (reason) =>
      log.warn('GatewayClientCutOff', { client: id, reason }),
    );
    const session = new Session({
      id,
      outgoing,
      services,
      callers,
      log,
      accountId,
      token: this.#endpoint.kind === 'tcp' ? token : undefined,
      isClosing: () => this.#closing,
      onGreeted: () => greeted.abort(),
      hangUp: (reason) => socket.close(4401, reason.slice(0, 100)),
    });
    const connection = { socket, session, outgoing, answersPing: true };
    this.#connections.set(id, connection);
    void this.#dropStranger(connection, greeted.signal);
    socket.on('pong', () => (connection.answersPing = true));
    socket.on('message', (data, isBinary) => {
      if (isBinary || !Buffer.isBuffer(data)) session.countBadFrame();
      else session.receive(data.toString('utf8'));
    });
    socket.once('close', () => {
      greeted.abort();
      this.#connections.delete(id);
      outgoing.close();
      session.end();
      log.info('GatewayClientGone', { client: id, badFrames: session.badFrames });
    });
  }

  async #dropStranger({ socket, session }: Connection, greeted: AbortSignal): Promise<void> {
    await this.#deps.clock.sleep(HELLO_MS, greeted).catch(() => undefined);
    if (!session.isGreeted) socket.terminate();
  }

  /** So that a listener knows quiet from dead, and we do. */
  async #keepAlive(): Promise<void> {
    const { signal } = this.#stop;
    for (let round = 1; !signal.aborted; round += 1) {
      await this.#deps.clock.sleep(ALIVE_PAUSE_MS, signal).catch(() => undefined);
      for (const connection of this.#connections.values()) {
        if (connection.session.isGreeted) connection.outgoing.pushAlive();
        if (round % PING_EVERY === 0) this.#ping(connection);
      }
    }
  }

  #ping(connection: Connection): void {
    if (connection.socket.readyState !== WebSocket.OPEN) return;
    if (!connection.answersPing) this.#deps.log.warn('GatewayClientSilent');
    // A stopped client comes back to a closed connection rather than to minutes of old news.
    if (connection.answersPing) connection.socket.ping();
    else connection.socket.terminate();
    connection.answersPing = false;
  }
}

function makeHttpServer(endpoint: GatewayEndpoint, deps: GatewayServerDependencies): Server {
  if (endpoint.kind === 'tcp' && deps.token === undefined) {
    throw new Error('a gateway on TCP needs a token: whoever reaches it can send orders');
  }
  if (endpoint.kind === 'local' || !endpoint.tls) return createServer();
  if (!deps.tls) throw new Error('a gateway on wss:// needs a certificate and its key');
  return createTlsServer({
    cert: deps.tls.certificate,
    key: deps.tls.key,
    minVersion: 'TLSv1.2',
  });
}

function closed(socket: WebSocket): Promise<void> {
  if (socket.readyState === WebSocket.CLOSED) return Promise.resolve();
  return new Promise((resolve) => socket.once('close', () => resolve()));
}
