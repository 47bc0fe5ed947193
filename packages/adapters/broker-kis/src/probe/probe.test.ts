import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { systemClock, wallMarketClock } from '@fleet/clock';
import { InstantClock } from '../../test/support/instant-clock.ts';
import { TEN_O_CLOCK, testSettings } from '../../test/support/adapter-kit.ts';
import { FakeKisFeed } from '../../test/support/fake-kis-feed.ts';
import { FakeKisServer } from '../../test/support/fake-kis-server.ts';
import { type KisProbe, makeKisProbe } from './make-kis-probe.ts';

const signal = new AbortController().signal;

describe('the probe', () => {
  let server: FakeKisServer;
  let feed: FakeKisFeed;
  let clock: InstantClock;
  let probe: KisProbe;

  beforeEach(async () => {
    server = await new FakeKisServer().start();
    feed = await new FakeKisFeed().start();
    clock = new InstantClock(TEN_O_CLOCK);
    probe = makeKisProbe(testSettings(server.url, { wsUrl: feed.url }), {
      clock,
      brokerClock: clock,
      callsPerSecond: 1,
    });
  });

  afterEach(async () => {
    await probe.close();
    await feed.stop();
    await server.stop();
  });

  it.each([
    // 10:00:00 in Seoul; a header has whole seconds.
    ['Thu, 12 Mar 2026 01:00:00 GMT', 0],
    ['Thu, 12 Mar 2026 00:59:59 GMT', -1],
    ['Thu, 12 Mar 2026 01:00:07 GMT', 7_000],
    ['Thu, 12 Mar 2026 00:59:00 GMT', -59_001],
    ['Fri, 13 Mar 2026 01:00:00 GMT', 86_400_000],
    ['yesterday', undefined],
    ['Thu, 12 Xyz 2026 01:00:00 GMT', undefined],
  ])('reads the server’s clock from %j', async (date, skew) => {
    server.routes.set('/', () => ({ status: 404, headers: { date }, body: '' }));
    expect(await probe.clockSkewMs(signal)).toBe(skew);
  });

  it('spaces its calls and asks for one token only', async () => {
    server.routes.set('/uapi/domestic-stock/v1/quotations/inquire-price', () => ({
      body: { rt_cd: '1', msg_cd: 'APBK0656', msg1: '' },
    }));
    const startedAt = clock.now();
    for (let count = 0; count < 3; count += 1) {
      await expect(probe.quote('005930', signal)).rejects.toMatchObject({ code: 'REFUSED' });
    }
    expect(server.callsTo('tokenP')).toHaveLength(1);
    // The token and three quotes: three pauses of a second.
    expect(clock.now() - startedAt).toBeGreaterThanOrEqual(3_000);
  });

  /** Socket deadlines are real time, so these two live in it, for a moment. */
  const watch = async () => {
    const real = makeKisProbe(testSettings(server.url, { wsUrl: feed.url }), {
      clock: systemClock,
      brokerClock: wallMarketClock,
      callsPerSecond: 100,
    });
    const sight = await real.watchFeed('005930', 20, signal);
    await real.close();
    return sight;
  };

  it('takes back what it registered and leaves', async () => {
    const sight = await watch();
    expect(sight.answers.map(({ trId, code }) => [trId, code])).toEqual([
      ['H0STCNT0', 'OPSP0000'],
      ['H0STASP0', 'OPSP0000'],
      ['H0STCNI9', 'OPSP0000'],
    ]);
    expect(sight.endedBy).toBeUndefined();
    expect(
      feed.registrations.map(({ register, trId }) => `${register ? '+' : '-'}${trId}`),
    ).toEqual(['+H0STCNT0', '+H0STASP0', '+H0STCNI9', '-H0STCNT0', '-H0STASP0', '-H0STCNI9']);
  });

  it('says who ended the session', async () => {
    feed.answer = ({ trId }) => (trId === 'H0STCNI9' ? 'OPSP8996' : 'OPSP0000');
    const sight = await watch();
    expect(sight.answers.at(-1)).toMatchObject({ code: 'OPSP8996', verdict: 'sessionRefused' });
    expect(sight.endedBy).toContain('1006');
  });
});
