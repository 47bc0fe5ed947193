import { describe, expect, it } from '@jest/globals';
import {
  DEFAULT_LOCK_TIMING,
  defaultParameters,
  defaultStrategy,
  MarketOpenError,
  quantity,
  StateRecoveryError,
  won,
} from '@fleet/domain';
import { kstInstant, KRX_CALENDAR, parseTradeDate } from '@fleet/krx';
import {
  aBaseline,
  aHolding,
  anInstrument,
  aPosition,
  FakeFleet,
  FakeSettlementStore,
  TEST_DATE,
} from '@fleet/testkit';
import { BrokerError } from '../ports/broker.ts';
import type { StrategyParams } from '../ports/trading-store.ts';
import { OPENING_STEPS } from './day-steps.ts';
import { openMarket, type OpenMarketDependencies } from './open-market.ts';

function setUp(at = '08:30:00') {
  const fleet = new FakeFleet(kstInstant(TEST_DATE, at));
  const { clock, gateway, marketData, system, orders, trading, events, log } = fleet;
  system.state = { ...system.state, state: 'OFFLINE' };
  marketData.instruments = [anInstrument(), anInstrument({ symbol: '000660', halted: true })];
  const settlement = new FakeSettlementStore(events);
  const steps: string[] = [];
  const deps: OpenMarketDependencies = {
    term: 1,
    tradeDate: TEST_DATE,
    session: KRX_CALENDAR.sessionOf(TEST_DATE),
    accountId: gateway.accountId,
    broker: gateway,
    gateway,
    marketData,
    system,
    orders,
    trading,
    settlement,
    strategies: [defaultStrategy],
    noParamsPolicy: 'stop',
    limits: aBaseline().limits,
    lockTiming: DEFAULT_LOCK_TIMING,
    universeRules: { extraKinds: [] },
    events,
    clock,
    marketClock: clock,
    log,
    onStep: (step) => steps.push(step),
  };
  const open = (changes: Partial<OpenMarketDependencies> = {}) =>
    fleet.run(openMarket({ ...deps, ...changes }));
  return { fleet, settlement, steps, open };
}

const someParams = (paramsVersion: number): StrategyParams => ({
  strategyName: defaultStrategy.name,
  strategyVersion: defaultStrategy.version,
  paramsVersion,
  values: defaultParameters(defaultStrategy),
});

describe('ED-001, WT-001: the open', () => {
  it('drops the candidates of a month ago, and opens even if that fails', async () => {
    const { fleet, open } = setUp();
    await open();
    expect(fleet.trading.pruned).toEqual([{ tradeDate: TEST_DATE, keepDays: 30 }]);
    const again = setUp();
    again.fleet.trading.failures.next('pruneCandidates');
    await again.open();
    expect(again.fleet.system.state.state).toBe('READY');
  });

  it('WT-001: walks the nine steps in order, each with its event, to READY', async () => {
    const { fleet, settlement, steps, open } = setUp();
    const opened = await open();
    expect(steps).toEqual([...OPENING_STEPS]);
    const stepEvents = fleet.events.events.filter(({ type }) => type === 'OpeningStepEvent');
    expect(stepEvents.map(({ payload }) => payload?.['step'])).toEqual([...OPENING_STEPS]);
    expect(fleet.events.types()[0]).toBe('MarketOpenEvent');
    expect(fleet.events.types().at(-2)).toBe('MarketReadyEvent');
    expect(fleet.system.state).toMatchObject({ state: 'READY', recoveryStatus: 'SUCCESS' });
    expect(fleet.gateway.calls.slice(0, 2)).toEqual(['login', 'getAccounts']);
    expect(opened.universe.map(({ symbol }) => symbol)).toEqual(['005930']);
    expect(await fleet.trading.getUniverse(TEST_DATE)).toHaveLength(1);
    expect(opened.strategies).toMatchObject([{ paramsVersion: 1 }]);
    expect(settlement.baselines.get(TEST_DATE)?.limits).toEqual(aBaseline().limits);
  });

  it('keeps the morning’s parameters and baseline when it is walked again', async () => {
    const { fleet, settlement, open } = setUp();
    await open();
    fleet.system.state = { ...fleet.system.state, state: 'OFFLINE' };
    fleet.trading.active.set(defaultStrategy.name, someParams(2));
    fleet.gateway.balance = { ...fleet.gateway.balance, settledCashD2: won(1) };
    expect((await open()).strategies).toMatchObject([{ paramsVersion: 1 }]);
    expect(settlement.baselines.get(TEST_DATE)?.openingCashD2.toNumber()).toBe(100_000_000);
  });

  it('knows shares that are not the fleet’s', async () => {
    const { fleet, settlement, open } = setUp();
    const holdings = [aHolding('005930', 12), aHolding('000660', 3)];
    fleet.gateway.balance = { ...fleet.gateway.balance, holdings };
    fleet.orders.positions.set('005930', aPosition({ quantity: quantity(12) }));
    await open();
    expect(settlement.baselines.get(TEST_DATE)?.foreignHoldings).toEqual({ '000660': 3 });
  });

  it.each([
    ['is not listed', (fleet: FakeFleet) => void (fleet.gateway.accounts = [])],
    [
      'is refused',
      (fleet: FakeFleet) =>
        fleet.gateway.failures.next('getAccounts', 1, () => new BrokerError('WRONG_ACCOUNT', 'x')),
    ],
  ])('an account that %s makes the fleet observe', async (_what, prepare) => {
    const { fleet, open } = setUp();
    prepare(fleet);
    await open();
    expect(fleet.system.state).toMatchObject({ gate: 'OBSERVE', gateReason: 'WRONG_ACCOUNT' });
  });

  it('a failed read of the account fails the open', async () => {
    const { fleet, open } = setUp();
    fleet.gateway.failures.next('getAccounts', 9, () => new BrokerError('UNAVAILABLE', 'down'));
    await expect(open()).rejects.toThrow('down');
    expect(fleet.events.types()).toContain('OpeningStepFailedEvent');
  });
});

