import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { systemClock } from '@fleet/clock';
import { checkLockTiming, type LockTiming } from '@fleet/domain';
import { makeTestDatabase, type TestDatabase } from '@fleet/testkit';
import type { ViolationKind } from '../src/evidence/evidence.ts';
import { makeRunFolder, removeRunFolder } from '../src/fleet/chaos-fleet.ts';
import { SimulatedMarket } from '../src/fleet/simulated-market.ts';
import { SlowWire } from '../src/fleet/slow-wire.ts';
import {
  WITHOUT_FENCE,
  WITHOUT_FILL_MEMORY,
  WITHOUT_FLIGHT_CHECK,
  WITHOUT_QUESTION_CHECKS,
  WITHOUT_QUESTION_INDEX,
} from '../src/guards.ts';
import { CHAOS_TIMING } from '../src/run-chaos.ts';
import {
  buysAndSells,
  hastySuccessor,
  killedWithAPacketUnderWay,
  stoppedBeforeTheFence,
  stoppedBeforeTheIntent,
  stoppedWhileItsSuccessorSends,
  stoppedWithAPacketUnderWay,
} from '../src/steered/scenarios.ts';
import { type Sabotage, SteeredRun, type SteeredMarket } from '../src/steered/steered-run.ts';

/** The gateway that does not look at fences. */
const UNCHECKED = { gatewayFile: 'chaos/src/unchecked-gateway.ts' };
const NO_FENCE = { sabotage: WITHOUT_FENCE };
const NO_QUESTION = { sabotage: WITHOUT_QUESTION_CHECKS, answerDeadlineMs: 4_000 };
const TEST_MS = 120_000;

/** Every promise holds, and the guard said no. */
function kept(refusal: RegExp) {
  return { violations: [], refusals: expect.arrayContaining([expect.stringMatching(refusal)]) };
}

function broken(...kinds: readonly ViolationKind[]) {
  return { kinds: expect.arrayContaining([...kinds]) };
}

/**
 * Each guard with the guards that cover it switched off: with it every promise holds, without it the
 * one that it keeps is broken. Steered: the owner is a process that stops itself exactly where it hurts.
 */
