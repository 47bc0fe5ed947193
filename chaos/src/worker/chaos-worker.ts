import { identifySelf } from '@fleet/host';
import { systemClock } from '@fleet/clock';
import { WorkerTerminationError } from '@fleet/domain';
import { WorkerLoop } from '@fleet/service-layer';
import { Random } from '../random.ts';
import { StderrLog } from './stderr-log.ts';
import { StepBoard, type Step } from './step-board.ts';
import type { StepTeller } from './stepping-ports.ts';
import type { WorkerOrder } from './worker-order.ts';
import { beginLife, openAdapters, type WorkerLife } from './worker-parts.ts';

/** What was just written to a socket has left by then, real ms. */
const WRITTEN_MS = 30;

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by the harness beside us
const order = JSON.parse(process.argv[2] ?? '{}') as WorkerOrder;
const board = StepBoard.open(order.board);
const log = new StderrLog(`chaos-worker-${order.slot}-${process.pid}`);
const stop = new AbortController();

class Teller implements StepTeller {
  /** Renewals and heartbeats: who stops itself does neither when it wakes, before its next step. */
  readonly background = new AbortController();
  #paused = false;

  at(step: Step): void {
    board.tell(order.slot, step);
  }

  async pausePoint(step: Step): Promise<void> {
    if (this.#paused || step !== order.pauseAt) return;
    this.#paused = true;
    await systemClock.sleep(WRITTEN_MS);
    this.background.abort();
    board.tellPaused(order.slot, true);
    process.kill(process.pid, 'SIGSTOP');
    board.tellPaused(order.slot, false);
  }
}

/** The app's worker, without what a run of seconds does not need. True when it lost its right to act. */
async function live(life: WorkerLife, teller: Teller): Promise<boolean> {
  const { context, lifecycle, day } = life;
  const ending = new AbortController();
  const ended = AbortSignal.any([ending.signal, stop.signal]);
  const { signal: background } = teller.background;
  await lifecycle.register({
    process: identifySelf(),
    capitalLimit: context.capital,
    strategyName: day.strategy.name,
  });
  void lifecycle.keepBeating(background, {
    stop: () => ending.abort(new Error('asked to stop')),
    exited: () => ending.abort(new WorkerTerminationError('reaped')),
  });
  await lifecycle.startScanning();
  teller.at('idle');
  void context.lockKeeper.keepRenewing(background, (symbols) => {
    ending.abort(new WorkerTerminationError(`locks lost: ${symbols.join(', ')}`));
  });
  const loop = new WorkerLoop(context, day);
  try {
    await loop.run(ended);
    if (ended.reason instanceof WorkerTerminationError) throw ended.reason;
    for (const symbol of context.lockKeeper.heldSymbols()) {
      const released = await context.lockKeeper.release(symbol, 'worker stops');
      if (released === 'NOT_FLAT') await context.lockKeeper.abandon(symbol, 'worker stops');
    }
    await lifecycle.end(loop.state, 'stopped in order');
    return false;
  } catch (error) {
    if (!(error instanceof WorkerTerminationError)) throw error;
    await lifecycle.end(loop.state, 'lost its right to act');
    return true;
  } finally {
    teller.background.abort();
  }
}

process.on('SIGTERM', () => stop.abort(new Error('SIGTERM')));
const adapters = await openAdapters(order, log);
const random = new Random(order.seed);
const onRefusal = (): void => board.countRefusal(order.slot);
for (let replaced = true; replaced && !stop.signal.aborted;) {
  const teller = new Teller();
  const life = beginLife(order, adapters, { random, teller, onRefusal, log });
  // A new id for a new life: a start of a process costs more than all the rest of its cycle.
  replaced = await live(life, teller);
}
process.exit(0);
