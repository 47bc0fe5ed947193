import { afterEach, describe, expect, it } from '@jest/globals';
import { inventCredentials } from '../../src/auth/credentials.ts';
import { MemoryKeyValueStore } from '../../src/auth/key-value-store.ts';
import { ACCOUNT_QUERY, RestFixture } from './rest-fixture.ts';

const PRICE = '/uapi/domestic-stock/v1/quotations/inquire-price';
const QUERY = { FID_COND_MRKT_DIV_CODE: 'J', FID_INPUT_ISCD: '005930' };
const HOUR = 3_600_000;

let rest: RestFixture;
afterEach(() => rest.stop());

describe('tokenP', () => {
  it('gives a JWT of at most 350 characters for a day, with its end in Korean time', async () => {
    rest = await RestFixture.start({ withToken: false });
    const { status, body } = await rest.issueToken();
    expect(status).toBe(200);
    expect(body['access_token']).toMatch(/^eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzUxMiJ9\.[\w-]+\.[\w-]+$/);
    expect(body['access_token'].length).toBeLessThanOrEqual(350);
    expect(body).toEqual({
      access_token: body['access_token'],
      access_token_token_expired: '2026-03-13 10:15:30',
      token_type: 'Bearer',
      expires_in: 86_400,
    });
  });

  it('is granted once a minute of market time', async () => {
    rest = await RestFixture.start();
    const early = await rest.issueToken();
    rest.exchange.instant += 60_000;
    const late = await rest.issueToken();
    expect([early.status, early.body]).toEqual([
      403,
      {
        error_description: '접근토큰 발급 잠시 후 다시 시도하세요(1분당 1회)',
        error_code: 'EGW00133',
      },
    ]);
    expect(late.status).toBe(200);
  });

  it('gives the same token with the same end inside six hours, then another', async () => {
    rest = await RestFixture.start();
    rest.exchange.instant += 6 * HOUR - 1;
    const same = await rest.issueToken();
    expect(same.body['access_token']).toBe(rest.token);
    expect(same.body['access_token_token_expired']).toBe('2026-03-13 10:15:30');
    expect(same.body['expires_in']).toBe(18 * 3600);
    rest.exchange.instant += 60_000;
    const other = await rest.issueToken();
    expect(other.body['access_token']).not.toBe(rest.token);
    expect(other.body['expires_in']).toBe(86_400);
    // The older one is good until its own end.
    expect((await rest.get(PRICE, 'FHKST01010100', QUERY)).body['rt_cd']).toBe('0');
  });

  it.each([
    [{ appkey: 'x' }, 'EGW00103'],
    [{ appkey: '' }, 'EGW00102'],
    [{ appsecret: 'x' }, 'EGW00105'],
    [{ grant_type: '' }, 'EGW00115'],
    [{ grant_type: 'password' }, 'EGW00116'],
  ])('refuses %p with 403 and %s', async (change, code) => {
    rest = await RestFixture.start({ withToken: false });
    const { status, body } = await rest.issueToken(change);
    expect([status, body['error_code']]).toEqual([403, code]);
  });

  it('survives a restart, with its minute', async () => {
    const store = new MemoryKeyValueStore();
    const before = await RestFixture.start({ store });
    await before.stop();
    rest = await RestFixture.start({ store, withToken: false });
    expect((await rest.issueToken()).body['error_code']).toBe('EGW00133');
    rest.token = before.token;
    expect((await rest.get(PRICE, 'FHKST01010100', QUERY)).body['rt_cd']).toBe('0');
  });
});

describe('revokeP', () => {
  it('ends a token; the next one inside six hours is another', async () => {
    rest = await RestFixture.start();
    const { body } = await rest.send('POST', '/oauth2/revokeP', {
      body: {
        appkey: rest.credentials.appKey,
        appsecret: rest.credentials.appSecret,
        token: rest.token,
      },
    });
    expect(body).toEqual({ code: 200, message: '접근토큰 폐기에 성공하였습니다' });
    const refused = await rest.get(PRICE, 'FHKST01010100', QUERY);
    expect([refused.status, refused.body['msg_cd']]).toEqual([500, 'EGW00121']);
    rest.exchange.instant += 60_000;
    expect((await rest.issueToken()).body['access_token']).not.toBe(rest.token);
  });
});

describe('Approval', () => {
  it('wants the secret as secretkey and gives a UUID', async () => {
    rest = await RestFixture.start({ withToken: false });
    const { appKey, appSecret } = rest.credentials;
    const ask = (secretName: string) =>
      rest.send('POST', '/oauth2/Approval', {
        body: { grant_type: 'client_credentials', appkey: appKey, [secretName]: appSecret },
      });
    const right = await ask('secretkey');
    const wrong = await ask('appsecret');
    expect(right.body['approval_key']).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect([wrong.status, wrong.body['error_code']]).toEqual([403, 'EGW00104']);
  });
});

