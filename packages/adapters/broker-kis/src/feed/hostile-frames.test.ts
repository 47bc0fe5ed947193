import { describe, expect, it } from '@jest/globals';
import { parseTradeDate } from '@fleet/krx';
import type { Decimal } from 'decimal.js';
import * as fc from 'fast-check';
import { LIVE_PROFILE } from '../profile.ts';
import { encryptedNotice, NOTICE_SECRET } from '../../test/support/fake-kis-feed.ts';
import { FeedListeners } from './feed-events.ts';
import { FrameRouter } from './frame-router.ts';
import type { DataFrame, Parsed } from './frame.ts';
import { parseBookFrame } from './book-frame.ts';
import { parseMarketStateFrame } from './market-state-frame.ts';
import { type AccountNotice, parseNoticeFrame } from './notice-frame.ts';
import { parseTradeFrame } from './trade-frame.ts';

const TODAY = parseTradeDate('2026-03-12');

/** One made-up record as KIS would send it, no two columns alike where it can be helped. */
const TRADE =
  '012345^093015^5010^2^310^6.60^4951.83^4900^5055^4885^5020^5005^7^1200^5942196^41^53^12^112.33^470^530^1^0.53^88.10^090012^2^110^091203^5^-45^090148^2^125^20260312^20^N^300^401^3702^4803^0.12^980^122.45^0^^4700'.split(
    '^',
  );
const BOOK = [
  '0193T0',
  '100000',
  '0',
  ...Array.from({ length: 10 }, (_, level) => String(5010 + 10 * level)),
  ...Array.from({ length: 10 }, (_, level) => String(5000 - 10 * level)),
  ...Array.from({ length: 10 }, (_, level) => String(101 + level)),
  ...Array.from({ length: 10 }, (_, level) => String(201 + level)),
  ...'1055^2055^0^0^0^0^525579^-5000^5^-100.00^3159115^11^-8^0^0^0'.split('^'),
];
const NOTICE =
  'HTSID01^5001234501^0000002891^0000002890^02^0^00^0^012345^0000000003^000005010^094941^0^2^2^06010^000000010^TESTER^^1^Y^^10^20260312^NAME^000005020'.split(
    '^',
  );
const STATE = '012345^N^(null)^112^^^^55^N^N^1'.split('^');

interface Subject {
  readonly name: string;
  readonly trId: string;
  readonly columns: readonly string[];
  readonly parse: (frame: DataFrame) => Parsed<unknown>;
  /** What was read, by the position of its column. */
  readonly values: (record: never) => Readonly<Record<number, Shown>>;
}

const subject = <T>(
  name: string,
  trId: string,
  columns: readonly string[],
  parse: (frame: DataFrame) => Parsed<T>,
  values: (record: T) => Readonly<Record<number, Shown>>,
): Subject => ({ name, trId, columns, parse, values });

const levelsAt = (
  levels: readonly { price: Decimal; size: number }[],
  at: { prices: number; sizes: number },
): Record<number, Shown> =>
  Object.fromEntries(
    levels.flatMap(({ price, size }, index) => [
      [at.prices + index, price],
      [at.sizes + index, size],
    ]),
  );

const noticeValues = ({ account, notice }: AccountNotice): Readonly<Record<number, Shown>> => ({
  1: account,
  2: notice.orderNumber,
  3: notice.originalNumber,
  8: notice.symbol,
  [notice.kind === 'FILL' ? 9 : 16]: notice.quantity,
});

const SUBJECTS: readonly Subject[] = [
  subject('trade', 'H0STCNT0', TRADE, parseTradeFrame, (tick) => ({
    0: tick.symbol,
    2: tick.price,
    10: tick.ask,
    11: tick.bid,
    12: tick.volume,
    13: tick.dayVolume,
    36: tick.askSize,
    37: tick.bidSize,
  })),
  subject(
    'book',
    'H0STASP0',
    BOOK,
    (frame) => parseBookFrame(frame, TODAY),
    (book) => ({
      0: book.symbol,
      ...levelsAt(book.asks, { prices: 3, sizes: 23 }),
      ...levelsAt(book.bids, { prices: 13, sizes: 33 }),
    }),
  ),
  subject('notice of a fill', 'H0STCNI0', NOTICE, parseNoticeFrame, noticeValues),
  subject(
    'notice of an acceptance',
    'H0STCNI0',
    NOTICE.with(13, '1').with(14, '1'),
    parseNoticeFrame,
    noticeValues,
  ),
  subject('market state', 'H0STMKO0', STATE, parseMarketStateFrame, (state) => ({
    0: state.symbol,
    1: state.halted ? 'Y' : 'N',
    8: state.volatilityInterrupted ? 'Y' : 'N',
    3: state.code,
  })),
];

const frameOf = (trId: string, records: readonly (readonly string[])[]): DataFrame => ({
  encrypted: false,
  trId,
  count: records.length,
  payload: records.map((columns) => columns.join('^')).join('^'),
});

