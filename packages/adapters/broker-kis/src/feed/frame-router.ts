import type { TradeDate } from '@fleet/krx';
import type { KisProfile } from '../profile.ts';
import type { AccountParts } from '../settings.ts';
import { parseBookFrame } from './book-frame.ts';
import type { FeedEvents } from './feed-events.ts';
import { type DataFrame, type FrameReject, parseFrame, type RejectReason } from './frame.ts';
import { decryptFrame, type NoticeKey } from './notice-cipher.ts';
import { parseMarketStateFrame } from './market-state-frame.ts';
import { parseNoticeFrame } from './notice-frame.ts';
import { parseTradeFrame } from './trade-frame.ts';

/** Encrypted frames that wait for their key; a key comes within a round trip. */
const WAITING_MAX = 256;

export interface RouterDependencies {
  readonly profile: KisProfile;
  readonly account: AccountParts;
  readonly events: FeedEvents;
  /** The market's day: books carry a time only. */
  readonly today: () => TradeDate;
  /** What this stock's records of this TR are to us: frames under way outlive their registration. */
  readonly standingOf: (trId: string, symbol: string) => 'wanted' | 'givenUp' | 'unknown';
}

/** Turns data frames into events. Never throws; what it cannot read it counts. */
export class FrameRouter {
  readonly #with: RouterDependencies;
  readonly #rejects = new Map<RejectReason, number>();
  #secret: NoticeKey | undefined;
  #waiting: DataFrame[] = [];

  constructor(dependencies: RouterDependencies) {
    this.#with = dependencies;
  }

  /** How many frames or records were thrown away, by reason. */
  rejects(): ReadonlyMap<RejectReason, number> {
    return this.#rejects;
  }

  /** A new session brings new keys. */
  reset(): void {
    if (this.#waiting.length > 0) this.#with.events.onNoticeLost();
    this.#waiting = [];
    this.#secret = undefined;
  }

  /** The key may come after the first frames that need it; other TRs' keys open nothing. */
  setSecret(trId: string, secret: NoticeKey): void {
    if (trId !== this.#with.profile.feedTrIds.notice) return;
    this.#secret = secret;
    const ready = this.#waiting;
    this.#waiting = [];
    for (const frame of ready) this.#open(frame, secret);
  }

  route(text: string): void {
    const frame = parseFrame(text);
    if (frame === undefined) {
      this.#reject({ trId: '', reason: 'NOT_A_FRAME' });
    } else if (!frame.encrypted) {
      this.#deliver(frame);
    } else if (frame.trId !== this.#with.profile.feedTrIds.notice) {
      // KIS encrypts notices only; there is no key to wait for.
      this.#reject({ trId: frame.trId, reason: 'NOT_DECRYPTED' });
    } else if (this.#secret === undefined) {
      this.#wait(frame);
    } else {
      this.#open(frame, this.#secret);
    }
  }

  #wait(frame: DataFrame): void {
    if (this.#waiting.length >= WAITING_MAX) {
      this.#waiting.shift();
      this.#loseNotice({ trId: frame.trId, reason: 'NOT_DECRYPTED' });
    }
    this.#waiting.push(frame);
  }

  #open(frame: DataFrame, secret: NoticeKey): void {
    const plain = decryptFrame(frame, secret);
    if (plain === undefined) this.#loseNotice({ trId: frame.trId, reason: 'NOT_DECRYPTED' });
    else this.#deliver(plain);
  }

  #deliver(frame: DataFrame): void {
    const { profile, events, today } = this.#with;
    switch (frame.trId) {
      case profile.feedTrIds.trade: {
        const { records, rejects } = parseTradeFrame(frame);
        rejects.forEach((reject) => this.#reject(reject));
        const ticks = this.#wanted(frame.trId, records);
        if (ticks.length > 0) events.onTicks(ticks);
        return;
      }
      case profile.feedTrIds.book: {
        const { records, rejects } = parseBookFrame(frame, today());
        rejects.forEach((reject) => this.#reject(reject));
        this.#wanted(frame.trId, records).forEach((book) => events.onOrderBook(book));
        return;
      }
      case profile.feedTrIds.notice:
        this.#deliverNotices(frame);
        return;
      case profile.marketStateTrId: {
        const { records, rejects } = parseMarketStateFrame(frame);
        rejects.forEach((reject) => this.#reject(reject));
        this.#wanted(frame.trId, records).forEach((state) => events.onMarketState(state));
        return;
      }
      default:
        this.#reject({ trId: frame.trId, reason: 'UNKNOWN_TR' });
    }
  }

  #wanted<T extends { readonly symbol: string }>(
    trId: string,
    records: readonly T[],
  ): readonly T[] {
    return records.filter(({ symbol }) => {
      const standing = this.#with.standingOf(trId, symbol);
      if (standing === 'givenUp') this.#count('GIVEN_UP');
      if (standing === 'unknown') this.#reject({ trId, reason: 'NOT_REGISTERED' });
      return standing === 'wanted';
    });
  }

  #deliverNotices(frame: DataFrame): void {
    const { account, events } = this.#with;
    const { records, rejects } = parseNoticeFrame(frame);
    rejects.forEach((reject) => this.#loseNotice(reject));
    for (const record of records) {
      const full = `${account.number}${account.product}`;
      // Eight digits: without the product.
      if (record.account === full || record.account === account.number) {
        events.onNotice(record.notice);
      }
    }
  }

  #loseNotice(reject: FrameReject): void {
    this.#reject(reject);
    this.#with.events.onNoticeLost();
  }

  #reject(reject: FrameReject): void {
    this.#count(reject.reason);
    this.#with.events.onReject(reject);
  }

  #count(reason: RejectReason): void {
    this.#rejects.set(reason, (this.#rejects.get(reason) ?? 0) + 1);
  }
}