describe('a token that a client kept from an earlier run with the same keys', () => {
  it('is good for its day, and no longer', async () => {
    const earlier = await RestFixture.start();
    await earlier.stop();
    rest = await RestFixture.start({ withToken: false });
    rest.token = earlier.token;
    const codeOf = async () => (await rest.get(PRICE, 'FHKST01010100', QUERY)).body['msg_cd'];
    expect(await codeOf()).toBe('MCA00000');
    rest.exchange.instant += 24 * HOUR;
    expect(await codeOf()).toBe('EGW00123');
  });

  it('is nothing without the signature', async () => {
    rest = await RestFixture.start();
    const [header, payload] = rest.token.split('.');
    rest.token = `${header}.${payload}.${'x'.repeat(86)}`;
    const { body } = await rest.get(PRICE, 'FHKST01010100', QUERY);
    expect(body['msg_cd']).toBe('EGW00121');
  });
});

describe('the gateway', () => {
  it('tells an unknown, a missing, a malformed and an expired token apart', async () => {
    rest = await RestFixture.start();
    const codeOf = async (authorization: string) => {
      const { status, body } = await rest.get(PRICE, 'FHKST01010100', QUERY, { authorization });
      return [status, body['msg_cd']];
    };
    expect(await codeOf('Bearer nobody')).toEqual([500, 'EGW00121']);
    expect(await codeOf('')).toEqual([500, 'EGW00122']);
    expect(await codeOf('Basic abc')).toEqual([500, 'EGW00205']);
    rest.exchange.instant += 24 * HOUR;
    expect(await codeOf(`Bearer ${rest.token}`)).toEqual([500, 'EGW00123']);
  });

  it.each([
    ['an unknown app key', { appkey: 'x'.repeat(36) }, 403, 'EGW00103'],
    ['no app key', { appkey: '' }, 403, 'EGW00102'],
    ['a wrong secret', { appsecret: 'x' }, 403, 'EGW00105'],
    ['the paper key', { appkey: inventCredentials('paper', 'test').appKey }, 500, 'EGW02004'],
    ['a paper transaction', { tr_id: 'VTTC8434R' }, 500, 'EGW02004'],
    ['an unknown transaction', { tr_id: 'XXXX' }, 500, 'OPSQ0002'],
    ['no transaction', { tr_id: '' }, 500, 'OPSQ9999'],
    ['a wrong customer type', { custtype: 'X' }, 500, 'EGW00208'],
  ])('refuses %s', async (_name, headers, status, code) => {
    rest = await RestFixture.start();
    const answer = await rest.get(PRICE, 'FHKST01010100', QUERY, headers);
    expect([answer.status, answer.body['msg_cd']]).toEqual([status, code]);
  });

  it("refuses the other server's trading transactions", async () => {
    const balance = '/uapi/domestic-stock/v1/trading/inquire-balance';
    rest = await RestFixture.start();
    const onLive = await rest.get(balance, 'VTTC8434R', ACCOUNT_QUERY);
    await rest.stop();
    rest = await RestFixture.start({ profile: 'paper' });
    const onPaper = await rest.get(balance, 'TTTC8434R', ACCOUNT_QUERY);
    expect([onLive.body['msg_cd'], onPaper.body['msg_cd']]).toEqual(['EGW02004', 'EGW02006']);
  });

  it('has no other paths', async () => {
    rest = await RestFixture.start();
    expect((await rest.get('/uapi/nowhere', 'X', {})).status).toBe(404);
  });
});

describe('the rate limit', () => {
  it('refuses the call over it with HTTP 500 and the code twice, in market time', async () => {
    rest = await RestFixture.start({ callsPerSecond: 3 });
    const codes = [];
    for (const step of [0, 150, 150, 150, 550]) {
      rest.exchange.instant += step;
      const { status, body } = await rest.get(PRICE, 'FHKST01010100', QUERY);
      codes.push(status === 200 ? body['rt_cd'] : body);
    }
    const refused = {
      rt_cd: '1',
      msg1: '초당 거래건수를 초과하였습니다.',
      msg_cd: 'EGW00201',
      message: 'EGW00201',
    };
    expect(codes).toEqual(['0', '0', '0', refused, '0']);
  });

  it('refuses as many calls as the rate when they come at one instant', async () => {
    rest = await RestFixture.start({ callsPerSecond: 4 });
    const codes = [];
    for (let index = 0; index < 4; index += 1) {
      codes.push((await rest.get(PRICE, 'FHKST01010100', QUERY)).status);
    }
    expect(codes).toEqual([200, 200, 200, 500]);
  });

  it('forgives at speed what a few real milliseconds of scheduling make of the market', async () => {
    rest = await RestFixture.start({ callsPerSecond: 4 });
    rest.speed = 120;
    const codes = [];
    for (let index = 0; index < 17; index += 1) {
      codes.push((await rest.get(PRICE, 'FHKST01010100', QUERY)).status);
    }
    // 25 ms are three market seconds: twelve calls more than the burst of three.
    expect(codes.filter((code) => code === 200)).toHaveLength(15);
  });
});
