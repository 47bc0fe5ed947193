import { BusyMorning } from './fan-out/ticks.ts';
import { type Bench, type BenchContext } from './harness/bench.ts';
import { percentileRows } from './harness/row.ts';
import { newSocketPath } from './harness/scratch.ts';

const WORKERS = 4;
const STOCKS = 40;
/** Ticks of all stocks; each worker gets them all, and decides on its own stock's. */
const TICKS_PER_SECOND = 1_000;

interface Taken {
  /** Publish to decision, ms. */
  readonly delays: readonly number[];
  /** Publish to the client's listener, ms: what no worker can be faster than. */
  readonly arrivals: readonly number[];
}

export const bench: Bench = {
  title: `${TICKS_PER_SECOND} ticks/s through the gateway to ${WORKERS} holding workers: published -> judged by the strategy`,
  async run(context: BenchContext) {
    const { symbols } = new BusyMorning(STOCKS);
    const address = newSocketPath();
    const ticker = await context.fork(new URL('decision/ticker-process.ts', import.meta.url), {
      address,
      stocks: STOCKS,
    });
    const holders = await Promise.all(
      symbols.slice(0, WORKERS).map((symbol) =>
        context.fork(new URL('decision/holder-process.ts', import.meta.url), {
          address,
          symbol,
          others: symbols.filter((other) => other !== symbol),
        }),
      ),
    );
    const round = async (seconds: number): Promise<readonly Taken[]> => {
      await ticker.ask('publish', { perSecond: TICKS_PER_SECOND, seconds });
      return await Promise.all(holders.map((child) => child.ask<Taken>('take')));
    };
    // The first second compiles.
    await round(1);
    const taken = await round(context.seconds * context.rounds);
    return [
      ...percentileRows({
        figure: 'tick to decision',
        unit: 'ms',
        ours: taken.flatMap(({ delays }) => delays),
        yardstick: {
          name: 'tick to listener',
          samples: taken.flatMap(({ arrivals }) => arrivals),
        },
        aims: { p99: { of: 'value', atMost: 4 } },
      }),
      {
        figure: 'judged',
        unit: 'ticks',
        ours: taken.flatMap(({ delays }) => delays).length,
        yardstick: {
          name: 'arrived',
          value: taken.flatMap(({ arrivals }) => arrivals).length,
        },
      },
    ];
  },
};
