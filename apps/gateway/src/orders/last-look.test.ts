import { describe, expect, it } from '@jest/globals';
import { anOrder, FakeClock } from '@fleet/testkit';
import { LastLook, type Look, LOOKS } from './last-look.ts';

const SEND_DEADLINE_MS = 3_000;

function setup(looks: readonly Look[] = LOOKS) {
  const clock = new FakeClock();
  const lease = { trusted: true };
  const list = { behind: false };
  const guard = new LastLook({
    isTrusted: () => lease.trusted,
    isBehind: () => list.behind,
    clock,
    sendDeadlineMs: SEND_DEADLINE_MS,
    looks,
  });
  const asked = { wall: clock.now(), monotonic: clock.monotonicMs() };
  return { clock, lease, list, guard, asked };
}

const old = anOrder({ fence: 5 });
const newer = anOrder({ fence: 6 });

describe('the last look before bytes leave', () => {
  it('lets an order of the newest owner go', () => {
    const { guard, asked } = setup();
    guard.noteAsked(old);
    expect(guard.look(old, asked)).toBeUndefined();
    guard.noteAsked(newer);
    expect(guard.look(newer, asked)).toBeUndefined();
  });

  it('refuses an earlier owner of the stock once a later one has asked, and no other stock', () => {
    const { guard, asked } = setup();
    guard.noteAsked(newer);
    guard.noteAsked(old);
    expect(guard.look(old, asked)).toContain('behind 6');
    expect(guard.look(anOrder({ symbol: '000660', fence: 1 }), asked)).toBeUndefined();
  });

  it('refuses when the lease is in doubt', () => {
    const { guard, lease, asked } = setup();
    lease.trusted = false;
    expect(guard.look(old, asked)).toContain('lease');
  });

  it('refuses buys, and nothing else, until the list has been read after an absence of the broker', () => {
    const { guard, list, asked } = setup();
    list.behind = true;
    expect(guard.look(anOrder({ side: 'BUY' }), asked)).toContain('out of reach');
    expect(guard.look(anOrder({ side: 'SELL' }), asked)).toBeUndefined();
    expect(guard.look(anOrder({ side: 'BUY', request: 'CANCEL' }), asked)).toBeUndefined();
    list.behind = false;
    expect(guard.look(anOrder({ side: 'BUY' }), asked)).toBeUndefined();
  });

  it.each([
    ['both clocks', (clock: FakeClock) => clock.advance(SEND_DEADLINE_MS)],
    ['the wall clock alone, after a suspend', async (clock: FakeClock) => clock.stepWall(3_000)],
  ])('refuses when the deadline has passed on %s', async (_, pass) => {
    const { clock, guard, asked } = setup();
    await clock.advance(SEND_DEADLINE_MS - 1);
    expect(guard.look(old, asked)).toBeUndefined();
    await pass(clock);
    expect(guard.look(old, asked)).toContain('deadline');
  });

  it('a wall clock that was set back does not lengthen the deadline', async () => {
    const { clock, guard, asked } = setup();
    clock.stepWall(-3_600_000);
    await clock.advance(SEND_DEADLINE_MS);
    expect(guard.look(old, asked)).toContain('deadline');
  });

  it.each(LOOKS)('without the look at the %s nothing else refuses for it', async (missing) => {
    const { clock, lease, list, guard, asked } = setup(LOOKS.filter((look) => look !== missing));
    if (missing === 'lease') lease.trusted = false;
    if (missing === 'deadline') await clock.advance(SEND_DEADLINE_MS);
    if (missing === 'fence') guard.noteAsked(newer);
    if (missing === 'list') list.behind = true;
    expect(guard.look(old, asked)).toBeUndefined();
  });
});
