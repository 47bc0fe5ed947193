import { afterEach, describe, expect, it } from '@jest/globals';
import { type ControlParts, ControlServer } from '../../src/control/control-server.ts';
import { FaultPlan } from '../../src/faults/fault-plan.ts';

let server: ControlServer;
let url: string;
afterEach(() => server.close());

async function start(change: Partial<ControlParts> = {}): Promise<string[]> {
  const calls: string[] = [];
  server = new ControlServer({
    clock: () => ({ realMs: 1, marketMs: 2, speed: 60, tradeDate: '2026-03-12' }),
    go: () => calls.push('go'),
    nextDay: () => Promise.resolve('2026-03-13'),
    isReady: () => true,
    arrivals: () => Promise.resolve([{ sequence: 1 }]),
    unsellable: (symbol) => (symbol === '000001' ? 'HALTED' : undefined),
    stop: () => calls.push('stop'),
    faults: undefined,
    ...change,
  });
  url = `http://127.0.0.1:${await server.listen(0, '127.0.0.1')}`;
  return calls;
}

async function ask(method: string, path: string, body?: string): Promise<[number, unknown]> {
  const response = await fetch(`${url}${path}`, {
    method,
    ...(body === undefined ? {} : { body }),
  });
  return [response.status, await response.json()];
}

describe('the control port', () => {
  it('shows the clock anchor and starts the day', async () => {
    const calls = await start();
    const anchor = { realMs: 1, marketMs: 2, speed: 60, tradeDate: '2026-03-12' };
    expect(await ask('GET', '/clock')).toEqual([200, anchor]);
    expect(await ask('POST', '/clock/go')).toEqual([200, anchor]);
    expect(calls).toEqual(['go']);
  });

  it('says 503 until it is ready', async () => {
    await start({ isReady: () => false });
    expect(await ask('GET', '/ready')).toEqual([503, { ready: false }]);
  });

  it('says 409 when there is no further day', async () => {
    await start({ nextDay: () => Promise.resolve(undefined) });
    expect((await ask('POST', '/clock/next-day'))[0]).toBe(409);
  });

  it('lists arrivals and names what cannot be sold', async () => {
    await start();
    expect(await ask('GET', '/arrivals')).toEqual([200, { arrivals: [{ sequence: 1 }] }]);
    expect(await ask('GET', '/unsellable?symbol=000001')).toEqual([
      200,
      { symbol: '000001', unsellable: true, reason: 'HALTED' },
    ]);
    expect((await ask('GET', '/unsellable?symbol=000002'))[1]).toMatchObject({ unsellable: false });
    expect((await ask('GET', '/unsellable'))[0]).toBe(400);
  });

  it('answers a stop before it stops', async () => {
    const calls = await start();
    expect(await ask('POST', '/stop')).toEqual([200, { stopping: true }]);
    expect(calls).toEqual(['stop']);
  });

  it('keeps faults closed unless they were asked for', async () => {
    await start();
    expect((await ask('POST', '/faults', '{"rules":[]}'))[0]).toBe(403);
    expect((await ask('GET', '/faults'))[0]).toBe(403);
  });

  it('takes fault rules and shows them', async () => {
    const time = { market: { now: () => 0, speed: () => 1 }, real: { now: () => 0 } };
    await start({ faults: new FaultPlan({ seed: 1, rules: [] }, time) });
    const [status] = await ask('POST', '/faults', '{"rules":[{"kind":"NOTICE_LOST"}]}');
    const [, shown] = await ask('GET', '/faults');
    expect(status).toBe(200);
    expect(shown).toMatchObject({ rules: [{ kind: 'NOTICE_LOST' }], traces: [] });
    expect(await ask('POST', '/faults', '{"rules":[{"kind":"?"}]}')).toEqual([
      400,
      {
        error: expect.stringMatching(/^faults: rules #1: unknown kind \?; it is one of REPLY/),
      },
    ]);
  });

  it('has no other paths', async () => {
    await start();
    expect((await ask('GET', '/nowhere'))[0]).toBe(404);
  });
});
