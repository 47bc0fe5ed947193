import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { RestFaults, RestFault } from '../faults/rest-faults.ts';
import type { MasterFiles } from '../masters/master-files.ts';
import type { Endpoint } from './endpoint.ts';
import { gatewayRefusal, type KisReply } from './reply.ts';
import { type KisRequest, makeRequest, readBody } from './request.ts';
import type { RestGateway } from './rest-gateway.ts';

export interface RestServerParts {
  readonly gateway: RestGateway;
  readonly tokenEndpoints: ReadonlyMap<
    string,
    (request: KisRequest) => KisReply | Promise<KisReply>
  >;
  readonly masters: MasterFiles;
  readonly faults: RestFaults;
  /** PEM; https with it, http without. */
  readonly tls?: { readonly cert: string; readonly key: string } | undefined;
  /** A handler threw: a defect of the simulator, told on its own log. */
  onError(error: unknown, request: KisRequest): void;
}

// Longer than any client keeps an idle connection, so that none is closed under a request.
const KEEP_ALIVE_MS = 120_000;
const MASTER_PREFIX = '/common/master/';

/** KIS's REST port: HTTP/1.1, plain or with TLS, JSON, header names in KIS's letter case. */
export class RestServer {
  readonly #parts: RestServerParts;
  readonly #server: Server;

  constructor(parts: RestServerParts) {
    this.#parts = parts;
    const serve = (message: IncomingMessage, response: ServerResponse): void => {
      this.#serve(message, response).catch((error: unknown) => {
        // The client went away in the middle of a body; there is nobody to answer.
        response.destroy(error instanceof Error ? error : undefined);
      });
    };
    this.#server =
      parts.tls === undefined
        ? createServer(serve)
        : createTlsServer({ ...parts.tls, minVersion: 'TLSv1.2' }, serve);
    this.#server.keepAliveTimeout = KEEP_ALIVE_MS;
  }

  /** Answers the port. */
  async listen(port: number, host: string): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, resolve);
    });
    return addressOf(this.#server).port;
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  async #serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const bodyText = await readBody(message);
    if (bodyText === undefined) {
      response.writeHead(413).end();
      return;
    }
    const request = makeRequest(
      { method: message.method ?? 'GET', url: message.url ?? '/', headers: message.headers },
      bodyText,
    );
    if (request.path.startsWith(MASTER_PREFIX)) {
      this.#sendMaster(request.path.slice(MASTER_PREFIX.length), response);
      return;
    }
    try {
      await this.#answer(request, response);
    } catch (error) {
      this.#parts.onError(error, request);
      send(response, request, gatewayRefusal('EGW00002'));
    }
  }

  async #answer(request: KisRequest, response: ServerResponse): Promise<void> {
    const tokenEndpoint = this.#parts.tokenEndpoints.get(`${request.method} ${request.path}`);
    if (tokenEndpoint !== undefined) {
      send(response, request, await tokenEndpoint(request));
      return;
    }
    const admission = this.#parts.gateway.admit(request);
    if (admission.refused !== undefined) {
      send(response, request, admission.refused);
      return;
    }
    await this.#answerTransaction(request, admission.endpoint, response);
  }

  async #answerTransaction(
    request: KisRequest,
    endpoint: Endpoint,
    response: ServerResponse,
  ): Promise<void> {
    const { faults, gateway } = this.#parts;
    const fault = await faults.next(endpoint.name, request);
    if (fault?.before !== undefined) {
      finish(response, request, fault.before);
      return;
    }
    const answered = await gateway.answer(request, endpoint);
    const changed = fault?.change?.(answered) ?? answered;
    await fault?.delay?.();
    finish(response, request, fault?.after ?? changed);
  }

  #sendMaster(name: string, response: ServerResponse): void {
    const file = this.#parts.masters.file(name);
    if (file === undefined) {
      response.writeHead(404).end();
      return;
    }
    response.setHeader('Content-Type', file.contentType);
    response.setHeader('Content-Length', file.bytes.length);
    response.writeHead(200).end(file.bytes);
  }
}

function finish(
  response: ServerResponse,
  request: KisRequest,
  outcome: KisReply | NonNullable<RestFault['after']>,
): void {
  if (outcome === 'DROP') {
    response.socket?.destroy();
    return;
  }
  send(response, request, outcome);
}

/**
 * Letter case matters: KIS's own sample client takes every lower-case header name as an identifier,
 * so only KIS's tr_id, tr_cont and gt_uid may be lower case.
 */
function send(response: ServerResponse, request: KisRequest, reply: KisReply): void {
  response.setHeader('Content-Type', 'application/json; charset=utf-8');
  const trId = request.header('tr_id');
  const requestId = request.header('gt_uid');
  if (trId !== '') response.setHeader('tr_id', trId);
  if (trId !== '') response.setHeader('tr_cont', reply.continuation ?? '');
  if (requestId !== '') response.setHeader('gt_uid', requestId);
  const text = reply.body === undefined ? '' : JSON.stringify(reply.body);
  response.setHeader('Content-Length', Buffer.byteLength(text));
  response.writeHead(reply.status).end(text);
}

function addressOf(server: Server): AddressInfo {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the REST port is not TCP');
  return address;
}
