import type { TradeDate } from '@fleet/krx';
import { ApprovalDesk } from '../../src/auth/approval-desk.ts';
import { type Credentials, inventCredentials } from '../../src/auth/credentials.ts';
import { type KeyValueStore, MemoryKeyValueStore } from '../../src/auth/key-value-store.ts';
import { TokenDesk } from '../../src/auth/token-desk.ts';
import { NO_REST_FAULTS, type RestFaults } from '../../src/faults/rest-faults.ts';
import { MasterFiles } from '../../src/masters/master-files.ts';
import { ENDPOINTS, EXTRA_ENDPOINTS } from '../../src/rest/endpoint-table.ts';
import { type ProfileName, profileOf } from '../../src/rest/profile.ts';
import { RateLimit } from '../../src/rest/rate-limit.ts';
import { RestGateway } from '../../src/rest/rest-gateway.ts';
import { RestServer } from '../../src/rest/rest-server.ts';
import { makeTokenEndpoints } from '../../src/rest/token-endpoints.ts';
import { FAKE_ACCOUNT, FakeExchange } from './fake-exchange.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // oxlint-disable-next-line typescript/no-explicit-any -- replies of every shape are looked into
  readonly body: Record<string, any>;
}

/** A running REST port over a FakeExchange, with a valid token unless told otherwise. */
export class RestFixture {
  readonly exchange = new FakeExchange();
  readonly errors: unknown[] = [];
  credentials: Credentials = inventCredentials('live', 'test');
  token = '';
  url = '';
  speed = 1;
  clientDays: readonly TradeDate[] = [];
  #server: RestServer | undefined;

  static async start(
    options: {
      profile?: ProfileName;
      callsPerSecond?: number;
      store?: KeyValueStore;
      faults?: (tokens: TokenDesk, fixture: RestFixture) => RestFaults;
      withToken?: boolean;
      tls?: { readonly cert: string; readonly key: string };
    } = {},
  ): Promise<RestFixture> {
    const fixture = new RestFixture();
    const profile = options.profile ?? 'live';
    const { exchange } = fixture;
    fixture.credentials = inventCredentials(profile, 'test');
    const store = options.store ?? new MemoryKeyValueStore();
    const tokens = await TokenDesk.load(store, 'test');
    const time = { now: () => exchange.now(), speed: () => fixture.speed };
    exchange.branch = profileOf(profile).branch;
    const gateway = new RestGateway({
      endpoints: [...ENDPOINTS, ...EXTRA_ENDPOINTS],
      context: {
        exchange,
        profile: profileOf(profile),
        account: FAKE_ACCOUNT,
        htsId: 'tester01',
        clientDays: () => fixture.clientDays,
      },
      credentials: fixture.credentials,
      otherAppKey: inventCredentials(profile === 'live' ? 'paper' : 'live', 'test').appKey,
      tokens,
      rateLimit: new RateLimit(time, options.callsPerSecond ?? 1_000_000),
    });
    const approvals = await ApprovalDesk.load(store, 'test');
    fixture.#server = new RestServer({
      gateway,
      tokenEndpoints: makeTokenEndpoints({
        credentials: fixture.credentials,
        tokens,
        approvals,
        time,
        expiryShiftMs: () => 0,
      }),
      masters: new MasterFiles(exchange),
      faults: options.faults?.(tokens, fixture) ?? NO_REST_FAULTS,
      tls: options.tls,
      onError: (error) => fixture.errors.push(error),
    });
    const port = await fixture.#server.listen(0, '127.0.0.1');
    fixture.url = `http://127.0.0.1:${port}`;
    if (options.withToken !== false) {
      const answer = await fixture.issueToken();
      fixture.token = answer.body['access_token'];
    }
    return fixture;
  }

  async stop(): Promise<void> {
    await this.#server?.close();
  }

  issueToken(change: Record<string, string> = {}): Promise<Answer> {
    return this.send('POST', '/oauth2/tokenP', {
      body: {
        grant_type: 'client_credentials',
        appkey: this.credentials.appKey,
        appsecret: this.credentials.appSecret,
        ...change,
      },
    });
  }

  get(
    path: string,
    trId: string,
    query: Record<string, string>,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const text = new URLSearchParams(query).toString();
    return this.send('GET', `${path}?${text}`, { headers: { ...this.headers(trId), ...headers } });
  }

  post(
    path: string,
    trId: string,
    body: Record<string, unknown>,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    return this.send('POST', path, { headers: { ...this.headers(trId), ...headers }, body });
  }

  headers(trId: string): Record<string, string> {
    return {
      authorization: `Bearer ${this.token}`,
      appkey: this.credentials.appKey,
      appsecret: this.credentials.appSecret,
      tr_id: trId,
      custtype: 'P',
    };
  }

  async send(
    method: string,
    path: string,
    options: { headers?: Record<string, string>; body?: unknown } = {},
  ): Promise<Answer> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: { 'content-type': 'application/json; charset=utf-8', ...options.headers },
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
    });
    const text = await response.text();
    const isJson = text.startsWith('{');
    return {
      status: response.status,
      headers: response.headers,
      body: isJson ? JSON.parse(text) : {},
    };
  }
}

export const ACCOUNT_QUERY = { CANO: '50012345', ACNT_PRDT_CD: '01' };
