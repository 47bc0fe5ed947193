import { afterEach, describe, expect, it } from '@jest/globals';
import { FleetFolder } from '../packages/testkit/src/index.ts';
import { expectSettled, inventedAfternoon, SCENARIO_MS } from './support/afternoon.ts';
import { climb, flatStocks, type InventedStock, minuteOf } from './support/invented-day.ts';

/** Rises until 14:12 and loses five and a half per cent at once at 14:20. */
function crash(minute: number): number {
  const price = climb('14:00', 15, '14:12')(minute);
  return minute < minuteOf('14:20') ? price : 0.945 * price;
}

/** Bought first and lost; still held when the limit is broken; worth buying later; too many shares. */
const [LOST, HELD, LATER, MANY] = ['900010', '900020', '900030', '900040'];
const STOCKS: readonly InventedStock[] = [
  { symbol: LOST, priceAt: crash },
  { symbol: HELD, priceAt: climb('14:06', 14, '14:20') },
  { symbol: LATER, priceAt: climb('14:30', 14) },
  { symbol: MANY, priceAt: (minute) => 0.6 * climb('14:00', 16)(minute) },
  ...flatStocks(9),
];

/** Room for two stop losses of up to 2.5 % of 10,000,000 won; not for the crash and another buy. */
const LIMITS = { DAILY_LOSS_LIMIT: '600000', MAX_SHARES_PER_SYMBOL: '1200' };

describe('limits of risk', () => {
  const folder = new FleetFolder();
  afterEach(() => folder.remove());

  it(
    'deny the order or close the gate to EXIT_ONLY, with numbers and without an order row; what is held is sold; a new supervisor changes nothing (EC-004)',
    async () => {
      const args = inventedAfternoon(folder, STOCKS, { at: '13:58', speed: 100, workers: 2 });
      const first = folder.supervisor(args, LIMITS);

      const closed = await folder.awaitRow(
        `select id, recorded_at::text as at, payload->>'to' as gate, payload->>'reason' as reason
         from events where type = 'GateChangedEvent' and payload->>'to' = 'EXIT_ONLY' limit 1`,
      );
      expect(closed).toMatchObject({ gate: 'EXIT_ONLY', reason: 'DAILY_LOSS_LIMIT' });
      first.signal('SIGKILL');
      await first.end();
      const second = folder.supervisor(args, LIMITS);
      await folder.awaitRow(`select 1 from system_state where term = 2 and state = 'TRADING'`);
      expect(await folder.query('select gate, gate_reason from system_state')).toEqual([
        { gate: 'EXIT_ONLY', gate_reason: 'DAILY_LOSS_LIMIT' },
      ]);

      await expectSettled(folder, second, async ({ query }) => {
        const violations = await query(`select distinct level, payload->>'code' as code,
            (payload->>'limit')::numeric::int as limit,
            bool_and((payload->>'actual')::numeric > (payload->>'limit')::numeric) as above
          from events where type = 'RiskViolationEvent'
            and payload->>'code' in ('DAILY_LOSS_LIMIT', 'EXPOSURE_QUANTITY')
          group by 1, 2, 3 order by code`);
        expect(violations).toEqual([
          { level: 'WARN', code: 'DAILY_LOSS_LIMIT', limit: 600_000, above: true },
          { level: 'WARN', code: 'EXPOSURE_QUANTITY', limit: 1_200, above: true },
        ]);
        // Denied is never stored.
        expect(
          await query(`select order_id from orders where symbol in ($1, $2)`, [LATER, MANY]),
        ).toEqual([]);
        // A stock's own limit stops only its order: the others were bought after it.
        expect(
          await query(`select 1 from events v join orders o on o.side = 'BUY' and o.created_at > v.recorded_at
            where v.type = 'RiskViolationEvent' and v.payload->>'code' = 'EXPOSURE_QUANTITY' limit 1`),
        ).toHaveLength(1);

        // After the gate: signals yes, buys no, and what was held is sold.
        expect(
          await query(
            `select 1 from candidates c where signal
            and scanned_at > (select market_at from events where id = $1) limit 1`,
            [closed['id']],
          ),
        ).toHaveLength(1);
        expect(
          await query(
            `select order_id from orders where side = 'BUY' and created_at > $1::timestamptz`,
            [closed['at']],
          ),
        ).toEqual([]);
        expect(
          await query(
            `select symbol from trades where exited_at > (select market_at from events where id = $1)`,
            [closed['id']],
          ),
        ).toEqual([{ symbol: HELD }]);
        const states = `select 1 from events where type = 'WorkerStateChangedEvent' and id > $1
          and payload->>'to' = 'HOLD'`;
        expect(await query(states, [closed['id']])).toEqual([]);
      });
    },
    SCENARIO_MS,
  );
});