/** As a person reads the column: numbers by value, text as it stands. */
const plain = (text: string): string => {
  const bare = text.trim() === '(null)' ? '' : text.trim();
  return /^[+-]?\d+(\.0+)?$/.test(bare) ? String(BigInt(bare.replace(/^\+|\..*$/g, ''))) : bare;
};

type Shown = string | number | Decimal | undefined;

const shown = (value: Shown): string => (value === undefined ? '' : plain(value.toString()));

/** Values that are not those of their own column (a blank is none). */
function misread(one: Subject, record: unknown, columns: readonly string[]): readonly string[] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the record is this subject's own
  return Object.entries(one.values(record as never)).flatMap(([at, value]) => {
    const column = plain(columns[Number(at)] ?? '');
    const isNone = ['', '0'].includes(shown(value)) && ['', '0'].includes(column);
    // KIS writes an ETN as Q and six characters; a blank flag is N.
    const isSpelled = /^[QA]/.test(column) && column.slice(1) === shown(value);
    const isBlankFlag = one.trId === 'H0STMKO0' && column === '';
    // Old notices keep the order's quantity where a fill has its own.
    const isOld = one.trId === 'H0STCNI0' && at === '16' && column === '';
    const isOfFill = isOld && shown(value) === plain(columns[9] ?? '');
    const isOwn = isNone || isSpelled || isBlankFlag || isOfFill || shown(value) === column;
    return isOwn ? [] : [`${one.name} ${at}: ${shown(value)} of ${column}`];
  });
}

const each = fc.constantFrom(...SUBJECTS);

describe('a frame with one column changed', () => {
  it.each(SUBJECTS.map((one) => [one.name, one] as const))('%s: unchanged is taken', (_, one) => {
    const { records, rejects } = one.parse(frameOf(one.trId, [one.columns]));
    expect([records.length, rejects.length]).toEqual([1, 0]);
    expect(misread(one, records[0], one.columns)).toEqual([]);
  });

  it('shows the changed value or is thrown away, and leaves the record beside it alone', () => {
    const changed = fc.oneof(
      fc.stringMatching(/^[+-]?\d{1,12}$/),
      fc.stringMatching(/^[0-9A-Z]{1,7}$/),
      fc.constantFrom('', ' ', '(null)', '0', '-5010', '5010.5', '5,010', '1e3', 'Y', 'N', '５'),
      fc.string({ maxLength: 12 }).map((text) => text.replaceAll('^', '')),
    );
    fc.assert(
      fc.property(each, fc.nat(), changed, fc.boolean(), (one, at, value, isFirst) => {
        const index = at % one.columns.length;
        const columns = one.columns.with(index, value);
        const rows = isFirst ? [columns, one.columns] : [one.columns, columns];
        const { records, rejects } = one.parse(frameOf(one.trId, rows));
        expect(records.length + rejects.length).toBe(2);
        expect(records.length).toBeGreaterThanOrEqual(1);
        const taken = records.length === 1 ? [one.columns] : rows;
        expect(taken.flatMap((row, record) => misread(one, records[record], row))).toEqual([]);
      }),
      { numRuns: 5000 },
    );
  });

  it('shows a mutated digit as it is, or nothing', () => {
    fc.assert(
      fc.property(
        each,
        fc.nat(),
        fc.nat(),
        fc.integer({ min: 0, max: 9 }),
        (one, at, place, digit) => {
          const index = at % one.columns.length;
          const column = one.columns[index] ?? '';
          if (!/\d/.test(column)) return;
          const position = place % column.length;
          const mutated = column.slice(0, position) + String(digit) + column.slice(position + 1);
          const columns = one.columns.with(index, mutated);
          const { records } = one.parse(frameOf(one.trId, [columns]));
          expect(records.flatMap((record) => misread(one, record, columns))).toEqual([]);
        },
      ),
      { numRuns: 4000 },
    );
  });
});

describe('a frame with a column too many or too few', () => {
  it('is thrown away or shows every value of its own column: nothing shifts', () => {
    for (const one of SUBJECTS) {
      for (let at = 0; at < one.columns.length; at += 1) {
        const column = one.columns[at] ?? '';
        const changes = [
          one.columns.toSpliced(at, 1),
          ...[column, '0', '', '(null)', '5010', '20260312'].map((extra) =>
            one.columns.toSpliced(at, 0, extra),
          ),
        ];
        for (const columns of changes) {
          const { records } = one.parse(frameOf(one.trId, [columns]));
          expect(records.flatMap((record) => misread(one, record, one.columns))).toEqual([]);
        }
      }
    }
  });

  it('appended columns change nothing', () => {
    for (const one of SUBJECTS) {
      const longer = [...one.columns, '1', '', 'X'];
      const { records } = one.parse(frameOf(one.trId, [longer, longer]));
      expect([one.name, records.length]).toEqual([one.name, 2]);
      expect(records.flatMap((record) => misread(one, record, one.columns))).toEqual([]);
    }
  });
});

