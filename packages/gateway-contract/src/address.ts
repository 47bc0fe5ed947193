import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { InvalidValueError } from '@fleet/domain';

/** Where a gateway listens: a unix socket or named pipe of this host, or a TCP port. */
export type GatewayEndpoint =
  | { readonly kind: 'local'; readonly path: string }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number; readonly tls: boolean };

/** sun_path of Linux holds 107 bytes, that of macOS 103. */
const SOCKET_PATH_BYTES_MAX = 100;

/**
 * Reads `unix:PATH`, an absolute path, `\\.\pipe\NAME`, `ws://HOST:PORT` or `wss://HOST:PORT`.
 * @throws InvalidValueError
 */
export function parseGatewayAddress(address: string): GatewayEndpoint {
  if (/^wss?:\/\//.test(address)) return tcpEndpoint(address);
  const path = address.startsWith('unix:') ? address.slice('unix:'.length) : address;
  const isPipe = path.startsWith('\\\\.\\pipe\\') || path.startsWith('\\\\?\\pipe\\');
  if (!isPipe && !path.startsWith('/')) {
    throw new InvalidValueError(
      'a gateway address is unix:/path, ws://host:port or wss://host:port',
      address,
    );
  }
  if (!isPipe && Buffer.byteLength(path) > SOCKET_PATH_BYTES_MAX) {
    throw new InvalidValueError(
      `a socket path has at most ${SOCKET_PATH_BYTES_MAX} bytes`,
      address,
    );
  }
  return { kind: 'local', path };
}

/** The local address of the fleet whose data is in this folder; every process finds the same. */
export function localGatewayAddress(
  dataDir: string,
  platform: NodeJS.Platform = process.platform,
): string {
  const folder = resolve(dataDir);
  const digest = createHash('sha256').update(folder).digest('hex').slice(0, 16);
  if (platform === 'win32') return `\\\\.\\pipe\\kis-fleet-${digest}`;
  const inside = join(folder, 'gateway.sock');
  const path =
    Buffer.byteLength(inside) <= SOCKET_PATH_BYTES_MAX
      ? inside
      : join(tmpdir(), `kis-fleet-${digest}.sock`);
  return `unix:${path}`;
}

function tcpEndpoint(address: string): GatewayEndpoint {
  const url = URL.parse(address);
  // From the text: URL leaves a scheme's default port out.
  const port = Number(/:(\d{1,5})\/?$/.exec(address)?.[1] ?? Number.NaN);
  if (!url || url.hostname === '' || Number.isNaN(port)) {
    throw new InvalidValueError('a gateway address over TCP names host and port', address);
  }
  // Brackets of an IPv6 address are URL spelling, not part of the host.
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  return { kind: 'tcp', host, port, tls: url.protocol === 'wss:' };
}
