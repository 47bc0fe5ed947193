import { Logger, makeWorkerUtils, run } from 'graphile-worker';
import { systemClock } from '@fleet/clock';
import { instantMs } from '../harness/instant.ts';
import { serveBench } from '../harness/serve-bench.ts';

interface Place {
  readonly url: string;
  readonly inFlight: number;
}

const BATCH = 500;
const TASK = 'nothing';
const logger = new Logger(() => () => undefined);

/** The yardstick: jobs of no work, each fetched and completed by a transaction of its own. */
serveBench(({ url, inFlight }: Place) => {
  let done = 0;
  return {
    migrate: async () => {
      const utils = await makeWorkerUtils({ connectionString: url, logger });
      await utils.migrate();
      await utils.release();
    },
    add: async (count: number) => {
      const utils = await makeWorkerUtils({ connectionString: url, logger });
      for (let added = 0; added < count; added += BATCH) {
        await utils.addJobs(
          Array.from({ length: BATCH }, () => ({ identifier: TASK, payload: {} })),
        );
      }
      await utils.release();
    },
    /** Jobs done in so many seconds; the queue must not run dry meanwhile. */
    work: async (seconds: number) => {
      const runner = await run({
        connectionString: url,
        concurrency: inFlight,
        maxPoolSize: inFlight + 1,
        noHandleSignals: true,
        logger,
        taskList: { [TASK]: () => void (done += 1) },
      });
      await systemClock.sleep(500);
      const before = done;
      const from = instantMs();
      await systemClock.sleep(seconds * 1_000);
      const perSecond = ((done - before) / (instantMs() - from)) * 1_000;
      await runner.stop();
      return perSecond;
    },
  };
});
