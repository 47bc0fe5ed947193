import type { KisAccess, KisKey } from '@fleet/config';
import { BrokerError, type Instrument } from '@fleet/service-layer';
import type { FeedSight, KisProbe, KisProfile } from '../bootstrap.ts';
import type { DoctorTexts } from './doctor-texts.ts';
import { CheckFailed, failedFinding, say } from './failed-finding.ts';
import type { CheckId, Finding, Measurement } from './finding.ts';
import { feedMeasurements } from './measurements.ts';
import { maskAccount, redactor } from './redact.ts';

export interface DoctorContext {
  readonly probe: KisProbe;
  readonly profile: KisProfile;
  /** `quotes`: the key that only reads the market; nothing of the account is asked with it. */
  readonly key: 'trading' | 'quotes';
  readonly access: KisKey;
  readonly kis: KisAccess;
  readonly mode: string;
  readonly texts: DoctorTexts;
  readonly nodeVersion: string;
  readonly symbol: string | undefined;
  readonly watchMs: number;
  readonly signal: AbortSignal;
  /** Told as each check is done, so that a person sees where it takes its time. */
  readonly onFinding: (finding: Finding) => void;
}

/** `skipped`: the server does not offer it, or there is nothing to ask with; the text says why. */
type Outcome = { readonly ok: string } | { readonly skipped: string };

const NODE_MAJOR_MIN = 24;
/** More would put the token minute and the order window out of step. */
const SKEW_MAX_MS = 2_000;
/** Listed in every master file; else the busiest share that may be traded. */
const DEFAULT_SYMBOL = '005930';
/** The feed knows no such TR: a live one on the paper server. */
const UNKNOWN_TR = 'OPSP8991';

/** Asks one thing after the other; nothing that fails stops the rest that does not need it. */
export class Doctor {
  readonly #with: DoctorContext;
  readonly #redact: (text: string) => string;
  readonly #measurements: Measurement[] = [];
  #symbol: string;

  constructor(context: DoctorContext) {
    this.#with = context;
    const { access, kis } = context;
    const { personalSecretKey, ...about } = kis.corporate ?? { personalSecretKey: '' };
    const owner = [kis.accountId, kis.accountId.slice(0, 8), kis.htsId, access.htsId];
    const personal = [personalSecretKey, ...Object.values(about).map((told) => told ?? '')];
    this.#redact = redactor([access.appKey, access.appSecret, ...owner, ...personal]);
    this.#symbol = context.symbol ?? DEFAULT_SYMBOL;
  }

  /** What it saw of the open points; the findings have been told by then. */
  async run(): Promise<readonly Measurement[]> {
    const { key, profile } = this.#with;
    const isTrading = key === 'trading';
    if (isTrading) await this.#check('node', async () => this.#node());
    if (isTrading) await this.#check('settings', async () => this.#settings());
    await this.#check('clock', async () => await this.#clock());
    const hasToken = await this.#check('token', async () => await this.#token());
    const hasApprovalKey = await this.#check('approvalKey', async () => await this.#approvalKey());
    if (isTrading) await this.#check('masters', async () => await this.#masters());
    if (isTrading) await this.#account(hasToken);
    await this.#market(hasToken);
    await this.#feed(hasApprovalKey);
    if (hasToken && profile.trIds.volumeRank === undefined) await this.#rank();
    return this.#measurements;
  }

