import type {
  BrokerPort,
  LockStore,
  OrderStore,
  OrderTicket,
  SubmitOutcome,
  WorkerStore,
} from '@fleet/service-layer';
import type { Step } from './step-board.ts';

/** The worker's ports, as they are, telling each step before it is taken. */
export interface StepTeller {
  at(step: Step): void;
  /** Comes back at once, or after this process was stopped and let go again. */
  pausePoint(step: Step): Promise<void>;
}

export function steppingLocks(locks: LockStore, teller: StepTeller): LockStore {
  return {
    claim: async (request) => {
      teller.at('claim');
      const result = await locks.claim(request);
      teller.at(result.granted ? 'entering' : 'idle');
      return result;
    },
    release: async (request) => {
      teller.at('releasing');
      const result = await locks.release(request);
      teller.at('idle');
      return result;
    },
    abandon: async (request) => {
      teller.at('releasing');
      const result = await locks.abandon(request);
      teller.at('idle');
      return result;
    },
    renew: (request) => locks.renew(request),
    getLockedSymbols: () => locks.getLockedSymbols(),
    getOrphans: (graceMs) => locks.getOrphans(graceMs),
    cleanUpExpired: (request) => locks.cleanUpExpired(request),
    reapDeadWorker: (request) => locks.reapDeadWorker(request),
  };
}

/** Methods live on the store's prototype: what is not told of goes straight through. */
export function steppingOrders(orders: OrderStore, teller: StepTeller): OrderStore {
  return through(orders, {
    storeIntent: async (intent) => {
      teller.at(intent.side === 'BUY' ? 'intent' : 'sell-intent');
      if (intent.side === 'BUY') await teller.pausePoint('intent');
      return await orders.storeIntent(intent);
    },
    storeCancelIntent: async (intent) => {
      teller.at('cancel');
      return await orders.storeCancelIntent(intent);
    },
  });
}

export function steppingWorkers(workers: WorkerStore, teller: StepTeller): WorkerStore {
  return through(workers, {
    changeState: async (change) => {
      const changed = await workers.changeState(change);
      if (change.to === 'HOLD') teller.at('holding');
      return changed;
    },
  });
}

export function steppingBroker(broker: BrokerPort, teller: StepTeller): BrokerPort {
  return through(broker, {
    getBuyingPower: async (query, options) => {
      const power = await broker.getBuyingPower(query, options);
      await teller.pausePoint('entering');
      return power;
    },
    placeOrder: async (ticket, options) => await placeOrder(broker, teller, ticket, options),
  });
}

async function placeOrder(
  broker: BrokerPort,
  teller: StepTeller,
  ticket: OrderTicket,
  options: Parameters<BrokerPort['placeOrder']>[1],
): Promise<SubmitOutcome> {
  const isBuy = ticket.side === 'BUY';
  teller.at(isBuy ? 'sent' : 'sell-sent');
  const answer = broker.placeOrder(ticket, options);
  if (isBuy) await teller.pausePoint('sent');
  const outcome = await answer;
  teller.at(isBuy ? 'answer' : 'sell-answer');
  return outcome;
}

function through<T extends object>(port: T, changes: Partial<T>): T {
  return new Proxy(port, {
    get(target, name) {
      const changed: unknown = Reflect.get(changes, name);
      if (changed !== undefined) return changed;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
