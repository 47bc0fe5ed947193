import type { MarketPhase } from '@fleet/krx';
import type { RealTime } from '../control/real-time.ts';
import type { CircuitBreakerState, Exchange } from '../exchange/types.ts';
import { expectedSessionCode, marketCode } from '../rest/market-codes.ts';
import { normalizeSymbol } from '../rest/quote-view.ts';
import { type MarketStateFacts, marketStateRecord } from './market-records.ts';
import type { Registration, Session } from './session.ts';

const LOOK_EVERY_MS = 250;

interface Watcher {
  readonly session: Session;
  readonly registration: Registration;
  /** What was told last; nothing is told of the state found at registration. */
  told: MarketStateFacts | undefined;
}

/**
 * H0STMKO0: told when the market's phase or the symbol's halt or interruption changes. The exchange
 * publishes no such event, so it is looked at a few times a second while somebody listens.
 */
export class MarketStateWatch {
  readonly #exchange: Exchange;
  readonly #real: RealTime;
  readonly #watchers = new Set<Watcher>();
  #cancel: (() => void) | undefined;

  constructor(exchange: Exchange, real: RealTime) {
    this.#exchange = exchange;
    this.#real = real;
  }

  register(session: Session, registration: Registration): void {
    const watcher = { session, registration, told: undefined };
    this.#watchers.add(watcher);
    this.#look();
  }

  unregister(session: Session, registration: Registration): void {
    for (const watcher of this.#watchers) {
      const isMeant = watcher.session === session && watcher.registration === registration;
      if (isMeant) this.#watchers.delete(watcher);
    }
    if (this.#watchers.size === 0) this.#cancel?.();
  }

  #look(): void {
    this.#cancel?.();
    for (const watcher of this.#watchers) this.#tell(watcher);
    if (this.#watchers.size > 0) {
      this.#cancel = this.#real.after(LOOK_EVERY_MS, () => this.#look());
    }
  }

  #tell(watcher: Watcher): void {
    const { trId, trKey } = watcher.registration;
    const quote = this.#exchange.quote(normalizeSymbol(trKey));
    if (quote === undefined) return;
    const phase = this.#exchange.phase();
    const market = this.#exchange.instrument(quote.symbol)?.market;
    const breaker = market && this.#exchange.circuitBreaker(market);
    const facts: MarketStateFacts = {
      symbol: trKey,
      halted: quote.halted,
      interrupted: quote.volatilityInterrupted,
      marketCode: breakerCode(breaker, phase) ?? marketCode(phase),
      expectedCode: expectedSessionCode(phase),
    };
    const before = watcher.told;
    watcher.told = facts;
    if (before === undefined || isSame(before, facts)) return;
    const record = marketStateRecord(facts, trId !== 'H0UNMKO0');
    watcher.session.outbox.quote(trId, undefined, record);
  }
}

/** 174 circuit breaker on, 175 off (until the phase changes), 182 the market was closed by one. */
function breakerCode(
  breaker: CircuitBreakerState | undefined,
  phase: MarketPhase,
): string | undefined {
  if (breaker === undefined) return undefined;
  if (breaker.isOver) return phase === 'CONTINUOUS' ? '175' : undefined;
  return breaker.level === 3 ? '182' : '174';
}

function isSame(a: MarketStateFacts, b: MarketStateFacts): boolean {
  return a.halted === b.halted && a.interrupted === b.interrupted && a.marketCode === b.marketCode;
}