describe('WT-003: what cannot be recovered is not traded', () => {
  it('WT-003: a failed recovery ends in STOPPED, with the event and the gate', async () => {
    const { fleet, steps, open } = setUp();
    fleet.gateway.failures.next('reconcile', 9, () => new BrokerError('UNAVAILABLE', 'down'));
    await expect(open()).rejects.toThrow(StateRecoveryError);
    expect(fleet.system.state).toMatchObject({
      state: 'STOPPED',
      gate: 'STOPPED',
      recoveryStatus: 'FAILED',
    });
    const stop = fleet.events.events.find(({ type }) => type === 'StopModeEvent');
    expect(stop).toMatchObject({ level: 'ERROR', payload: { reason: 'RECOVERY_FAILED' } });
    expect(steps.at(-1)).toBe('RECOVER_STATE');
  });

  it('WT-003: is stopped also when the failure cannot be recorded', async () => {
    const { fleet, open } = setUp();
    fleet.gateway.failures.next('reconcile', 9, () => new BrokerError('UNAVAILABLE', 'down'));
    fleet.system.failures.next('recordRecovery');
    await expect(open()).rejects.toThrow('recordRecovery failed');
    expect(fleet.system.state).toMatchObject({ state: 'STOPPED', gate: 'STOPPED' });
  });
});

describe('what fails the open', () => {
  it.each<[string, Partial<OpenMarketDependencies>]>([
    [
      'lock timings that contradict each other',
      { lockTiming: { ...DEFAULT_LOCK_TIMING, marginMs: 0 } },
    ],
    ['another day’s session', { tradeDate: parseTradeDate('2026-03-13') }],
  ])('%s', async (_what, change) => {
    const { open, steps } = setUp();
    await expect(open(change)).rejects.toThrow(MarketOpenError);
    expect(steps).toEqual(['LOAD_SETTINGS']);
  });

  it('a day that is over, unless it was opened: then it is to be settled', async () => {
    const { settlement, open, fleet } = setUp('15:40:00');
    await expect(open()).rejects.toThrow('has closed');
    fleet.system.state = { ...fleet.system.state, state: 'OFFLINE' };
    await settlement.saveBaseline(aBaseline({ tradeDate: TEST_DATE }));
    await open();
    expect(fleet.system.state.state).toBe('READY');
  });

  it('an empty universe', async () => {
    const { fleet, open } = setUp();
    fleet.marketData.instruments = [anInstrument({ halted: true })];
    await expect(open()).rejects.toThrow('universe is empty');
  });

  it('a feed that is not connected', async () => {
    const { fleet, open } = setUp();
    fleet.gateway.feedConnected = false;
    await expect(open()).rejects.toThrow('feed');
    expect(fleet.system.state.state).toBe('INITIALIZING');
  });

  it('parameters out of their ranges', async () => {
    const { fleet, open } = setUp();
    const values = { ...someParams(1).values, stopLossRate: '9' };
    fleet.trading.active.set(defaultStrategy.name, { ...someParams(1), values });
    await expect(open()).rejects.toThrow('stopLossRate');
  });
});

describe('parameters of an earlier version of the strategy', () => {
  it('WT-001: are completed by the declared defaults, and pinned complete', async () => {
    const { fleet, open } = setUp();
    const { stopOutsPerStockMax: _unknown, ...values } = someParams(2).values;
    const older = { ...someParams(2), strategyVersion: '1.9.0', values };
    fleet.trading.active.set(defaultStrategy.name, older);
    const { strategies } = await open();
    expect(strategies).toMatchObject([{ paramsVersion: 2 }]);
    const pinned = await fleet.trading.getPinnedParams(TEST_DATE, defaultStrategy.name);
    expect(pinned?.values).toEqual(someParams(2).values);
  });
});

function withoutParams() {
  const set = setUp();
  set.fleet.trading.seeds = false;
  return set;
}

describe('a day without ACTIVE parameters', () => {
  it('fails the open by default', async () => {
    const { open } = withoutParams();
    await expect(open()).rejects.toThrow('no ACTIVE parameters');
  });

  it('takes those of the last day that had some, if so configured', async () => {
    const { fleet, open } = withoutParams();
    await fleet.trading.pinParams(parseTradeDate('2026-03-06'), someParams(4));
    const { strategies } = await open({ noParamsPolicy: 'previous' });
    expect(strategies).toMatchObject([{ paramsVersion: 4 }]);
  });

  it('fails when there never were any', async () => {
    const { open } = withoutParams();
    await expect(open({ noParamsPolicy: 'previous' })).rejects.toThrow('no ACTIVE parameters');
  });

  it('waits for a person to activate some, if so configured, at most until the closing auction', async () => {
    const { fleet, open } = withoutParams();
    const work = open({ noParamsPolicy: 'wait' });
    await fleet.clock.advance(60_000);
    fleet.trading.active.set(defaultStrategy.name, someParams(5));
    expect((await work).strategies).toMatchObject([{ paramsVersion: 5 }]);
    const late = withoutParams();
    await late.fleet.clock.advance(kstInstant(TEST_DATE, '15:19:50') - late.fleet.clock.now());
    await expect(late.open({ noParamsPolicy: 'wait' })).rejects.toThrow('no ACTIVE parameters');
  });
});
