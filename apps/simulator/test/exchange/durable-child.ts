import { Pool } from 'pg';

import { SimulatorClock } from '../../src/clock/simulator-clock.ts';
import { createExchange } from '../../src/exchange/create-exchange.ts';
import { SeededRandom } from '../../src/day/seeded-random.ts';
import { ACCOUNT } from './manual-exchange.ts';
import { childInput, CHILD_OPTIONS } from './durable-run.ts';

/**
 * Trades at random as fast as it can and prints what it was told, until somebody kills it. Lives in
 * a process of its own, so that the kill is a real one.
 */
const [url = '', schema = '', seed = '1'] = process.argv.slice(2);
const clock = new SimulatorClock({ speed: 120 });
const pool = new Pool({ connectionString: url, max: 4 });
const day = childInput();
const running = await createExchange({
  ...CHILD_OPTIONS,
  pool,
  schema,
  day,
  clock,
  onFatal: (error) => {
    throw error;
  },
});
const { exchange } = running;
clock.go();
const say = (line: unknown): void => void process.stdout.write(`${JSON.stringify(line)}\n`);
exchange.subscribe({
  onTrade: () => undefined,
  onBook: () => undefined,
  onNotice: (notice) => say({ kind: 'NOTICE', at: exchange.now(), order: notice.order }),
});
const random = new SeededRandom(Number(seed));
const symbols = exchange
  .instruments()
  .map(({ symbol }) => symbol)
  .slice(140, 150);
for (const symbol of symbols) exchange.watch(symbol);

async function actOnce(): Promise<void> {
  const symbol = symbols[random.integer(0, symbols.length - 1)] ?? '';
  const side = random.next() < 0.6 ? 'BUY' : 'SELL';
  const quote = exchange.quote(symbol);
  const isMarket = random.next() < 0.5;
  const price = side === 'BUY' ? quote?.bid : quote?.ask;
  const result = await exchange.submit({
    account: ACCOUNT,
    symbol,
    side,
    type: isMarket || price === undefined ? 'MARKET' : 'LIMIT',
    price: isMarket ? undefined : price,
    quantity: random.integer(1, 60),
  });
  say({ kind: 'ANSWER', at: exchange.now(), order: result.accepted ? result.order : undefined });
}

for (;;) {
  await Promise.all([actOnce(), actOnce()]);
  await clock.sleepReal(random.integer(1, 15));
}
