import { describe, expect, it } from '@jest/globals';
import {
  type Gate,
  gateAllows,
  type GatedAction,
  GATES,
  SYSTEM_TRANSITIONS,
  type SystemStateName,
  won,
  WORKER_TRANSITIONS,
  type WorkerState,
} from '@fleet/domain';
import type { FleetEvent } from '@fleet/service-layer';
import { aProcess, eventually, newId, TEST_DATE, TEST_MARKET_AT } from '@fleet/testkit';
import { withFleet } from './support/fleet.ts';

const fleet = withFleet();

async function stepsOf(name: string, states: readonly string[]): Promise<string[]> {
  const { rows } = await fleet.pool.query<{ step: string }>(
    `SELECT a || ' -> ' || b AS step FROM unnest($1::text[]) a, unnest($1::text[]) b
     WHERE a <> b AND ${name}(a, b) ORDER BY 1`,
    [states],
  );
  return rows.map((row) => row.step);
}

describe('the database knows the domain’s tables', () => {
  it('of workers', async () => {
    const states: WorkerState[] = ['IDLE', 'SCAN', 'HOLD', 'EXIT'];
    const steps = states.flatMap((from) =>
      Object.values(WORKER_TRANSITIONS[from]).map((to) => ({ from, to })),
    );
    const expected = steps
      .filter(({ from, to }) => from !== to)
      .map(({ from, to }) => `${from} -> ${to}`);
    expect(await stepsOf('is_worker_step', states)).toEqual(expected.toSorted());
  });

  it('of the system', async () => {
    const states: SystemStateName[] = [
      'OFFLINE',
      'INITIALIZING',
      'READY',
      'TRADING',
      'CLOSING',
      'CLOSED',
      'STOPPED',
    ];
    expect(Object.keys(SYSTEM_TRANSITIONS)).toEqual(states);
    const expected = states.flatMap((from) =>
      SYSTEM_TRANSITIONS[from].filter((to) => to !== from).map((to) => `${from} -> ${to}`),
    );
    expect(await stepsOf('is_system_step', states)).toEqual(expected.toSorted());
  });

  it('of the gate', async () => {
    const actions: GatedAction[] = ['BUY', 'SELL', 'CANCEL'];
    const { rows } = await fleet.pool.query<{ gate: Gate; action: GatedAction; allowed: boolean }>(
      `SELECT gate, action, gate_allows(gate, action) AS allowed
       FROM unnest($1::text[]) gate, unnest($2::text[]) action`,
      [[...GATES], actions],
    );
    expect(rows).toHaveLength(12);
    for (const { gate, action, allowed } of rows) expect(allowed).toBe(gateAllows(gate, action));
  });
});

describe('workers', () => {
  it('SC-001 register as IDLE with WorkerStartedEvent, and once', async () => {
    const worker = {
      workerId: newId(),
      process: aProcess({ pid: 99 }),
      capitalLimit: won(1_000_000),
      strategyName: 'test-strategy',
      marketAt: TEST_MARKET_AT,
    };
    await fleet.stores.workers.register(worker);
    await fleet.stores.workers.register(worker);
    const living = await fleet.stores.workers.getLiving();
    expect(living.filter((row) => row.workerId === worker.workerId)).toMatchObject([
      { status: 'IDLE', capitalLimit: won(1_000_000), process: { pid: 99, bootId: 'boot' } },
    ]);
    expect(await fleet.events({ workerId: worker.workerId })).toMatchObject([
      { type: 'WorkerStartedEvent', payload: { pid: 99 } },
    ]);
  });

  it('change state by compare-and-set, never backwards', async () => {
    const workerId = await fleet.worker();
    const change = (from: WorkerState, to: WorkerState, currentSymbol?: string) =>
      fleet.stores.workers.changeState({
        workerId,
        from,
        to,
        currentSymbol,
        reason: 'test',
        marketAt: TEST_MARKET_AT,
      });
    expect(await change('IDLE', 'SCAN')).toBe(true);
    expect(await change('IDLE', 'SCAN')).toBe(false);
    expect(await change('SCAN', 'HOLD', '005930')).toBe(true);
    expect(await fleet.row('workers', 'worker_id', workerId)).toMatchObject({
      status: 'HOLD',
      current_symbol: '005930',
    });
    expect(await change('HOLD', 'SCAN')).toBe(true);
    expect(await change('SCAN', 'EXIT')).toBe(true);
    await expect(change('EXIT', 'SCAN')).rejects.toMatchObject({ code: 'ILLEGAL_TRANSITION' });
    await expect(
      fleet.pool.query(`UPDATE workers SET status = 'SCAN' WHERE worker_id = $1`, [workerId]),
    ).rejects.toThrow('SCAN cannot follow EXIT');
    const steps = (await fleet.events({ workerId, type: 'WorkerStateChangedEvent' })).map(
      ({ payload }) => `${String(payload['from'])} ${String(payload['to'])}`,
    );
    expect(steps).toEqual(['IDLE SCAN', 'SCAN HOLD', 'HOLD SCAN', 'SCAN EXIT']);
  });

  it('hear with their heartbeat that they should stop', async () => {
    const workerId = await fleet.worker();
    const beat = { workerId, unrealizedPnl: won(-12), lastEvent: 'MonitoringEvent' };
    expect(await fleet.stores.workers.heartbeat(beat)).toEqual({
      stopRequested: false,
      exited: false,
    });
    await fleet.stores.workers.requestStop([workerId]);
    expect(await fleet.stores.workers.heartbeat(beat)).toEqual({
      stopRequested: true,
      exited: false,
    });
    const row = (await fleet.stores.workers.getAll()).find((one) => one.workerId === workerId);
    expect(row).toMatchObject({
      unrealizedPnl: won(-12),
      lastEvent: 'MonitoringEvent',
      stopRequested: true,
    });
  });
});

