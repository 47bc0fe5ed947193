import { compactDate, kstDate, type TradeDate } from '@fleet/krx';
import { BrokerError, type CallOptions, type MarketClock } from '@fleet/service-layer';
import * as z from 'zod';
import { type ReplyRow, rowsOf } from '../rest/envelope.ts';
import { parseReply, textField } from '../rest/fields.ts';
import type { MarketReads } from '../rest/market-reads.ts';
import { wireDate } from '../rest/wire-time.ts';

const row = z.object({
  bass_dt: textField,
  // opnd_yn alone says that the exchange opens; the others are banks and brokers.
  opnd_yn: textField.pipe(z.enum(['Y', 'N'])),
});

export function holidaysQuery(date: TradeDate): Record<string, string> {
  return { BASS_DT: compactDate(date), CTX_AREA_NK: '', CTX_AREA_FK: '' };
}

/** Open or not, for the days that the reply lists (about 25). @throws BrokerError BAD_REPLY */
export function parseOpenDays(body: ReplyRow): ReadonlyMap<TradeDate, boolean> {
  return new Map(
    rowsOf(body['output']).map((line) => {
      const fields = parseReply(row, line, 'chk-holiday row');
      const date = wireDate(fields.bass_dt);
      if (date === undefined) throw new BrokerError('BAD_REPLY', 'chk-holiday row: not a date');
      return [date, fields.opnd_yn === 'Y'];
    }),
  );
}

/** Open and closed days as the broker knows them. KIS asks for one such call a day. */
export class MarketDays {
  readonly #reads: MarketReads;
  readonly #brokerClock: MarketClock;
  /** The day of the calls and what they said. */
  #known: { readonly on: TradeDate; readonly days: ReadonlyMap<TradeDate, boolean> } | undefined;

  constructor(dependencies: { reads: MarketReads; brokerClock: MarketClock }) {
    this.#reads = dependencies.reads;
    this.#brokerClock = dependencies.brokerClock;
  }

  /** Consecutive days from `date` on, as far as they are known. @throws BrokerError */
  async from(
    date: TradeDate,
    options?: CallOptions,
  ): Promise<readonly { readonly date: TradeDate; readonly isOpen: boolean }[]> {
    const days = await this.#daysWith(date, options);
    return [...days]
      .filter(([day]) => day >= date)
      .map(([day, isOpen]) => ({ date: day, isOpen }))
      .toSorted((a, b) => (a.date < b.date ? -1 : 1));
  }

  /** Undefined when KIS does not list the day. @throws BrokerError */
  async isOpen(date: TradeDate, options?: CallOptions): Promise<boolean | undefined> {
    return (await this.#daysWith(date, options)).get(date);
  }

  async #daysWith(
    date: TradeDate,
    options: CallOptions | undefined,
  ): Promise<ReadonlyMap<TradeDate, boolean>> {
    const on = kstDate(this.#brokerClock.now());
    const known = this.#known?.on === on ? this.#known.days : undefined;
    if (known?.has(date) === true) return known;
    const body = await this.#reads.read('holidays', holidaysQuery(date), 'scan', options);
    const days = new Map([...(known ?? []), ...parseOpenDays(body)]);
    this.#known = { on, days };
    return days;
  }
}
