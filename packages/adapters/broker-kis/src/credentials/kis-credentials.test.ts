import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { BrokerError } from '@fleet/service-layer';
import {
  CountingBudget,
  MemoryTokenStore,
  TEN_O_CLOCK,
  testSettings,
} from '../../test/support/adapter-kit.ts';
import { closedPortUrl, FakeKisServer } from '../../test/support/fake-kis-server.ts';
import { InstantClock } from '../../test/support/instant-clock.ts';
import { HttpTransport } from '../rest/http-transport.ts';
import { KisCredentials } from './kis-credentials.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe('the access token', () => {
  let server: FakeKisServer;
  let transport: HttpTransport;
  let clock: InstantClock;
  let store: MemoryTokenStore;

  beforeEach(async () => {
    server = await new FakeKisServer().start();
    transport = new HttpTransport();
    clock = new InstantClock(TEN_O_CLOCK);
    store = new MemoryTokenStore();
  });

  afterEach(async () => {
    transport.close();
    await server.stop();
  });

  const make = (url = server.url, budget = new CountingBudget()): KisCredentials =>
    new KisCredentials({
      settings: testSettings(url),
      transport,
      store,
      budget,
      brokerClock: clock,
    });

  it('is issued once for many who ask at the same time', async () => {
    const credentials = make();
    const tokens = await Promise.all([1, 2, 3].map(() => credentials.accessToken()));
    expect(tokens.map(({ value }) => value)).toEqual(['token-1', 'token-1', 'token-1']);
    expect(server.callsTo('tokenP')).toHaveLength(1);
    expect(server.callsTo('tokenP')[0]?.body).toEqual({
      grant_type: 'client_credentials',
      appkey: 'app-key',
      appsecret: 'app-secret',
    });
  });

  it('is taken from the store after a restart', async () => {
    await make().accessToken();
    clock.pass(HOUR);
    expect((await make().accessToken()).value).toBe('token-1');
    expect(server.callsTo('tokenP')).toHaveLength(1);
  });

  it('of another app key or another host is not used', async () => {
    await make().accessToken();
    if (store.token !== undefined) store.token = { ...store.token, issuedFor: 'another' };
    clock.pass(HOUR);
    expect((await make().accessToken()).value).toBe('token-2');
  });

  it('lives as long as expires_in says, less a margin', async () => {
    const credentials = make();
    await credentials.accessToken();
    clock.pass(24 * HOUR - 11 * MINUTE);
    expect(credentials.current()?.value).toBe('token-1');
    clock.pass(2 * MINUTE);
    expect(credentials.current()).toBeUndefined();
    expect((await credentials.accessToken()).value).toBe('token-2');
  });

  it('is not asked for twice in a minute, also over a restart', async () => {
    const credentials = make();
    credentials.discard(await credentials.accessToken());
    await credentials.accessToken();
    expect(clock.waits).toEqual([61_000]);
    clock.pass(10_000);
    const next = make();
    const token = await next.accessToken();
    expect(token.value).toBe('token-2');
    next.discard(token);
    await next.accessToken();
    expect(clock.waits).toEqual([61_000, 51_000]);
  });

  it('waits longer each time KIS says one a minute, and then gives up', async () => {
    server.routes.set('/oauth2/tokenP', () => ({
      status: 403,
      body: {
        error_code: 'EGW00133',
        error_description: '접근토큰 발급 잠시 후 다시 시도하세요(1분당 1회)',
      },
    }));
    await expect(make().accessToken()).rejects.toMatchObject({
      code: 'THROTTLED',
      vendorCode: 'EGW00133',
    });
    expect(clock.waits).toEqual([122_000, 183_000]);
  });

  it('of a call under way is stored before the holder is closed, and none is asked for after', async () => {
    const [saving, held] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const save = store.save.bind(store);
    store.save = async (token) => {
      saving.resolve();
      await held.promise;
      await save(token);
    };
    const credentials = make();
    const issued = credentials.accessToken();
    await saving.promise;
    const closed = credentials.close().then(() => store.token?.accessToken);
    held.resolve();
    expect(await closed).toBe('token-1');
    credentials.discard(await issued);
    await expect(credentials.accessToken()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(server.callsTo('tokenP')).toHaveLength(1);
  });

  it('is not discarded by news about an earlier one', async () => {
    const credentials = make();
    const first = await credentials.accessToken();
    credentials.discard(first);
    const second = await credentials.accessToken();
    credentials.discard(first);
    expect(credentials.current()).toEqual(second);
  });

  it.each([
    [
      'a wrong key',
      { status: 403, body: { error_code: 'EGW00103', error_description: 'x' } },
      'AUTHENTICATION',
    ],
    ['a lock-out without a code', { status: 403, body: 'Forbidden' }, 'UNAVAILABLE'],
    ['a broken reply', { status: 200, body: 'not json' }, 'UNAVAILABLE'],
    ['a reply without a token', { status: 200, body: { expires_in: 86_400 } }, 'BAD_REPLY'],
    [
      'a token that is no header value',
      { status: 200, body: { access_token: 'a\nb', expires_in: 1 } },
      'BAD_REPLY',
    ],
    [
      'a lifetime that is none',
      { status: 200, body: { access_token: 'a', expires_in: -1 } },
      'BAD_REPLY',
    ],
  ])('%s is an error', async (_, reply, code) => {
    server.routes.set('/oauth2/tokenP', () => reply);
    const error: unknown = await make()
      .accessToken()
      .catch((failure: unknown) => failure);
    expect(error).toBeInstanceOf(BrokerError);
    expect(error).toMatchObject({ code });
    expect(String(error)).not.toContain('app-secret');
    expect(store.token).toBeUndefined();
  });

  it('cannot be had from a server that is not there', async () => {
    await expect(make(await closedPortUrl()).accessToken()).rejects.toMatchObject({
      code: 'UNAVAILABLE',
    });
  });

  it('may be waited for no longer by one without being lost for the others', async () => {
    const credentials = make();
    const patient = credentials.accessToken();
    await expect(credentials.accessToken(AbortSignal.abort(new Error('gone')))).rejects.toThrow(
      'gone',
    );
    expect((await patient).value).toBe('token-1');
  });

  it('has a sister for the feed, fresh each time and with its own field name', async () => {
    const credentials = make();
    expect(await credentials.approvalKey()).toBe('approval-1');
    expect(await credentials.approvalKey()).toBe('approval-2');
    expect(server.callsTo('Approval')[0]?.body).toEqual({
      grant_type: 'client_credentials',
      appkey: 'app-key',
      secretkey: 'app-secret',
    });
  });
});
