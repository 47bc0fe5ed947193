import { defaultParameters, findStrategy, validateParameters, type Candle } from '@fleet/domain';
import { KRX_CALENDAR, parseTradeDate } from '@fleet/krx';
import { MarketScanner, type PinnedStrategy } from '@fleet/service-layer';
import { SMA } from 'trading-signals';
import { type Bench, type BenchContext, interleave } from './harness/bench.ts';
import { instantMs } from './harness/instant.ts';
import { percentileRows, type Row } from './harness/row.ts';
import { quietLog } from './harness/quiet-log.ts';
import { QuotedMarket } from './scan/quoted-market.ts';

const SESSION = KRX_CALENDAR.sessionOf(parseTradeDate('2026-03-12'));
const MINUTE_MS = 60_000;
/** Bars that every stock has when the measuring begins. */
const WARM_MINUTES = 30;
const AVERAGES = [5, 20];

interface Size {
  readonly stocks: number;
  /** Own time of a scan, ms; the spec allows 2 s for 100 stocks. */
  readonly aimMs: number;
}

const SIZES: readonly Size[] = [
  { stocks: 100, aimMs: 20 },
  { stocks: 2_500, aimMs: 200 },
];

function pinned(name: string): PinnedStrategy {
  const strategy = findStrategy(name);
  if (!strategy) throw new Error(`no strategy ${name}`);
  const checked = validateParameters(strategy, defaultParameters(strategy));
  if (!checked.ok) throw new Error(checked.problems.join('; '));
  return { strategy, params: checked.values };
}

interface Sample {
  readonly wallMs: number;
  readonly cpuMs: number;
}

const meanCpuMs = (samples: readonly Sample[]): number =>
  samples.reduce((sum, { cpuMs }) => sum + cpuMs, 0) / samples.length;

/** Every stock of the market is looked at in each scan; the broker and the database answer at once. */
async function warmScanner(
  stocks: number,
): Promise<{ market: QuotedMarket; scan: () => Promise<unknown> }> {
  const market = new QuotedMarket(stocks, SESSION.continuous.from + 2 * 60 * MINUTE_MS);
  let scans = 0;
  const scanner = new MarketScanner({
    marketData: market,
    trading: market,
    marketClock: market,
    newId: () => String((scans += 1)),
    log: quietLog,
    tradeDate: SESSION.date,
    universe: market.instruments,
    strategies: [pinned('momentum-breakout')],
    openAt: SESSION.continuous.from,
    liquidationAt: SESSION.closingAuction.from,
    rotatedStocks: stocks,
  });
  const { signal } = new AbortController();
  const scan = () => scanner.scan(signal);
  for (let minute = 0; minute < WARM_MINUTES; minute += 1) {
    await scan();
    market.advance(MINUTE_MS);
  }
  return { market, scan };
}

/** What indicators cost at the least: the library's two averages of every stock's bars, nothing else. */
function averagesOf(all: readonly (readonly Candle[])[]): number {
  let sum = 0;
  for (const candles of all) {
    for (const length of AVERAGES) {
      const sma = new SMA(length);
      for (const { close } of candles.slice(-length)) sum += sma.add(close.toNumber()) ?? 0;
    }
  }
  return sum;
}

async function measure(size: Size, { seconds, rounds }: BenchContext) {
  const { market, scan } = await warmScanner(size.stocks);
  const bars = market.bars(WARM_MINUTES);
  const repeat = async (work: () => unknown): Promise<readonly Sample[]> => {
    const samples: Sample[] = [];
    for (const end = instantMs() + seconds * 1_000; instantMs() < end;) {
      market.advance(MINUTE_MS / 2);
      const from = instantMs();
      const before = process.cpuUsage();
      await work();
      const { user, system } = process.cpuUsage(before);
      samples.push({ wallMs: instantMs() - from, cpuMs: (user + system) / 1_000 });
    }
    return samples;
  };
  const results = await interleave<readonly Sample[], 'scan' | 'averages'>(rounds, {
    scan: () => repeat(scan),
    averages: () => repeat(() => averagesOf(bars)),
  });
  const of = (side: 'scan' | 'averages') => (results.get(side) ?? []).flat();
  const name = 'two averages by the library';
  const wall = percentileRows({
    figure: `scan of ${size.stocks}`,
    unit: 'ms',
    ours: of('scan').map(({ wallMs }) => wallMs),
    yardstick: { name, samples: of('averages').map(({ wallMs }) => wallMs) },
    aims: { p99: { of: 'value', atMost: size.aimMs } },
  });
  // Holds on a busy machine too, where a scan waits for its turn on a core.
  const cpu: Row = {
    figure: `CPU of a scan of ${size.stocks}`,
    unit: 'ms',
    ours: meanCpuMs(of('scan')),
    yardstick: { name, value: meanCpuMs(of('averages')) },
  };
  return [...wall, cpu];
}

export const bench: Bench = {
  title:
    'a scan in its own time: quotes to bars, indicators, verdicts and rows; no broker, no database',
  async run(context: BenchContext) {
    const rows = [];
    for (const size of SIZES) rows.push(...(await measure(size, context)));
    return rows;
  },
};