  async #account(hasToken: boolean): Promise<void> {
    const { probe, signal, texts } = this.#with;
    await this.#ask('balance', hasToken, async () => {
      const { holdings } = await probe.balance(signal);
      return texts.holdings(holdings.length);
    });
    await this.#ask('buyingPower', hasToken, async () => {
      await probe.buyingPower(this.#symbol, signal);
      return texts.canBuy;
    });
    await this.#ask('orders', hasToken, async () => {
      const { orders } = await probe.ordersOfToday(signal);
      return texts.orders(orders.length);
    });
  }

  async #market(hasToken: boolean): Promise<void> {
    const { probe, signal, texts } = this.#with;
    await this.#ask('quote', hasToken, async () => {
      const { lastPrice } = await probe.quote(this.#symbol, signal);
      return texts.lastPrice(this.#symbol, lastPrice.toFixed());
    });
    await this.#ask('orderBook', hasToken, async () => {
      const { asks, bids } = await probe.orderBook(this.#symbol, signal);
      return texts.book(asks.length, bids.length);
    });
    await this.#ask('holiday', hasToken, async () => {
      const isOpen = await probe.isOpenToday(signal);
      if (isOpen === undefined) return { skipped: texts.notOnPaper };
      return isOpen ? texts.open : texts.closed;
    });
  }

  #node(): Outcome {
    const { nodeVersion } = this.#with;
    const major = Number(/^v?(\d+)/.exec(nodeVersion)?.[1]);
    if (!(major >= NODE_MAJOR_MIN)) throw new CheckFailed(nodeVersion);
    return { ok: nodeVersion };
  }

  #settings(): Outcome {
    const { mode, kis } = this.#with;
    const who = kis.corporate === undefined ? [] : ['KIS_CUSTOMER_TYPE=B'];
    const account = maskAccount(kis.accountId);
    return { ok: [mode, ...who, account, kis.restUrl, kis.wsUrl].join(', ') };
  }

  async #clock(): Promise<Outcome> {
    const { probe, signal, texts } = this.#with;
    const skew = await probe.clockSkewMs(signal);
    if (skew === undefined) return { skipped: texts.noDate };
    const text = texts.skew((skew / 1000).toFixed(1));
    if (Math.abs(skew) > SKEW_MAX_MS) throw new CheckFailed(text);
    return { ok: text };
  }

  async #token(): Promise<Outcome> {
    const { probe, signal, texts } = this.#with;
    try {
      await probe.token(signal);
    } catch (error) {
      const isThrottled = error instanceof BrokerError && error.code === 'THROTTLED';
      throw isThrottled ? new CheckFailed(texts.tokenThrottled) : error;
    }
    return { ok: texts.tokenIssued };
  }

  async #approvalKey(): Promise<Outcome> {
    const { probe, signal, texts } = this.#with;
    await probe.approvalKey(signal);
    return { ok: texts.approvalKey };
  }

  async #masters(): Promise<Outcome> {
    const { probe, signal, texts, symbol, kis } = this.#with;
    const instruments = await probe.instruments(signal);
    this.#symbol = symbol ?? chosen(instruments)?.symbol ?? DEFAULT_SYMBOL;
    // Whoever gets here over https has been shown a certificate that holds.
    if (kis.masterUrl.startsWith('https:')) {
      this.#measurements.push({ point: texts.points.certificate, seen: 'ok' });
    }
    return { ok: texts.masters(instruments.length, this.#symbol) };
  }

  async #feed(hasApprovalKey: boolean): Promise<void> {
    const { probe, signal, texts, profile, key, watchMs } = this.#with;
    let sight: FeedSight | undefined;
    await this.#check('feed', async () => {
      if (!hasApprovalKey) return { skipped: texts.needsApprovalKey };
      sight = await probe.watchFeed(this.#symbol, watchMs, signal);
      const answers = sight.answers.filter(({ trId }) => trId !== profile.feedTrIds.notice);
      const bad = answers.find(({ verdict }) => verdict !== 'registered');
      if (bad !== undefined) {
        const advice = bad.code === UNKNOWN_TR ? texts.otherServer : undefined;
        throw new CheckFailed(answerText(bad, texts), advice);
      }
      return {
        ok: texts.registered(answers.map(({ trId }) => trId).join(', '), sight.records),
      };
    });
    if (key === 'trading') await this.#check('notices', async () => this.#notices(sight));
    if (sight !== undefined) this.#measurements.push(...feedMeasurements(sight, profile, texts));
  }

  #notices(sight: FeedSight | undefined): Outcome {
    const { texts, profile, kis } = this.#with;
    if (kis.htsId === '') return { skipped: texts.noHtsId };
    const answer = sight?.answers.find(({ trId }) => trId === profile.feedTrIds.notice);
    // The session was over before it could be asked for.
    if (answer === undefined) return { skipped: texts.needsFeed };
    const text = answerText(answer, texts);
    if (answer.verdict !== 'registered' || sight?.endedBy !== undefined) {
      const advice = answer.code === UNKNOWN_TR ? texts.otherServer : undefined;
      throw new CheckFailed([text, sight?.endedBy ?? []].flat().join(', '), advice);
    }
    return { ok: text };
  }

  /** The paper server has been seen answering it, though it is documented not to. */
  async #rank(): Promise<void> {
    const { probe, signal, texts } = this.#with;
    const seen = await probe.rankByLiveTr(signal).then(String, (error: unknown) => say(error));
    this.#measurements.push({ point: texts.points.rank, seen: this.#redact(seen) });
  }

  /** Asked with the token; without one it is passed over. */
  async #ask(id: CheckId, hasToken: boolean, ask: () => Promise<string | Outcome>): Promise<void> {
    await this.#check(id, async () => {
      if (!hasToken) return { skipped: this.#with.texts.needsToken };
      const seen = await ask();
      return typeof seen === 'string' ? { ok: seen } : seen;
    });
  }

  /** Whether it succeeded. */
  async #check(id: CheckId, ask: () => Promise<Outcome>): Promise<boolean> {
    const { texts, onFinding } = this.#with;
    let finding: Finding;
    try {
      const outcome = await ask();
      finding =
        'ok' in outcome
          ? { id, status: 'ok', detail: outcome.ok }
          : { id, status: 'skipped', detail: outcome.skipped };
    } catch (error) {
      // True now: this one thing is not as it should be; what it was is told, and the rest goes on.
      finding = failedFinding(id, error, texts, this.#redact);
    }
    onFinding(finding);
    return finding.status === 'ok';
  }
}

function chosen(instruments: readonly Instrument[]): Instrument | undefined {
  return (
    instruments.find(({ symbol }) => symbol === DEFAULT_SYMBOL) ??
    instruments
      .filter(({ kind, warnings }) => kind === 'COMMON' && warnings.length === 0)
      .toSorted((a, b) => b.previousVolume - a.previousVolume)[0]
  );
}

function answerText(answer: FeedSight['answers'][number], texts: DoctorTexts): string {
  const said = `${answer.code} ${answer.message}`.trim();
  return texts.answered(answer.trId, said === '' ? texts.noAnswer : said);
}
