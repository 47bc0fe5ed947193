import { connect as connectLocal } from 'node:net';
import { WebSocket } from 'ws';
import { type GatewayEndpoint, REPLY_FRAME_BYTES_MAX } from '@fleet/gateway-contract';

/** Real ms for TCP, TLS and the upgrade together. */
const HANDSHAKE_MS = 3_000;

/** Extra certificate authorities (PEM) for a gateway with a certificate of one's own. */
export interface ClientTls {
  readonly ca?: string;
}

/** A socket that is still connecting. Errors come as its `error` and `close` events. */
export function openSocket(endpoint: GatewayEndpoint, tls: ClientTls = {}): WebSocket {
  const options = {
    handshakeTimeout: HANDSHAKE_MS,
    maxPayload: REPLY_FRAME_BYTES_MAX,
    perMessageDeflate: false,
  };
  if (endpoint.kind === 'local') {
    // A URL cannot spell a named pipe, so the connection is made here for both kinds of path.
    return new WebSocket('ws://gateway.local/', {
      ...options,
      createConnection: () => connectLocal(endpoint.path),
    });
  }
  const host = endpoint.host.includes(':') ? `[${endpoint.host}]` : endpoint.host;
  const url = `${endpoint.tls ? 'wss' : 'ws'}://${host}:${endpoint.port}/`;
  return new WebSocket(url, { ...options, ...tls });
}