interface Heard {
  readonly router: FrameRouter;
  readonly counts: { events: number; rejects: number; lost: number };
}

function makeRouter(): Heard {
  const counts = { events: 0, rejects: 0, lost: 0 };
  const events = new FeedListeners();
  events.add({
    onTicks: (ticks) => void (counts.events += ticks.length),
    onOrderBook: () => void (counts.events += 1),
    onMarketState: () => void (counts.events += 1),
    onNotice: () => void (counts.events += 1),
    onNoticeLost: () => void (counts.lost += 1),
    onReject: () => void (counts.rejects += 1),
  });
  const router = new FrameRouter({
    profile: LIVE_PROFILE,
    account: { number: '50012345', product: '01' },
    events,
    today: () => TODAY,
    standingOf: (_trId, symbol) => (['012345', '0193T0'].includes(symbol) ? 'wanted' : 'unknown'),
  });
  return { router, counts };
}

const total = (router: FrameRouter): number =>
  [...router.rejects().values()].reduce((sum, count) => sum + count, 0);

describe('whatever comes on the feed', () => {
  const wire = fc.oneof(
    fc.string(),
    fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes).toString('utf8')),
    fc.base64String().map((payload) => `1|H0STCNI0|001|${payload}`),
    fc
      .tuple(
        fc.constantFrom('0', '1', '2'),
        fc.constantFrom('H0STCNT0', 'H0STASP0', 'H0STCNI0', 'H0STMKO0', 'H0STOAC0'),
        fc.nat(99999),
        fc.array(fc.string()),
      )
      .map(([flag, trId, count, values]) => `${flag}|${trId}|${count}|${values.join('^')}`),
    // A real one, cut off or torn somewhere.
    fc.tuple(each, fc.nat(), fc.nat()).map(([one, from, until]) => {
      const whole = `0|${one.trId}|001|${one.columns.join('^')}`;
      return whole.slice(0, from % whole.length) + whole.slice(until % whole.length);
    }),
  );

  it('is delivered or counted and told as a reject; a notice that is lost is told too', () => {
    const { router, counts } = makeRouter();
    router.setSecret('H0STCNI0', NOTICE_SECRET);
    fc.assert(
      fc.property(wire, (text) => {
        const before = { ...counts };
        router.route(text);
        // Another account's notice is nobody's business here.
        const account = /^0\|H0STCNI0\|\d+\|[^^]*\^(\d{8}|\d{10})\^/.exec(text)?.[1];
        if (account !== undefined && !['50012345', '5001234501'].includes(account)) return;
        expect(counts.events + counts.rejects).toBeGreaterThan(before.events + before.rejects);
        expect(total(router)).toBe(counts.rejects);
      }),
      { numRuns: 3000 },
    );
    expect(counts.lost).toBeGreaterThan(0);
  });

  it('encrypted: a notice with a broken byte is lost, or what it says, never something else', () => {
    const frame = encryptedNotice('H0STCNI0', NOTICE.join('^'));
    const [head, body] = [frame.slice(0, 15), frame.slice(15)];
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 0, max: 255 }), (at, byte) => {
        const bytes = Buffer.from(body, 'base64');
        bytes[at % bytes.length] = byte;
        const { router, counts } = makeRouter();
        router.setSecret('H0STCNI0', NOTICE_SECRET);
        router.route(head + bytes.toString('base64'));
        // CBC garbles the block and its successor: widths and codes do not survive, or it was the tail.
        expect(counts.events + counts.lost).toBe(1);
      }),
      { numRuns: 1000 },
    );
  });

  it('waiting for a key is bounded, and what falls out is told as lost', () => {
    const { router, counts } = makeRouter();
    const frame = encryptedNotice('H0STCNI0', NOTICE.join('^'));
    for (let index = 0; index < 300; index += 1) router.route(frame);
    expect(counts).toEqual({ events: 0, rejects: 44, lost: 44 });
    router.setSecret('H0STCNT0', { ...NOTICE_SECRET, key: 'x'.repeat(32) });
    expect(counts.events).toBe(0);
    router.setSecret('H0STCNI0', NOTICE_SECRET);
    expect(counts).toEqual({ events: 256, rejects: 44, lost: 44 });
    router.route(frame);
    router.reset();
    router.route(frame);
    router.reset();
    expect(counts).toEqual({ events: 257, rejects: 44, lost: 45 });
  });

  it('encrypted under a TR that has no key is counted, not kept', () => {
    const { router, counts } = makeRouter();
    router.route(`1|H0STCNT0|001|${Buffer.from('x').toString('base64')}`);
    expect(counts).toEqual({ events: 0, rejects: 1, lost: 0 });
    expect(router.rejects()).toEqual(new Map([['NOT_DECRYPTED', 1]]));
  });
});
