import {
  type Guards,
  IDLE,
  isOpen,
  type Order,
  orderAt,
  position,
  type Request,
  type State,
  tick,
  type Timing,
  withOrder,
  withWorker,
  workerAt,
} from './state.ts';

/** What happens next, and what it leads to. */
export type Step = readonly [name: string, next: State];

export interface Rules {
  readonly guards: Guards;
  readonly timing: Timing;
  /** Nobody is proved dead and nobody claims its own stock again: a lock changes hands by expiry only. */
  readonly onlyByExpiry: boolean;
  /** Bounds of the search. */
  readonly ordersMax: number;
  readonly grantsMax: number;
}

export function stepsFrom(state: State, rules: Rules): Step[] {
  const { flight } = rules.timing;
  const mustArrive = state.requests.some(({ stage, age }) => stage === 'LEFT' && age >= flight);
  return [
    ...(mustArrive ? [] : [['a tick', tick(state, rules.timing)] as const]),
    ...state.workers.flatMap((_, worker) => workerSteps(state, worker, rules)),
    ...state.requests.flatMap((request) => gatewaySteps(state, request, rules)),
    ...state.orders.flatMap((_, order) => bookingSteps(state, order, rules)),
    // Its successor begins with the fences of the database.
    ...(state.requests.length > 0
      ? [['the gateway dies', { ...state, requests: [], gatewayFence: state.fence }] as const]
      : []),
  ];
}

function workerSteps(state: State, index: number, rules: Rules): Step[] {
  const worker = workerAt(state, index);
  const who = 'AB'[index];
  const { lock } = state;
  const steps: Step[] = [];
  if (worker.phase === 'DEAD') {
    if (!rules.onlyByExpiry && lock?.worker === index)
      steps.push([`${who} is proved dead`, { ...state, lock: null }]);
    return steps;
  }
  steps.push([`${who} is killed`, withWorker(state, index, { ...IDLE, phase: 'DEAD' })]);
  switch (worker.phase) {
    case 'IDLE':
      return [...steps, ...claimSteps(state, index, rules)];
    case 'GRANTED':
      return [...steps, ...grantSteps(state, index, rules)];
    case 'OWNER':
      return [...steps, ...ownerSteps(state, index, rules)];
  }
}

function claimSteps(state: State, index: number, rules: Rules): Step[] {
  if (state.fence >= rules.grantsMax || !isClaimable(state, index, rules)) return [];
  const fence = state.fence + 1;
  const granted = { ...state, fence, lock: { worker: index, fence, left: rules.timing.ttl } };
  const isOrphan = rules.guards.orphanMark && (state.orders.some(isOpen) || position(state) > 0);
  const worker = { phase: 'GRANTED', fence, answerAge: 0, mayBuy: !isOrphan } as const;
  return [[`${'AB'[index]} is granted ${fence}`, withWorker(granted, index, worker)]];
}

function grantSteps(state: State, index: number, { timing }: Rules): Step[] {
  const { answerAge } = workerAt(state, index);
  const who = 'AB'[index];
  const trustLeft = Math.max(timing.ttl - timing.margin - answerAge, 0);
  const owner = { phase: 'OWNER', answerAge: 0, trustLeft } as const;
  return [
    [`the grant of ${who} is lost`, withWorker(state, index, IDLE)],
    [`${who} reads its grant`, withWorker(state, index, owner)],
  ];
}

function isClaimable(
  state: State,
  index: number,
  { guards, timing, onlyByExpiry }: Rules,
): boolean {
  const isLeaving = state.orders.some(
    (order) => order.status === 'SENT' && order.sentAge <= timing.sendDeadline + timing.flight,
  );
  if (guards.departure && isLeaving) return false;
  const { lock } = state;
  if (!lock || (lock.worker === index && !onlyByExpiry)) return true;
  return lock.left <= (guards.grace ? -timing.grace : 0);
}

function ownerSteps(state: State, index: number, rules: Rules): Step[] {
  const worker = workerAt(state, index);
  const who = 'AB'[index];
  const { guards, ordersMax } = rules;
  const steps: Step[] = [...renewalSteps(state, index, rules)];
  const owns = ownsLock(state, index, worker.fence, 0);
  const hasQuestion = guards.openQuestion && state.orders.some(isQuestion);
  const mayIntend =
    state.orders.length < ordersMax && !hasQuestion && (owns || !guards.fenceAtIntent);
  const isBusy = state.orders.some((order) => order.fence === worker.fence && isOpen(order));
  const store = (side: Order['side']): State => ({
    ...withWorker(state, index, { mayBuy: false }),
    orders: [...state.orders, newOrder(index, worker.fence, side)],
  });
  if (mayIntend && !isBusy && worker.mayBuy) steps.push([`${who} stores a buy`, store('BUY')]);
  const selling = state.orders.filter((order) => order.side === 'SELL' && isOpen(order)).length;
  if (mayIntend && !isBusy && position(state) > (guards.sellOnce ? selling : 0)) {
    steps.push([`${who} stores a sell`, store('SELL')]);
  }
  state.orders.forEach((order, at) => {
    if (order.status !== 'NEW') return;
    if (order.fence !== worker.fence) {
      if (owns) steps.push([`${who} drops order ${at}`, withOrder(state, at, { status: 'ENDED' })]);
    } else if (
      (worker.trustLeft > 0 || !guards.trustWindow) &&
      !state.requests.some((request) => request.order === at)
    ) {
      const request: Request = { order: at, age: 0, stage: 'WAITING' };
      steps.push([
        `${who} hands in order ${at}`,
        { ...state, requests: [...state.requests, request] },
      ]);
    }
  });
  if (owns && !state.orders.some(isOpen) && position(state) === 0) {
    steps.push([`${who} releases the stock`, withWorker({ ...state, lock: null }, index, IDLE)]);
  }
  if (worker.trustLeft === 0) steps.push([`${who} gives up`, withWorker(state, index, IDLE)]);
  return steps;
}

