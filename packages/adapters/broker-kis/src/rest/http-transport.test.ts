import { createServer as createHttpServer } from 'node:http';
import { createServer, type AddressInfo, type Server } from 'node:net';
import tls from 'node:tls';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { HttpTransport } from './http-transport.ts';

const TLS_1_2 = 0x0303;
const TLS_1_3 = 0x0304;
const SUPPORTED_VERSIONS = 43;

/** The protocol versions that a ClientHello offers (RFC 8446, 4.1.2 and 4.2.1). */
function offeredVersions(record: Buffer): readonly number[] {
  // Record header 5, handshake header 4, legacy version 2, random 32.
  let at = 43;
  at += 1 + record.readUInt8(at);
  at += 2 + record.readUInt16BE(at);
  at += 1 + record.readUInt8(at);
  const end = at + 2 + record.readUInt16BE(at);
  at += 2;
  while (at < end) {
    const [type, length] = [record.readUInt16BE(at), record.readUInt16BE(at + 2)];
    if (type === SUPPORTED_VERSIONS) {
      const count = record.readUInt8(at + 4) / 2;
      return Array.from({ length: count }, (_, index) => record.readUInt16BE(at + 5 + index * 2));
    }
    at += 4 + length;
  }
  return [];
}

function portOf(server: Pick<Server, 'address'>): number {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a listening TCP server
  return (server.address() as AddressInfo).port;
}

describe('the transport', () => {
  let transport: HttpTransport;

  beforeEach(() => {
    transport = new HttpTransport();
  });
  afterEach(() => transport.close());

  const get = async (url: string, timeoutMs = 5_000) =>
    await transport.exchange({ url, method: 'GET', headers: {}, timeoutMs });

  it('offers TLS 1.2 and 1.3 and nothing older', async () => {
    const ciphers = tls.DEFAULT_CIPHERS;
    // The machine's own policy would hide ours.
    tls.DEFAULT_CIPHERS = 'DEFAULT@SECLEVEL=0';
    const hello = Promise.withResolvers<Buffer>();
    const server = createServer((socket) => {
      socket.once('data', (data) => {
        hello.resolve(data);
        socket.destroy();
      });
      socket.on('error', () => undefined);
    });
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    const result = await get(`https://127.0.0.1:${portOf(server)}/`);
    server.close();
    tls.DEFAULT_CIPHERS = ciphers;
    expect(offeredVersions(await hello.promise).toSorted((a, b) => a - b)).toEqual([
      TLS_1_2,
      TLS_1_3,
    ]);
    // The connection stood, so nobody can say that no byte has left.
    expect(result).toMatchObject({ kind: 'noAnswer', timedOut: false });
  });

  it('gives up a connection that does not come about in its time: no byte leaves later', async () => {
    const heard: Buffer[] = [];
    // It lets TCP connect and says nothing to TLS.
    const server = createServer((socket) => {
      socket.on('data', (data) => heard.push(data));
      socket.on('error', () => undefined);
    });
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    const url = `https://127.0.0.1:${portOf(server)}/`;
    const started = performance.now();
    const result = await transport.exchange({
      url,
      method: 'POST',
      headers: {},
      json: { order: 1 },
      timeoutMs: 20_000,
      connectStepMs: 100,
    });
    expect(performance.now() - started).toBeLessThan(10_000);
    expect(result).toMatchObject({ kind: 'noAnswer', timedOut: true });
    expect(heard).toHaveLength(1);
    server.close();
  });

  it.each([
    ['plain', {}],
    ['packed', { 'content-encoding': 'gzip' }],
  ])(
    'cuts off a reply that never ends (%s)',
    async (_, headers) => {
      let sent = 0;
      const server = createHttpServer((_request, response) => {
        response.writeHead(200, headers);
        if ('content-encoding' in headers) {
          response.end(gzipSync(Buffer.alloc(200 << 20)));
          return;
        }
        const more = (): void => {
          while (!response.destroyed && response.write(Buffer.alloc(1 << 20))) sent += 1;
        };
        response.on('drain', more);
        more();
      });
      await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
      const result = await get(`http://127.0.0.1:${portOf(server)}/`, 20_000);
      server.closeAllConnections();
      server.close();
      expect(result).toMatchObject({ kind: 'noAnswer', timedOut: false });
      expect(sent).toBeLessThan(40);
    },
    30_000,
  );

  it('follows no redirect and repeats nothing', async () => {
    let calls = 0;
    const server = createHttpServer((_request, response) => {
      calls += 1;
      response.writeHead(calls === 1 ? 302 : 500, { location: '/elsewhere' }).end();
    });
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    expect(await get(`http://127.0.0.1:${portOf(server)}/`)).toMatchObject({ status: 302 });
    expect(await get(`http://127.0.0.1:${portOf(server)}/`)).toMatchObject({ status: 500 });
    server.close();
    expect(calls).toBe(2);
  });
});
