import type { KisAccess } from '@fleet/config';
import { BrokerError, type Instrument } from '@fleet/service-layer';
import type { FeedSight, KisProbe, KisProfile } from '../bootstrap.ts';
import type { DoctorTexts } from './doctor-texts.ts';
import type { CheckId, Finding, Measurement } from './finding.ts';
import { feedMeasurements } from './measurements.ts';
import { maskAccount, redactor } from './redact.ts';

export interface DoctorContext {
  readonly probe: KisProbe;
  readonly profile: KisProfile;
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

/** Undefined: the server does not offer it, or there is nothing to ask with; the text says why. */
type Outcome = { readonly ok: string } | { readonly skipped: string };

const NODE_MAJOR_MIN = 24;
/** More would put the token minute and the order window out of step. */
const SKEW_MAX_MS = 2_000;
/** Listed in every master file; else the busiest share that may be traded. */
const DEFAULT_SYMBOL = '005930';

/** Thrown by a check that failed for a reason of its own, already in the reader's words. */
class CheckFailed extends Error {}

/** Asks one thing after the other; nothing that fails stops the rest that does not need it. */
export class Doctor {
  readonly #with: DoctorContext;
  readonly #redact: (text: string) => string;
  readonly findings: Finding[] = [];
  readonly measurements: Measurement[] = [];
  #symbol: string;

  constructor(context: DoctorContext) {
    this.#with = context;
    const { appKey, appSecret, accountId, htsId, corporate } = context.kis;
    const personal = corporate === undefined ? [] : [corporate.personalSecretKey];
    const account = [accountId, accountId.slice(0, 8), htsId];
    this.#redact = redactor([appKey, appSecret, ...account, ...personal]);
    this.#symbol = context.symbol ?? DEFAULT_SYMBOL;
  }

  async run(): Promise<void> {
    const { probe, signal, texts, profile } = this.#with;
    await this.#check('node', async () => this.#node());
    await this.#check('settings', async () => this.#settings());
    await this.#check('clock', async () => await this.#clock());
    const hasToken = await this.#check('token', async () => await this.#token());
    const withToken = async (id: CheckId, ask: () => Promise<Outcome>): Promise<void> => {
      await this.#check(id, hasToken ? ask : async () => ({ skipped: texts.needsToken }));
    };
    await this.#check('approvalKey', async () => {
      await probe.approvalKey(signal);
      return { ok: texts.approvalKey };
    });
    await withToken('balance', async () => {
      const { holdings } = await probe.balance(signal);
      return { ok: texts.holdings(holdings.length) };
    });
    await this.#check('masters', async () => await this.#masters());
    await withToken('buyingPower', async () => {
      await probe.buyingPower(this.#symbol, signal);
      return { ok: texts.canBuy };
    });
    await withToken('quote', async () => {
      const { lastPrice } = await probe.quote(this.#symbol, signal);
      return { ok: texts.lastPrice(this.#symbol, lastPrice.toFixed()) };
    });
    await withToken('orderBook', async () => {
      const { asks, bids } = await probe.orderBook(this.#symbol, signal);
      return { ok: texts.book(asks.length, bids.length) };
    });
    await withToken('orders', async () => {
      const { orders } = await probe.ordersOfToday(signal);
      return { ok: texts.orders(orders.length) };
    });
    await withToken('holiday', async () => {
      const isOpen = await probe.isOpenToday(signal);
      if (isOpen === undefined) return { skipped: texts.notOnPaper };
      return { ok: isOpen ? texts.open : texts.closed };
    });
    await this.#feed();
    if (hasToken && profile.trIds.volumeRank === undefined) await this.#rank();
  }

  #node(): Outcome {
    const { nodeVersion } = this.#with;
    const major = Number(/^v?(\d+)/.exec(nodeVersion)?.[1]);
    if (!(major >= NODE_MAJOR_MIN)) throw new CheckFailed(nodeVersion);
    return { ok: nodeVersion };
  }

  #settings(): Outcome {
    const { mode, kis } = this.#with;
    return { ok: `${mode}, ${maskAccount(kis.accountId)}, ${kis.restUrl}, ${kis.wsUrl}` };
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

  async #masters(): Promise<Outcome> {
    const { probe, signal, texts, symbol, kis } = this.#with;
    const instruments = await probe.instruments(signal);
    this.#symbol = symbol ?? chosen(instruments)?.symbol ?? DEFAULT_SYMBOL;
    // Whoever gets here over https has been shown a certificate that holds.
    if (kis.masterUrl.startsWith('https:')) {
      this.measurements.push({ point: texts.points.certificate, seen: 'ok' });
    }
    return { ok: texts.masters(instruments.length, this.#symbol) };
  }

  async #feed(): Promise<void> {
    const { probe, signal, texts, profile, kis, watchMs } = this.#with;
    let sight: FeedSight | undefined;
    await this.#check('feed', async () => {
      sight = await probe.watchFeed(this.#symbol, watchMs, signal);
      const answers = sight.answers.filter(({ trId }) => trId !== profile.feedTrIds.notice);
      const bad = answers.find(({ verdict }) => verdict !== 'registered');
      if (bad !== undefined) throw new CheckFailed(answerText(bad, texts));
      return {
        ok: texts.registered(answers.map(({ trId }) => trId).join(', '), sight.records),
      };
    });
    await this.#check('notices', async () => {
      if (kis.htsId === '') return { skipped: texts.noHtsId };
      const answer = sight?.answers.find(({ trId }) => trId === profile.feedTrIds.notice);
      if (answer === undefined) throw new CheckFailed(sight?.endedBy ?? profile.feedTrIds.notice);
      const text = answerText(answer, texts);
      if (answer.verdict !== 'registered' || sight?.endedBy !== undefined) {
        throw new CheckFailed(`${text} ${sight?.endedBy ?? ''}`.trim());
      }
      return { ok: text };
    });
    if (sight !== undefined) this.measurements.push(...feedMeasurements(sight, profile, texts));
  }

  /** The paper server has been seen answering it, though it is documented not to. */
  async #rank(): Promise<void> {
    const { probe, signal, texts } = this.#with;
    const seen = await probe.rankByLiveTr(signal).then(String, (error: unknown) => say(error));
    this.measurements.push({ point: texts.points.rank, seen: this.#redact(seen) });
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
      const detail = this.#redact(say(error));
      const isAway =
        error instanceof BrokerError &&
        ['UNAVAILABLE', 'TIMEOUT'].includes(error.code) &&
        error.vendorCode === undefined;
      const advice = isAway ? texts.unreachable : texts.advice[id];
      finding = { id, status: 'failed', detail, advice };
    }
    this.findings.push(finding);
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
  return texts.answered(answer.trId, said === '' ? texts.nothingCame : said);
}

function say(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