function renewalSteps(state: State, index: number, { timing }: Rules): Step[] {
  const worker = workerAt(state, index);
  const who = 'AB'[index];
  const unasked = { isRenewed: false, answerAge: 0 };
  if (worker.isRenewed) {
    const trustLeft = Math.max(timing.ttl - timing.margin - worker.answerAge, 0);
    return [
      [`the renewal of ${who} is lost`, withWorker(state, index, unasked)],
      [`${who} reads its renewal`, withWorker(state, index, { ...unasked, trustLeft })],
    ];
  }
  if (!state.lock || !ownsLock(state, index, worker.fence, 0)) {
    return [[`${who} learns that it lost the stock`, withWorker(state, index, IDLE)]];
  }
  const renewed = { ...state, lock: { ...state.lock, left: timing.ttl } };
  return [[`${who} is renewed`, withWorker(renewed, index, { isRenewed: true, answerAge: 0 })]];
}

function gatewaySteps(state: State, request: Request, { guards, timing }: Rules): Step[] {
  const at = request.order;
  const order = orderAt(state, at);
  const without = { ...state, requests: state.requests.filter((other) => other !== request) };
  const staged = (stage: Request['stage']): State => ({
    ...state,
    requests: state.requests.map((other) =>
      other === request
        ? { ...other, stage, age: stage === 'LEFT' || stage === 'ARRIVED' ? 0 : other.age }
        : other,
    ),
  });
  switch (request.stage) {
    case 'WAITING': {
      if (order.status !== 'NEW') return [[`order ${at} has ended`, without]];
      const isInTime = request.age <= timing.sendDeadline;
      const isOwner = ownsLock(state, order.worker, order.fence, timing.sendDeadline);
      const isBlocked = guards.openQuestion && state.orders.some(isQuestion);
      if (!isInTime || isBlocked || (guards.fenceAtMark && !isOwner)) {
        return [[`order ${at} is refused its mark`, withOrder(without, at, { status: 'ENDED' })]];
      }
      return [
        [`order ${at} is marked`, withOrder(staged('MARKED'), at, { status: 'SENT', sentAge: 0 })],
      ];
    }
    case 'MARKED': {
      const isLate = guards.lastLook && request.age > timing.sendDeadline;
      const isOld = guards.highestFence && order.fence < state.gatewayFence;
      if (isLate || isOld) {
        // It is proved that no byte left; if the row was ended meanwhile, nothing is to be said.
        const ended = { status: 'ENDED', sentAge: 0 } as const;
        const isTold = order.status === 'SENT';
        return [[`order ${at} is kept back`, isTold ? withOrder(without, at, ended) : without]];
      }
      const gatewayFence = Math.max(state.gatewayFence, order.fence);
      return [[`order ${at} leaves`, { ...staged('LEFT'), gatewayFence }]];
    }
    case 'LEFT':
      return [
        [
          `order ${at} reaches the broker`,
          withOrder(staged('ARRIVED'), at, { arrivals: order.arrivals + 1 }),
        ],
        [`the packet of order ${at} is lost`, without],
      ];
    case 'ARRIVED':
      if (order.status !== 'SENT') return [[`the answer to order ${at} is old`, without]];
      return [
        [
          `the answer to order ${at} is stored`,
          withOrder(without, at, { status: 'ACCEPTED', sentAge: 0 }),
        ],
        [`the answer to order ${at} is lost`, without],
      ];
  }
}

function bookingSteps(state: State, at: number, { guards, timing }: Rules): Step[] {
  const order = orderAt(state, at);
  const steps: Step[] = [];
  if (order.status === 'SENT' && order.sentAge >= timing.answerDeadline) {
    const status = order.arrivals > 0 ? 'ACCEPTED' : 'ENDED';
    steps.push([
      `the list resolves order ${at}: ${status}`,
      withOrder(state, at, { status, sentAge: 0 }),
    ]);
  }
  if (
    order.status === 'ACCEPTED' &&
    order.arrivals > 0 &&
    (order.booked === 0 || !guards.fillOnce)
  ) {
    steps.push([`a list books order ${at}`, withOrder(state, at, { booked: order.booked + 1 })]);
  }
  return steps;
}

function ownsLock(state: State, worker: number, fence: number, leftAbove: number): boolean {
  const { lock } = state;
  return lock?.worker === worker && lock.fence === fence && lock.left > leftAbove;
}

const isQuestion = (order: Order): boolean => order.status === 'SENT';

function newOrder(worker: number, fence: number, side: Order['side']): Order {
  return { worker, fence, side, status: 'NEW', sentAge: 0, arrivals: 0, booked: 0 };
}
