import { afterEach, describe, expect, it } from '@jest/globals';
import { eventually, FleetFolder } from '../packages/testkit/src/index.ts';
import { awaitHolder, expectSettled, inventedAfternoon, SCENARIO_MS } from './support/afternoon.ts';
import { climb, flatStocks, minuteOf } from './support/invented-day.ts';

/** Held from about 14:09; without a trade from 14:16 to 14:50, so that its holder has to poll. */
const HELD = {
  symbol: '900010',
  priceAt: climb('14:00', 14, '14:16'),
  volumeAt: (minute: number) =>
    minute > minuteOf('14:16') && minute < minuteOf('14:50') ? 0 : 20_000,
};
const SPEED = 100;
const DEADLINE_MS = 1_000;
/** The one call for quotes, answered long after its deadline. */
const SLOW_QUOTES = {
  kind: 'SLOW_REPLY',
  endpoint: 'intstock-multprice',
  delayMs: 3 * DEADLINE_MS * SPEED,
};
const STATES = `select worker_id::text, status, pid from workers order by worker_id`;

describe('the broker is too slow with its quotes', () => {
  const folder = new FleetFolder();
  afterEach(() => folder.remove());

  /** The supervisor's words about the quotes of its scans, in order. */
  function scanWords(): readonly string[] {
    return folder
      .logged('supervisor')
      .filter(({ event, what }) => event === 'ScanFailed' || what === 'quotes of the scan')
      .map(({ event, level, retry }) => [event, level, retry].filter(Boolean).join(' '));
  }

  async function awaitNextScan(): Promise<void> {
    const [newest] = await folder.query('select max(id)::text as id from events');
    await folder.awaitRow(
      `select 1 from events where type = 'CandidateScannedEvent' and id > $1 limit 1`,
      [newest?.['id']],
    );
  }

  it(
    'is asked three more times, then an ERROR is told and the state stays; the next poll goes on (EC-001)',
    async () => {
      const day = inventedAfternoon(folder, [HELD, ...flatStocks(7)], {
        at: '13:58',
        speed: SPEED,
        workers: 2,
      });
      const supervisor = folder.supervisor([...day, ...folder.faultFlags()], {
        ANSWER_DEADLINE_MS: String(DEADLINE_MS),
      });
      await awaitHolder(folder);
      // Its watch is open: from here on only scans ask for quotes, while there are ticks.
      await folder.awaitRow(`select 1 from events where type = 'MonitoringEvent' limit 1`);

      // Answers that are late for a moment only cost another try.
      await folder.setFaults([SLOW_QUOTES]);
      await eventually(() => scanWords().includes('ReadFailed WARN 1'), { timeoutMs: 30_000 });
      await folder.setFaults([]);
      await awaitNextScan();
      expect(scanWords()).not.toContain('ScanFailed ERROR');

      await folder.setFaults([SLOW_QUOTES]);
      const before = await folder.query(STATES);
      await eventually(() => scanWords().includes('ScanFailed ERROR'), { timeoutMs: 60_000 });
      const words = scanWords();
      const failed = words.indexOf('ScanFailed ERROR');
      expect(words.slice(failed - 3, failed + 1)).toEqual([
        'ReadFailed WARN 1',
        'ReadFailed WARN 2',
        'ReadFailed WARN 3',
        'ScanFailed ERROR',
      ]);
      const told = await folder.awaitRow(
        `select level, payload->>'step' as step, payload->>'errorType' as error,
           payload->>'causeType' as cause from events where type = 'WorkerErrorEvent' limit 1`,
      );
      expect(told).toEqual({
        level: 'ERROR',
        step: 'HoldPollFailed',
        error: 'PositionError',
        cause: 'BrokerError',
      });
      expect(await folder.query(STATES)).toEqual(before);

      await folder.setFaults([]);
      await awaitNextScan();
      await expectSettled(folder, supervisor, async ({ query }) => {
        expect(await query('select count(*)::int as n from workers')).toEqual([{ n: 2 }]);
      });
    },
    SCENARIO_MS,
  );
});
