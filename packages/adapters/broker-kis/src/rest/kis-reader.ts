import { BrokerError, type MarketClock } from '@fleet/service-layer';
import pRetry from 'p-retry';
import { judgeReadReply } from '../answers.ts';
import type { KisCredentials } from '../credentials/kis-credentials.ts';
import type { CallBudget } from './call-budget.ts';
import type { ReplyRow } from './envelope.ts';
import type { CallResult, KisRequest, KisRestClient, MorePages } from './kis-rest-client.ts';

const ATTEMPTS_MAX = 3;
/** KIS recovers from throttling in 1.09 s (measured); broker milliseconds. */
const THROTTLE_PAUSE_MS = 1_100;
const RETRY_PAUSE_MS = 300;

export interface ReadPage {
  readonly body: ReplyRow;
  readonly more: MorePages;
  /** KIS said "nothing to show" in the manner of an error. */
  readonly noData: boolean;
}

/** The data changed while its pages were read: start over. */
export class ChangedWhileReading extends BrokerError {
  constructor(message: string) {
    super('UNAVAILABLE', message);
    this.name = 'ChangedWhileReading';
  }
}

export interface ReaderDependencies {
  readonly client: KisRestClient;
  readonly credentials: KisCredentials;
  readonly budget: CallBudget;
  readonly brokerClock: MarketClock;
}

class RetrySoon extends BrokerError {
  readonly pauseMs: number;
  constructor(error: BrokerError, pauseMs: number) {
    super(error.code, error.message, { cause: error, ...vendor(error.vendorCode) });
    this.pauseMs = pauseMs;
  }
}

/** Reads with patience: a new token, a pause after throttling, another try. Never for orders. */
export class KisReader {
  readonly #with: ReaderDependencies;

  constructor(dependencies: ReaderDependencies) {
    this.#with = dependencies;
  }

  /** @throws BrokerError, or the signal's reason */
  async read(request: KisRequest): Promise<ReadPage> {
    const { brokerClock } = this.#with;
    return await pRetry(() => this.#attempt(request), {
      retries: ATTEMPTS_MAX - 1,
      minTimeout: 0,
      maxTimeout: 0,
      shouldRetry: async ({ error }) => {
        if (!(error instanceof RetrySoon)) return false;
        // The pause is the broker's time, which p-retry's own timers do not know.
        if (error.pauseMs > 0) await brokerClock.sleep(error.pauseMs, request.signal);
        return true;
      },
    });
  }

  async #attempt(request: KisRequest): Promise<ReadPage> {
    const result = await this.#with.client.call(request);
    if (result.kind === 'reply') return this.#pageOf(request, result);
    request.signal?.throwIfAborted();
    const timedOut = result.kind === 'noAnswer' && result.timedOut;
    const code = timedOut ? 'TIMEOUT' : 'UNAVAILABLE';
    const error = new BrokerError(code, `${request.path}: ${result.reason}`);
    // A deadline has been waited for once already.
    throw timedOut ? error : new RetrySoon(error, RETRY_PAUSE_MS);
  }

  #pageOf(request: KisRequest, result: CallResult & { kind: 'reply' }): ReadPage {
    const { credentials, budget } = this.#with;
    const answer = judgeReadReply(result.status, result.envelope);
    const text = `${request.path}: ${answer.code} ${answer.message}`;
    const failed = (code: BrokerError['code']): BrokerError =>
      new BrokerError(code, text, { vendorCode: answer.code });
    switch (answer.verdict) {
      case 'ok':
        return { body: result.envelope?.body ?? {}, more: result.more, noData: false };
      case 'noData':
        return { body: {}, more: 'no', noData: true };
      case 'refreshToken':
        credentials.discard(result.token);
        throw new RetrySoon(failed('AUTHENTICATION'), 0);
      case 'throttled':
        budget.throttled();
        throw new RetrySoon(failed('THROTTLED'), THROTTLE_PAUSE_MS);
      case 'retry': {
        const readable = result.envelope !== undefined || result.status !== 200;
        throw new RetrySoon(failed(readable ? 'UNAVAILABLE' : 'BAD_REPLY'), RETRY_PAUSE_MS);
      }
      case 'restart':
        throw new ChangedWhileReading(text);
      case 'refused':
        break;
    }
    throw failed(answer.error);
  }
}

function vendor(code: string | undefined): { vendorCode?: string } {
  return code === undefined ? {} : { vendorCode: code };
}
