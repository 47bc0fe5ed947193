import { kstInstant, type TradeDate } from '@fleet/krx';
import { inventCredentials } from '../../src/auth/credentials.ts';
import { MemoryKeyValueStore } from '../../src/auth/key-value-store.ts';
import { TokenDesk } from '../../src/auth/token-desk.ts';
import { ENDPOINTS } from '../../src/rest/endpoint-table.ts';
import { type ProfileName, profileOf } from '../../src/rest/profile.ts';
import { RateLimit } from '../../src/rest/rate-limit.ts';
import { makeRequest } from '../../src/rest/request.ts';
import { RestGateway } from '../../src/rest/rest-gateway.ts';
import { ACCOUNT, makeManualExchange, type ManualExchange } from '../exchange/manual-exchange.ts';
import { afterOpen, CLOSING, flat, makeTestDay, TEST_DATE } from '../exchange/test-day.ts';

export const TRADED = '123450';
export const HALTED = '234560';
const BARS = [
  ...Array.from({ length: 380 }, (_, minute) => flat(minute, 10_000, 10_000)),
  flat(CLOSING, 10_050, 20_000),
];
const ALL_DAY = { from: afterOpen(-30), to: afterOpen(600) };
const TRADING = '/uapi/domestic-stock/v1/trading';

/** KIS's gateway over the real exchange, without sockets: what a client's behaviour brings about. */
export class RealGateway {
  readonly market: ManualExchange;
  readonly #gateway: RestGateway;
  readonly #tokens: TokenDesk;
  readonly #profile: ProfileName;
  #token = '';

  private constructor(
    market: ManualExchange,
    gateway: RestGateway,
    tokens: TokenDesk,
    profile: ProfileName,
  ) {
    this.market = market;
    this.#gateway = gateway;
    this.#tokens = tokens;
    this.#profile = profile;
  }

  /** The market stands at `time` of a Thursday. */
  static async open(profile: ProfileName, time = '10:00'): Promise<RealGateway> {
    const day = makeTestDay({
      [TRADED]: { bars: BARS, reference: 10_000 },
      [HALTED]: { bars: [], reference: 10_000, halts: [ALL_DAY] },
    });
    const instant = kstInstant(TEST_DATE, time);
    const startAt = Math.min(instant, day.session.openingAuction.from);
    const market = makeManualExchange(day, { cash: 100_000_000, startAt });
    market.moveTo(instant);
    const credentials = inventCredentials(profile, 'test');
    const tokens = await TokenDesk.load(new MemoryKeyValueStore(), 'test');
    const gateway = new RestGateway({
      endpoints: ENDPOINTS,
      context: {
        exchange: market.exchange,
        profile: { ...profileOf(profile), branch: '06010' },
        account: ACCOUNT,
        htsId: 'tester01',
        clientDays: () => [],
      },
      credentials,
      otherAppKey: inventCredentials(profile === 'live' ? 'paper' : 'live', 'test').appKey,
      tokens,
      rateLimit: new RateLimit({ now: () => 0, speed: () => 1 }, 1_000_000),
    });
    return new RealGateway(market, gateway, tokens, profile);
  }

  moveTo(date: TradeDate, time: string): void {
    this.market.moveTo(kstInstant(date, time));
  }

  buy(change: Record<string, string> = {}): Promise<Answer> {
    return this.#order('0012U', change);
  }

  sell(change: Record<string, string> = {}): Promise<Answer> {
    return this.#order('0011U', change);
  }

  /** Of all that is open unless the change says otherwise. */
  revise(number: string, change: Record<string, string> = {}): Promise<Answer> {
    return this.ask('POST', 'order-rvsecncl', '0013U', {
      KRX_FWDG_ORD_ORGNO: '06010',
      ORGN_ODNO: number,
      ORD_DVSN: '00',
      RVSE_CNCL_DVSN_CD: '02',
      ORD_QTY: '0',
      ORD_UNPR: '0',
      QTY_ALL_ORD_YN: 'Y',
      ...change,
    });
  }

  /** A trading call; `tr` without the server's prefix. */
  async ask(
    method: 'GET' | 'POST',
    name: string,
    tr: string,
    inputs: Record<string, string>,
  ): Promise<Answer> {
    const account = { CANO: ACCOUNT.slice(0, 8), ACNT_PRDT_CD: ACCOUNT.slice(8) };
    const sent = { ...account, ...inputs };
    const query = method === 'GET' ? `?${new URLSearchParams(sent).toString()}` : '';
    const trId = `${this.#profile === 'live' ? 'T' : 'V'}TTC${tr}`;
    const request = makeRequest(
      { method, url: `${TRADING}/${name}${query}`, headers: await this.#headers(trId) },
      method === 'POST' ? JSON.stringify(sent) : '',
    );
    const admission = this.#gateway.admit(request);
    const { body } = admission.refused ?? (await this.#gateway.answer(request, admission.endpoint));
    return new Answer(JSON.parse(JSON.stringify(body)));
  }

  /** With the token that is valid at this instant of the market. */
  async #headers(trId: string): Promise<Record<string, string>> {
    const { appKey, appSecret } = inventCredentials(this.#profile, 'test');
    const issued = await this.#tokens.issue(appKey, this.market.exchange.now());
    if (issued.issued) this.#token = issued.token;
    return {
      authorization: `Bearer ${this.#token}`,
      appkey: appKey,
      appsecret: appSecret,
      tr_id: trId,
    };
  }

  #order(tr: string, change: Record<string, string>): Promise<Answer> {
    return this.ask('POST', 'order-cash', tr, {
      PDNO: TRADED,
      ORD_DVSN: '00',
      ORD_QTY: '10',
      ORD_UNPR: '9900',
      ...change,
    });
  }
}

/** A reply's code, and the number of the order it accepted. */
export class Answer {
  readonly code: string;
  readonly number: string;

  // oxlint-disable-next-line typescript/no-explicit-any -- replies of every shape are looked into
  constructor(body: any) {
    this.code = body.msg_cd;
    this.number = body.output?.ODNO ?? '';
  }
}