const request = (holder: string) =>
  ({ name: 'gateway', holder, process: aProcess(), ttlMs: 60_000 }) as const;

describe('leases', () => {
  it('have one holder, a growing term, and are not revived after their end', async () => {
    const { leases } = fleet.stores;
    const all = await Promise.all(['a', 'b', 'c'].map((holder) => leases.acquire(request(holder))));
    const [lease, ...others] = all.filter((one) => one !== undefined);
    expect(others).toEqual([]);
    expect(await leases.renew(lease!, 60_000)).toBe(true);
    await fleet.pool.query(
      `UPDATE leases SET expires_at = clock_timestamp() - interval '1 s' WHERE name = 'gateway'`,
    );
    expect(await leases.renew(lease!, 60_000)).toBe(false);
    expect(await leases.read('gateway')).toMatchObject({ lease, expired: true });
    const next = await leases.acquire(request('d'));
    expect(next).toEqual({ name: 'gateway', holder: 'd', term: lease!.term + 1 });
    await leases.release(lease!);
    expect(await leases.read('gateway')).toMatchObject({ lease: next, expired: false });
    await leases.release(next!);
    expect(await leases.read('gateway')).toBeUndefined();
    expect((await leases.acquire(request('e')))?.term).toBe(next!.term + 1);
  });

  it('pass over a holder whose death is proved, of that term only', async () => {
    const { leases } = fleet.stores;
    const held = await leases.read('gateway');
    const { term } = held!.lease;
    expect(await leases.acquire({ ...request('f'), deadTerm: term - 1 })).toBeUndefined();
    expect(await leases.acquire({ ...request('f'), deadTerm: term })).toMatchObject({
      term: term + 1,
    });
  });
});

describe('the system', () => {
  const event: FleetEvent = { type: 'MarketOpenEvent', level: 'INFO', marketAt: TEST_MARKET_AT };
  const change = (term: number, to: SystemStateName) =>
    fleet.stores.system.changeState({
      term,
      to,
      tradeDate: TEST_DATE,
      marketAt: TEST_MARKET_AT,
      reason: 'test',
      event,
    });

  it('walks one way within a term; a later term starts again and shuts the earlier out', async () => {
    const { system } = fleet.stores;
    expect(await system.startTerm(1, TEST_DATE, TEST_MARKET_AT)).toMatchObject({
      state: 'OFFLINE',
      term: 1,
      tradeDate: TEST_DATE,
    });
    expect(await change(1, 'INITIALIZING')).toMatchObject({ marketOpenAt: TEST_MARKET_AT });
    await expect(change(1, 'TRADING')).rejects.toMatchObject({ code: 'ILLEGAL_TRANSITION' });
    await change(1, 'READY');
    expect((await system.startTerm(1, TEST_DATE, TEST_MARKET_AT)).state).toBe('READY');
    await system.startTerm(2, TEST_DATE, TEST_MARKET_AT);
    await expect(change(1, 'TRADING')).rejects.toMatchObject({ code: 'TERM_LOST' });
    for (const to of ['INITIALIZING', 'READY', 'TRADING', 'CLOSING', 'CLOSED'] as const) {
      expect((await change(2, to)).state).toBe(to);
    }
    expect(await system.read()).toMatchObject({ marketClosedAt: TEST_MARKET_AT });
    await system.recordRecovery({
      term: 2,
      status: 'PARTIAL',
      details: { mismatches: 1 },
      marketAt: TEST_MARKET_AT,
    });
    expect(await system.read()).toMatchObject({
      recoveryStatus: 'PARTIAL',
      recoveryDetails: { mismatches: 1 },
      lastRecoveryAt: TEST_MARKET_AT,
    });
    await expect(fleet.pool.query(`UPDATE system_state SET state = 'READY'`)).rejects.toThrow(
      'READY cannot follow CLOSED',
    );
    await expect(fleet.pool.query('UPDATE system_state SET term = 1')).rejects.toThrow('term 1');
  });

  it('WT-003 shuts the gate with STOPPED; only a person opens it', async () => {
    await fleet.stores.system.startTerm(3, TEST_DATE, TEST_MARKET_AT);
    expect(await change(3, 'STOPPED')).toMatchObject({ state: 'STOPPED', gate: 'STOPPED' });
    await fleet.stores.system.startTerm(4, TEST_DATE, TEST_MARKET_AT);
    expect(await fleet.stores.system.read()).toMatchObject({ state: 'OFFLINE', gate: 'STOPPED' });
    const open = { gate: 'OPEN', reason: 'fixed', marketAt: TEST_MARKET_AT } as const;
    expect((await fleet.stores.system.setGate({ ...open, by: 'system' })).gate).toBe('STOPPED');
    expect((await fleet.stores.system.setGate({ ...open, by: 'person' })).gate).toBe('OPEN');
  });
});

