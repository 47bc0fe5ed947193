import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { RestFixture } from './rest-fixture.ts';

const pair = makePair();
const describeWithPair = pair === undefined ? describe.skip : describe;

describeWithPair('the REST port with a certificate', () => {
  it('speaks https to a client that trusts it', async () => {
    const rest = await RestFixture.start({ withToken: false, ...(pair && { tls: pair }) });
    const port = new URL(rest.url).port;
    const status = await new Promise((resolve, reject) => {
      const url = `https://localhost:${port}/nowhere`;
      request(url, { ca: pair?.cert }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on('error', reject)
        .end();
    });
    await rest.stop();
    expect(status).toBe(404);
  });
});

/** Undefined where there is no openssl. */
function makePair(): { cert: string; key: string } | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'simulator-tls-'));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const name = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  const flags = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...name];
  try {
    execFileSync('openssl', [...flags, '-keyout', key, '-out', cert], { stdio: 'ignore' });
    return { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') };
  } catch {
    // Without openssl the test is skipped, and counted as skipped.
    return undefined;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
