import type { TradeDate } from '@fleet/krx';

import type { Ledger } from '../ledger/ledger.ts';
import type { StoredOrder } from '../store/rows.ts';
import type { BookEffect, Effect } from './effects.ts';
import type { Engine } from './engine.ts';
import { checkEntry, type EntryQuestion, type OrderTerms } from './order-entry.ts';
import type { AmendOrder, CancelOrder, NewOrder, OrderRecord, RefusalReason } from './types.ts';

export type Outcome =
  | { readonly accepted: true; readonly number: string; readonly effects: readonly Effect[] }
  | { readonly accepted: false; readonly reason: RefusalReason };

type OrderFacts = Omit<StoredOrder, 'record'>;

export interface RequestsOptions {
  readonly engine: Engine;
  /** The books that decide on cash and shares: ahead of the database by what is being written. */
  readonly ledger: Ledger;
  readonly date: TradeDate;
  readonly branch: string;
}

/** Judges requests of a day and hands accepted ones to the engine. Synchronous, in order. */
export class Requests {
  readonly #options: RequestsOptions;
  readonly #facts = new Map<string, OrderFacts>();
  #lastNumber = 0;

  constructor(options: RequestsOptions) {
    this.#options = options;
  }

  /** What an order's row carries besides its record. */
  stored(record: OrderRecord): StoredOrder {
    const facts = this.#facts.get(record.number);
    if (facts === undefined) throw new Error(`no facts about order ${record.number}`);
    return { record, ...facts };
  }

  submit(order: NewOrder, at: number, sequence: number): Outcome {
    const context = this.#options.engine.view(order.symbol, at);
    if (context === undefined) return refused('UNKNOWN_SYMBOL');
    const decision = checkEntry(order, context);
    if (!decision.ok) return refused(decision.reason);
    const reason = this.#lacks(order, decision.terms);
    if (reason !== undefined) return refused(reason);
    const base = { request: 'NEW', originalNumber: undefined, account: order.account } as const;
    const record = this.#record({ ...base, ...order }, at);
    return this.#enter(record, decision.terms, { sequence, before: [] });
  }

  amend(request: AmendOrder, at: number, sequence: number): Outcome {
    const found = this.#open(request);
    if (typeof found === 'string') return refused(found);
    const { symbol, side } = found;
    const quantity = request.quantity ?? found.restQuantity;
    const context = this.#options.engine.view(symbol, at);
    if (context === undefined) return refused('UNKNOWN_SYMBOL');
    const { type, price, conditionPrice = found.conditionPrice } = request;
    const question: EntryQuestion = { side, type, quantity, price, conditionPrice };
    const decision = checkEntry(question, context);
    if (!decision.ok) return refused(decision.reason);
    if (quantity > found.restQuantity) return refused('QUANTITY_ABOVE_REST');
    if (!this.#canPayAmend(found, quantity, decision.terms)) return refused('NO_CASH');
    const before = this.#applied(this.#options.engine.reduce(found.number, quantity, at));
    const record = this.#record({ ...question, ...links(request, 'AMEND'), symbol }, at);
    return this.#enter(record, decision.terms, { sequence, before });
  }

  cancel(request: CancelOrder, at: number, sequence: number): Outcome {
    const found = this.#open(request);
    if (typeof found === 'string') return refused(found);
    const quantity = request.quantity ?? found.restQuantity;
    if (!Number.isSafeInteger(quantity) || quantity <= 0) return refused('BAD_QUANTITY');
    if (quantity > found.restQuantity) return refused('QUANTITY_ABOVE_REST');
    const { engine } = this.#options;
    const before = this.#applied(engine.reduce(found.number, quantity, at));
    const { symbol, side, type } = found;
    const record = {
      ...this.#record(
        { symbol, side, type, quantity, price: found.price, ...links(request, 'CANCEL') },
        at,
      ),
      canceledQuantity: quantity,
      restQuantity: 0,
    };
    this.#learn(record, { limit: undefined, reserveUnit: 0 }, sequence);
    const effects = [...before, ...this.#applied(engine.addCancelRow(record))];
    return { accepted: true, number: record.number, effects };
  }

  /** Repeats a stored, accepted request at its own instant, as it was before anything filled. */
  repeat(stored: StoredOrder): readonly Effect[] {
    const { engine } = this.#options;
    const { record: last, workingLimit: limit, reserveUnit, sequence } = stored;
    const isCancel = last.request === 'CANCEL';
    const record: OrderRecord = {
      ...last,
      filledQuantity: 0,
      filledAmount: 0,
      rejectedQuantity: 0,
      canceledQuantity: isCancel ? last.quantity : 0,
      restQuantity: isCancel ? 0 : last.quantity,
    };
    this.#lastNumber = Math.max(this.#lastNumber, Number(record.number));
    const before =
      record.originalNumber === undefined
        ? []
        : this.#applied(engine.reduce(record.originalNumber, record.quantity, record.acceptedAt));
    this.#learn(record, { limit, reserveUnit }, sequence);
    const effects = isCancel
      ? engine.addCancelRow(record)
      : engine.enter(record, { limit, reserveUnit });
    return [...before, ...this.#applied(effects)];
  }

  /** Books the engine's effects on the deciding ledger. */
  #applied(effects: readonly Effect[]): readonly Effect[] {
    for (const effect of effects) if (effect.kind !== 'TRADE') this.book(effect);
    return effects;
  }

  book(effect: BookEffect): void {
    this.#options.ledger.apply(effect);
  }

  #enter(
    record: OrderRecord,
    terms: OrderTerms,
    context: { readonly sequence: number; readonly before: readonly Effect[] },
  ): Outcome {
    this.#learn(record, terms, context.sequence);
    const effects = this.#applied(this.#options.engine.enter(record, terms));
    return { accepted: true, number: record.number, effects: [...context.before, ...effects] };
  }

