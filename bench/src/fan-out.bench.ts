import { systemClock } from '@fleet/clock';
import { type Bench, type BenchContext, interleave } from './harness/bench.ts';
import type { BenchChild } from './harness/bench-child.ts';
import { percentileRows } from './harness/row.ts';
import { newSocketPath } from './harness/scratch.ts';
import { BusyMorning } from './fan-out/ticks.ts';

const LISTENERS = 8;
const STOCKS = 40;
const TICKS_PER_SECOND = 1_000;
/** So long may the last tick be on its way. */
const SETTLE_MS = 2_000;

interface Round {
  readonly delays: readonly number[];
  readonly lost: number;
}

async function settle(listeners: readonly BenchChild[], expected: number): Promise<void> {
  const pauseMs = 50;
  for (let waited = 0; waited < SETTLE_MS; waited += pauseMs) {
    const received = await Promise.all(listeners.map((child) => child.ask<number>('received')));
    if (received.every((count) => count >= expected)) return;
    await systemClock.sleep(pauseMs);
  }
}

export const bench: Bench = {
  title: `${TICKS_PER_SECOND} ticks/s of ${STOCKS} stocks to ${LISTENERS} processes, publish -> listener called`,
  async run(context: BenchContext) {
    const { symbols } = new BusyMorning(STOCKS);
    const address = { gateway: newSocketPath(), raw: newSocketPath() };
    const publishers = {
      gateway: await context.fork(new URL('fan-out/gateway-process.ts', import.meta.url), {
        address: address.gateway,
        stocks: STOCKS,
      }),
      raw: await context.fork(new URL('fan-out/raw-process.ts', import.meta.url), {
        address: address.raw,
        stocks: STOCKS,
      }),
    };
    const listeners = await Promise.all(
      Array.from({ length: LISTENERS }, () =>
        context.fork(new URL('fan-out/listener-process.ts', import.meta.url), {
          ...address,
          symbols,
        }),
      ),
    );
    const round = async (publisher: BenchChild, seconds: number): Promise<Round> => {
      await Promise.all(listeners.map((child) => child.ask('take')));
      const pace = { perSecond: TICKS_PER_SECOND, seconds };
      const published = await publisher.ask<number>('publish', pace);
      await settle(listeners, published);
      const delays = await Promise.all(listeners.map((child) => child.ask<number[]>('take')));
      const lost = delays.reduce((sum, { length }) => sum + Math.max(0, published - length), 0);
      return { delays: delays.flat(), lost };
    };
    // The first second compiles.
    for (const publisher of Object.values(publishers)) await round(publisher, 1);
    const results = await interleave(context.rounds, {
      gateway: () => round(publishers.gateway, context.seconds),
      raw: () => round(publishers.raw, context.seconds),
    });
    const all = (side: 'gateway' | 'raw') =>
      (results.get(side) ?? []).flatMap(({ delays }) => delays);
    const lost = (side: 'gateway' | 'raw') =>
      (results.get(side) ?? []).reduce((sum, one) => sum + one.lost, 0);
    return [
      ...percentileRows({
        figure: 'delay',
        unit: 'ms',
        ours: all('gateway'),
        yardstick: { name: 'raw ws broadcast', samples: all('raw') },
        aims: { p99: { of: 'value', atMost: 10 } },
      }),
      {
        figure: 'received',
        unit: 'ticks',
        ours: all('gateway').length,
        yardstick: { name: 'raw ws broadcast', value: all('raw').length },
      },
      {
        figure: 'lost',
        unit: 'ticks',
        ours: lost('gateway'),
        yardstick: { name: 'raw ws broadcast', value: lost('raw') },
        aim: { of: 'value', atMost: 0 },
      },
    ];
  },
};