describe('negative controls: a guard that is missing is seen', () => {
  let database: TestDatabase;
  let on: SteeredMarket;
  let wire: SlowWire;

  beforeAll(async () => {
    database = await makeTestDatabase();
    const { folder, cacheFolder } = makeRunFolder();
    const dbUrl = database.serverUrl;
    const market = await SimulatedMarket.start({ dbUrl, folder, cacheFolder, speed: 20, seed: 7 });
    on = { market, folder, cacheFolder, runs: 0, sealedToken: undefined };
    wire = await SlowWire.open(systemClock, market.restUrl);
  }, TEST_MS);

  afterAll(async () => {
    await wire.close();
    await on.market.stop();
    await database.drop();
    removeRunFolder(on.folder);
  });

  type Scenario = (run: SteeredRun) => Promise<void>;

  async function play(sabotage: Sabotage, scenario: Scenario) {
    const result = await SteeredRun.play(on, sabotage, scenario);
    return { ...result, kinds: [...new Set(result.violations.map(({ kind }) => kind))] };
  }

  /** Without its guard a run may never become flat. */
  async function playWithout(sabotage: Sabotage, scenario: Scenario) {
    return await play({ drainMs: 3_000, ...sabotage }, scenario);
  }

  it(
    'the fence in SQL alone refuses the intent of an owner that was taken over',
    async () => {
      const result = await play(UNCHECKED, stoppedBeforeTheIntent);
      expect(result).toMatchObject(kept(/^intent: FENCE_LOST/));
    },
    TEST_MS,
  );

  it(
    'without the fence in SQL its order arrives after the higher fence was granted',
    async () => {
      const result = await playWithout({ ...UNCHECKED, ...NO_FENCE }, stoppedBeforeTheIntent);
      expect(result).toMatchObject(broken('STALE_SEND'));
    },
    TEST_MS,
  );

  it(
    'the trust window alone keeps an owner from acting on a lock that may have ended',
    async () => {
      const result = await play({ ...UNCHECKED, ...NO_FENCE }, (run) =>
        stoppedBeforeTheFence(run, false),
      );
      expect(result).toMatchObject(kept(/^trust window/));
    },
    TEST_MS,
  );

  it(
    'without the trust window it acts, and its order arrives after the higher fence was granted',
    async () => {
      const result = await playWithout({ ...UNCHECKED, ...NO_FENCE }, (run) =>
        stoppedBeforeTheFence(run, true),
      );
      expect(result).toMatchObject(broken('STALE_SEND'));
    },
    TEST_MS,
  );

  it(
    'the check of the gateway alone refuses a fence below one that it has seen',
    async () => {
      const result = await play(NO_FENCE, stoppedWhileItsSuccessorSends);
      expect(result).toMatchObject(kept(/^send: fence n of \S+ is behind n/));
    },
    TEST_MS,
  );

  it(
    'without the check of the gateway the order of the lower fence arrives',
    async () => {
      const blind = { ...UNCHECKED, ...NO_FENCE };
      const result = await playWithout(blind, stoppedWhileItsSuccessorSends);
      expect(result).toMatchObject(broken('STALE_SEND'));
    },
    TEST_MS,
  );

  it(
    'the index of open questions alone lets only one order of a stock wait for its answer',
    async () => {
      const result = await play(NO_QUESTION, (run) => hastySuccessor(run, on.market));
      expect(result).toMatchObject(kept(/^send: .*one_open_question/));
    },
    TEST_MS,
  );

  it(
    'without the index two orders that cannot be told apart are out at once',
    async () => {
      const sabotage = WITHOUT_QUESTION_CHECKS + WITHOUT_QUESTION_INDEX;
      const result = await playWithout({ ...NO_QUESTION, sabotage }, (run) =>
        hastySuccessor(run, on.market),
      );
      expect(result).toMatchObject(broken('TWO_OPEN_QUESTIONS'));
    },
    TEST_MS,
  );

  describe('an order that is 950 ms on the wire', () => {
    // Longer than a lock lasts that is not renewed, shorter than the flight that the grace allows for.
    const timing: LockTiming = { ...CHAOS_TIMING, ttlMs: 850, renewMs: 100 };
    const slow = (): Sabotage => {
      wire.orderMs = 950;
      return { timing, restUrl: wire.url, answerDeadlineMs: 4_000 };
    };

    it('is within what the timing allows for', () => {
      expect(checkLockTiming(timing)).toEqual([]);
    });

    it(
      'lands before its stopped owner is followed, for the grace is waited for',
      async () => {
        const result = await play(slow(), (run) => stoppedWithAPacketUnderWay(run, timing));
        expect(result).toMatchObject(kept(/^claim: GRACE/));
      },
      TEST_MS,
    );

    it(
      'without the grace lands after the higher fence was granted',
      async () => {
        const hasty = { ...timing, graceMs: 0 };
        const result = await playWithout({ ...slow(), graceMs: 0 }, (run) =>
          stoppedWithAPacketUnderWay(run, hasty),
        );
        expect(result).toMatchObject(broken('STALE_SEND', 'GRANTED_TOO_EARLY'));
      },
      TEST_MS,
    );

    it(
      'lands before its dead owner is followed, for no stock is granted with an order in flight',
      async () => {
        const result = await play(slow(), killedWithAPacketUnderWay);
        expect(result).toMatchObject(kept(/^claim: IN_FLIGHT/));
      },
      TEST_MS,
    );

    it(
      'without the look for orders in flight lands after the higher fence was granted',
      async () => {
        const sabotage = WITHOUT_FLIGHT_CHECK;
        const result = await playWithout({ ...slow(), sabotage }, killedWithAPacketUnderWay);
        expect(result).toMatchObject(broken('STALE_SEND'));
      },
      TEST_MS,
    );
  });

  it(
    'a fill that the list repeats is booked once',
    async () => {
      expect(await play({}, buysAndSells)).toMatchObject({ violations: [] });
    },
    TEST_MS,
  );

  it(
    'without the de-duplication of fills it is booked again',
    async () => {
      const result = await playWithout({ sabotage: WITHOUT_FILL_MEMORY }, buysAndSells);
      expect(result).toMatchObject(broken('DOUBLE_FILL'));
    },
    TEST_MS,
  );
});