const event = (name: string): FleetEvent => ({
  type: 'MonitoringEvent',
  level: 'INFO',
  workerId: 'w',
  marketAt: TEST_MARKET_AT,
  payload: { name },
});

async function readAll(from: string): Promise<{ names: unknown[]; cursor: string }> {
  const names: unknown[] = [];
  let cursor = from;
  for (;;) {
    const page = await fleet.stores.events.readAfter(cursor, 2);
    if (page.length === 0) return { names, cursor };
    cursor = page.at(-1)!.cursor;
    names.push(...page.map((row) => row.payload?.['name']));
  }
}

/** Past all that is committed: a transaction elsewhere on the server may hide the newest for a moment. */
async function cursorAtEnd(): Promise<string> {
  const { rows } = await fleet.pool.query<{ count: number }>('SELECT count(*) FROM events');
  return await eventually(async () => {
    const { names, cursor } = await readAll('');
    return names.length === rows[0]!.count && cursor;
  });
}

describe('the outbox', () => {
  it('never steps over a row that commits late, and repeats none', async () => {
    const start = await cursorAtEnd();
    const slow = await fleet.pool.connect();
    await slow.query('BEGIN');
    const record = `SELECT record_event('MonitoringEvent', 'INFO', 'w', NULL, NULL, $1, $2)`;
    await slow.query(record, [TEST_MARKET_AT, { name: 'slow' }]);
    await fleet.stores.events.append([event('fast 1'), event('fast 2'), event('fast 3')]);
    // The fast ones committed, but the slow one is older and may still come.
    const during = await readAll(start);
    expect(during.names).toEqual([]);
    await slow.query('COMMIT');
    slow.release();
    // A transaction elsewhere on the server may hold the horizon back for a moment.
    const after = await eventually(async () => {
      const read = await readAll(during.cursor);
      return read.names.length >= 4 && read;
    });
    expect(after.names).toEqual(['slow', 'fast 1', 'fast 2', 'fast 3']);
    expect((await readAll(after.cursor)).names).toEqual([]);
  });

  it('keeps its order and its content under many writers', async () => {
    const start = await cursorAtEnd();
    const writers = Array.from({ length: 6 }, async (_, writer) => {
      for (let index = 0; index < 15; index += 1) {
        await fleet.stores.events.append([event(`${writer}.${index}`)]);
      }
    });
    const seen: unknown[] = [];
    let cursor = start;
    const progress = { writing: true };
    const done = Promise.all(writers).finally(() => {
      progress.writing = false;
    });
    while (progress.writing) {
      const read = await readAll(cursor);
      seen.push(...read.names);
      cursor = read.cursor;
    }
    await done;
    await eventually(async () => {
      const read = await readAll(cursor);
      seen.push(...read.names);
      cursor = read.cursor;
      return seen.length >= 90;
    });
    expect(new Set(seen).size).toBe(90);
    expect(seen).toHaveLength(90);
    for (let writer = 0; writer < 6; writer += 1) {
      const own = seen.filter((name) => String(name).startsWith(`${writer}.`));
      expect(own).toEqual(Array.from({ length: 15 }, (_, index) => `${writer}.${index}`));
    }
  });

  it('carries both times, the Korean date, and counts by type', async () => {
    const [stored] = await fleet.stores.events.readAfter('', 1);
    expect(stored).toMatchObject({ marketAt: TEST_MARKET_AT });
    expect(stored!.recordedAt).toBeGreaterThan(1_700_000_000_000);
    expect((await fleet.stores.events.countByType(TEST_DATE))['MonitoringEvent']).toBe(94);
    await expect(fleet.stores.events.readAfter('nonsense', 1)).rejects.toMatchObject({
      code: 'BAD_ROW',
    });
  });
});

describe('lags and secrets', () => {
  it('keep the newest', async () => {
    const { lags, secrets } = fleet.stores;
    await lags.save('worker-1', 'one', 1);
    await lags.save('worker-1', 'two', 3);
    expect(await lags.readAll()).toEqual([
      { process: 'worker-1', encodedHistogram: 'two', skipped: 3 },
    ]);
    expect(await secrets.load('token')).toBeUndefined();
    await secrets.save('token', 'sealed 1');
    await secrets.save('token', 'sealed 2');
    expect(await secrets.load('token')).toBe('sealed 2');
  });
});
