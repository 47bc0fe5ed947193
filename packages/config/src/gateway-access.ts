import { readFileSync } from 'node:fs';

/** PEM texts for a gateway on wss://. */
export interface GatewayTls {
  /** For clients: who signed the gateway's certificate, if nobody whom the system trusts. */
  readonly ca: string | undefined;
  /** For the gateway itself. */
  readonly server: { readonly certificate: string; readonly key: string } | undefined;
}

interface TlsFiles {
  readonly GATEWAY_TLS_CA?: string | undefined;
  readonly GATEWAY_TLS_CERTIFICATE?: string | undefined;
  readonly GATEWAY_TLS_KEY?: string | undefined;
}

/** Reads the files that the variables name. Adds to `problems` what cannot be read or is missing. */
export function readGatewayTls(files: TlsFiles, problems: string[]): GatewayTls {
  const read = (name: keyof TlsFiles): string | undefined => {
    const file = files[name];
    if (file === undefined) return undefined;
    try {
      return readFileSync(file, 'utf8');
    } catch {
      // Nothing has been opened yet: the process ends with this line.
      problems.push(`${name}: ${file} cannot be read`);
      return undefined;
    }
  };
  const [certificate, key] = [read('GATEWAY_TLS_CERTIFICATE'), read('GATEWAY_TLS_KEY')];
  if ((files.GATEWAY_TLS_CERTIFICATE === undefined) !== (files.GATEWAY_TLS_KEY === undefined)) {
    problems.push('GATEWAY_TLS_CERTIFICATE and GATEWAY_TLS_KEY belong together');
  }
  const server = certificate !== undefined && key !== undefined ? { certificate, key } : undefined;
  return { ca: read('GATEWAY_TLS_CA'), server };
}

/** 127.0.0.0/8, ::1 and localhost: what is said there stays in this host. */
const LOOPBACK = /^ws:\/\/(localhost|127(\.\d{1,3}){3}|\[::1\])(?=[:/]|$)/i;

/**
 * Why a gateway must not be reached at this address: whoever hears the token on the way can send
 * orders. `private` is the owner's word that nobody else is on the way, as in a network of containers.
 */
export function exposureProblem(
  address: string | undefined,
  network: 'public' | 'private',
): string | undefined {
  if (network === 'private' || !address?.startsWith('ws://') || LOOPBACK.test(address)) {
    return undefined;
  }
  return `${address} would carry token and orders in the clear beyond this host: use wss://, or GATEWAY_NETWORK=private where nobody else listens`;
}
