import type { Price } from '@fleet/domain';
import { kstDate, stepTicks } from '@fleet/krx';
import { price, quantity } from '@fleet/domain';
import type {
  BrokerPort,
  Instrument,
  MarketClock,
  MarketDataPort,
  MarketLookupPort,
  OrderTicket,
} from '@fleet/service-layer';

/** An implementation of the ports, in the middle of a trading day, with cash and no orders yet. */
export interface PortsUnderTest {
  readonly broker: BrokerPort;
  readonly marketData: MarketDataPort;
  readonly lookup: MarketLookupPort;
  readonly market: Pick<MarketClock, 'now'>;
  readonly accountId: string;
  /** Rows of a full page of the broker's lists: the tests make more. */
  readonly pageSizes: { readonly orders: number; readonly holdings: number };
  /** Brings a ticket to where the port takes its terms from: a gateway takes stored rows. */
  store(this: void, ticket: OrderTicket): void;
  stop(this: void): Promise<void>;
}

/** Real ms; the broker's own answers take milliseconds, its fills a few market seconds. */
export const PATIENCE = { timeoutMs: 20_000, everyMs: 25 };

/** A stock that nobody lists. */
export const UNKNOWN_SYMBOL = '999999';

let tickets = 0;

/** A limit buy of one share, changed at will; each with an id of its own. */
export function aTicket(changes: Partial<OrderTicket> & Pick<OrderTicket, 'symbol'>): OrderTicket {
  tickets += 1;
  return {
    orderId: `order-${tickets}`,
    request: 'PLACE',
    side: 'BUY',
    type: 'LIMIT',
    venue: 'KRX',
    quantity: quantity(1),
    limitPrice: undefined,
    original: undefined,
    ...changes,
  };
}

/** Common stocks in good standing, the busiest of yesterday first. */
export async function busyStocks(ports: PortsUnderTest): Promise<readonly Instrument[]> {
  const instruments = await ports.marketData.getInstruments();
  return instruments
    .filter(({ kind, warnings, halted }) => kind === 'COMMON' && warnings.length === 0 && !halted)
    .toSorted((a, b) => b.previousVolume - a.previousVolume);
}

export function ticksFrom(
  ports: PortsUnderTest,
  from: Price,
  ticks: number,
  instrument: Instrument,
): Price {
  return price(stepTicks(from.toNumber(), ticks, instrument, kstDate(ports.market.now())));
}