  #learn(record: OrderRecord, terms: OrderTerms, sequence: number): void {
    const instrument = this.#options.engine.day.symbols.get(record.symbol)?.instrument;
    if (instrument === undefined) throw new Error(`no symbol ${record.symbol}`);
    const { market, kind } = instrument;
    const { limit: workingLimit, reserveUnit } = terms;
    this.#facts.set(record.number, { sequence, market, kind, workingLimit, reserveUnit });
  }

  #record(
    order: EntryQuestion & Pick<OrderRecord, 'account' | 'symbol' | 'request' | 'originalNumber'>,
    at: number,
  ): OrderRecord {
    this.#lastNumber += 1;
    const { account, symbol, side, type, quantity, price, request, originalNumber } = order;
    const conditionPrice = type === 'STOP_LIMIT' ? order.conditionPrice : undefined;
    return {
      account,
      date: this.#options.date,
      number: String(this.#lastNumber).padStart(10, '0'),
      branch: this.#options.branch,
      originalNumber,
      request,
      symbol,
      side,
      type,
      quantity,
      price,
      ...(conditionPrice === undefined ? {} : { conditionPrice }),
      acceptedAt: at,
      filledQuantity: 0,
      filledAmount: 0,
      canceledQuantity: 0,
      rejectedQuantity: 0,
      restQuantity: quantity,
    };
  }

  #lacks(order: NewOrder, terms: OrderTerms): RefusalReason | undefined {
    const { engine, ledger } = this.#options;
    const account = ledger.of(order.account);
    if (order.side === 'SELL') {
      return account.sellable(order.symbol) < order.quantity ? 'NO_SHARES' : undefined;
    }
    const kind = engine.day.symbols.get(order.symbol)?.instrument;
    if (kind === undefined) return 'UNKNOWN_SYMBOL';
    const amount = terms.reserveUnit * order.quantity;
    if (!Number.isSafeInteger(amount)) return 'NO_CASH';
    return account.cashAfterBuys({ kind, amount }) < 0 ? 'NO_CASH' : undefined;
  }

  #canPayAmend(original: OrderRecord, quantity: number, terms: OrderTerms): boolean {
    if (original.side === 'SELL') return true;
    const kind = this.#options.engine.day.symbols.get(original.symbol)?.instrument;
    const facts = this.#facts.get(original.number);
    if (kind === undefined || facts === undefined) return false;
    const stays = (original.restQuantity - quantity) * facts.reserveUnit;
    const amount = stays + quantity * terms.reserveUnit;
    const account = this.#options.ledger.of(original.account);
    return account.cashAfterBuys({ kind, amount, replaces: original.number }) >= 0;
  }

  #open(request: { account: string; originalNumber: string }): OrderRecord | RefusalReason {
    const number = request.originalNumber.trim().padStart(10, '0');
    const record = this.#options.engine.record(number);
    if (record === undefined || record.account !== request.account) return 'UNKNOWN_ORDER';
    return record.restQuantity === 0 ? 'NOTHING_TO_CHANGE' : record;
  }
}

function links(
  request: AmendOrder | CancelOrder,
  kind: 'AMEND' | 'CANCEL',
): Pick<OrderRecord, 'account' | 'request' | 'originalNumber'> {
  const originalNumber = request.originalNumber.trim().padStart(10, '0');
  return { account: request.account, request: kind, originalNumber };
}

function refused(reason: RefusalReason): Outcome {
  return { accepted: false, reason };
}
