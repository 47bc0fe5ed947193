import { describe, expect, it } from '@jest/globals';
import type { SecretStore } from '@fleet/service-layer';
import { recordingLog } from '../../test/recording-log.ts';
import { seal, unseal } from './sealed-box.ts';
import { TokenCustodian } from './token-custodian.ts';

class FakeSecrets implements SecretStore {
  readonly rows = new Map<string, string>();
  async load(name: string): Promise<string | undefined> {
    return this.rows.get(name);
  }
  async save(name: string, sealed: string): Promise<void> {
    this.rows.set(name, sealed);
  }
}

const TOKEN = { accessToken: 'eyJ0…', issuedAt: 1, expiresAt: 86_400_001, issuedFor: 'digest' };

describe('token custodian', () => {
  it('gives the token back to the next process and stores no readable part of it', async () => {
    const secrets = new FakeSecrets();
    const one = new TokenCustodian({ secrets, appSecret: 'secret', log: recordingLog() });
    await one.save(TOKEN);
    const [sealed] = secrets.rows.values();
    expect(sealed).not.toContain('eyJ0');
    const next = new TokenCustodian({ secrets, appSecret: 'secret', log: recordingLog() });
    expect(await next.load()).toEqual(TOKEN);
  });

  it('finds nothing at first, with another secret, or in a broken row', async () => {
    const secrets = new FakeSecrets();
    const log = recordingLog();
    const custodian = new TokenCustodian({ secrets, appSecret: 'secret', log });
    expect(await custodian.load()).toBeUndefined();
    await custodian.save(TOKEN);
    const other = new TokenCustodian({ secrets, appSecret: 'other', log });
    expect(await other.load()).toBeUndefined();
    for (const broken of ['', 'v1', 'v1.a.b.c.d', 'v2.a.b.c.d', 'nonsense']) {
      secrets.rows.set('kis-access-token', broken);
      expect(await custodian.load()).toBeUndefined();
    }
  });

  it('a box is opened only under its own name and unaltered', async () => {
    const box = await seal('a', 'secret', 'text');
    expect(await unseal('a', 'secret', box)).toBe('text');
    expect(await unseal('b', 'secret', box)).toBeUndefined();
    const parts = box.split('.');
    const altered = [...parts.slice(0, 4), Buffer.from('next').toString('base64url')].join('.');
    expect(await unseal('a', 'secret', altered)).toBeUndefined();
    expect(await seal('a', 'secret', 'text')).not.toBe(box);
  });
});
