import { describe, expect, it } from '@jest/globals';
import { kstInstant, parseTradeDate } from '@fleet/krx';
import * as fc from 'fast-check';
import { parseBookFrame } from './book-frame.ts';
import { type DataFrame, parseFrame } from './frame.ts';
import { parseNoticeFrame } from './notice-frame.ts';
import { parseTradeFrame } from './trade-frame.ts';

const TODAY = parseTradeDate('2026-03-12');

/** Columns of a made-up trade; `set` by position from 0. */
function tradeColumns(set: Readonly<Record<number, string>> = {}, width = 46): string[] {
  const columns = Array.from({ length: width }, () => '0');
  const values: Record<number, string> = {
    0: '012345',
    1: '093015',
    2: '5010',
    3: '2',
    7: '5000',
    8: '5030',
    9: '4990',
    10: '5020',
    11: '5010',
    12: '7',
    13: '1200',
    33: '20260312',
    34: '20',
    35: 'N',
    36: '300',
    37: '400',
    ...set,
  };
  for (const [index, value] of Object.entries(values)) columns[Number(index)] = value;
  return columns;
}

function bookColumns(set: Readonly<Record<number, string>> = {}, width = 59): string[] {
  const columns = Array.from({ length: width }, () => '0');
  columns[0] = '0193T0';
  columns[1] = '100000';
  for (let level = 0; level < 10; level += 1) {
    columns[3 + level] = String(5010 + 10 * level);
    columns[13 + level] = String(5000 - 10 * level);
    columns[23 + level] = String(100 + level);
    columns[33 + level] = String(200 + level);
  }
  columns[43] = '1045';
  columns[44] = '2045';
  for (const [index, value] of Object.entries(set)) columns[Number(index)] = value;
  return columns;
}

function noticeColumns(set: Readonly<Record<number, string>> = {}, width = 26): string[] {
  const columns = Array.from({ length: width }, () => '');
  const values: Record<number, string> = {
    0: 'HTSID01',
    1: '5001234501',
    2: '0000002891',
    3: '',
    4: '02',
    5: '0',
    6: '00',
    8: '012345',
    9: '0000000003',
    10: '000005010',
    11: '094941',
    12: '0',
    13: '2',
    14: '2',
    15: '06010',
    16: '000000010',
    ...set,
  };
  for (const [index, value] of Object.entries(values)) columns[Number(index)] = value;
  return columns;
}

function frameOf(trId: string, ...records: readonly (readonly string[])[]): DataFrame {
  const payload = records.map((columns) => columns.join('^')).join('^');
  const frame = parseFrame(`0|${trId}|${String(records.length).padStart(3, '0')}|${payload}`);
  if (frame === undefined) throw new Error('not a frame');
  return frame;
}

const reasons = ({ rejects }: { rejects: readonly { reason: string }[] }) =>
  rejects.map(({ reason }) => reason);

describe('trade frames', () => {
  it('reads every record of a frame', () => {
    const frame = frameOf('H0STCNT0', tradeColumns(), tradeColumns({ 12: '3', 13: '1203' }));
    const { records, rejects } = parseTradeFrame(frame);
    expect(rejects).toEqual([]);
    expect(records.map(({ volume, dayVolume }) => [volume, dayVolume])).toEqual([
      [7, 1200],
      [3, 1203],
    ]);
    expect(records[0]).toMatchObject({
      symbol: '012345',
      at: kstInstant(TODAY, '09:30:15'),
      bidSize: 400,
      askSize: 300,
      halted: false,
    });
    expect(String(records[0]?.bid)).toBe('5010');
    expect(String(records[0]?.ask)).toBe('5020');
  });

  it('reads longer records by position', () => {
    const frame = frameOf('H0STCNT0', tradeColumns({}, 49), tradeColumns({}, 49));
    expect(parseTradeFrame(frame).records).toHaveLength(2);
  });

  it('keeps the good records of a frame with a bad one', () => {
    const frame = frameOf('H0STCNT0', tradeColumns(), tradeColumns({ 2: '50x0' }));
    expect(parseTradeFrame(frame).records).toHaveLength(1);
    expect(reasons(parseTradeFrame(frame))).toEqual(['BAD_VALUE']);
  });

  it('has no best price on an empty side of the book', () => {
    const [tick] = parseTradeFrame(frameOf('H0STCNT0', tradeColumns({ 10: '0', 35: 'Y' }))).records;
    expect(tick).toMatchObject({ ask: undefined, halted: true });
  });

  it.each<[Readonly<Record<number, string>>, string]>([
    [{ 0: '12345' }, 'a short code'],
    [{ 1: '250000' }, 'no time of day'],
    [{ 2: '0' }, 'no price'],
    [{ 2: '5010.5' }, 'a fraction of a won'],
    [{ 12: '-7' }, 'a negative volume'],
    [{ 13: '6' }, 'a day volume below the trade’s'],
    [{ 33: '20260230' }, 'a day that does not exist'],
    [{ 37: '' }, 'a size that is missing'],
    [{ 11: '' }, 'a best price that is missing'],
    [{ 11: '5030' }, 'a bid above the ask'],
    [{ 3: '7' }, 'a sign that is none'],
    [{ 2: '5031' }, 'a price above the day’s high'],
    [{ 2: '4989' }, 'a price below the day’s low'],
    [{ 43: '117.55' }, 'a session that is none'],
    [{ 35: '20' }, 'a halt flag that is none'],
    [{ 1: '93015' }, 'a short time'],
  ])('throws away a record with %j (%s)', (set) => {
    const parsed = parseTradeFrame(frameOf('H0STCNT0', tradeColumns(set)));
    expect(parsed.records).toEqual([]);
    expect(reasons(parsed)).toEqual(['BAD_VALUE']);
  });

  it('throws away frames whose width does not fit', () => {
    const short = frameOf('H0STCNT0', tradeColumns({}, 45));
    const uneven = { ...frameOf('H0STCNT0', tradeColumns({}, 93)), count: 2 };
    expect(reasons(parseTradeFrame(short))).toEqual(['BAD_WIDTH']);
    expect(reasons(parseTradeFrame(uneven))).toEqual(['BAD_WIDTH']);
    expect(reasons(parseTradeFrame({ ...short, count: 0 }))).toEqual(['BAD_COUNT']);
  });
});

describe('book frames', () => {
  it.each([59, 62, 63])('reads a book of %i columns', (width) => {
    const { records } = parseBookFrame(frameOf('H0STASP0', bookColumns({}, width)), TODAY);
    expect(records).toHaveLength(1);
    expect(records[0]).toMatchObject({ symbol: '0193T0', at: kstInstant(TODAY, '10:00:00') });
    expect(records[0]?.asks.map((level) => [String(level.price), level.size])[9]).toEqual([
      '5100',
      109,
    ]);
    expect(records[0]?.bids.map((level) => [String(level.price), level.size])[0]).toEqual([
      '5000',
      200,
    ]);
  });

  it('leaves out levels without a price', () => {
    const empty = Object.fromEntries(Array.from({ length: 8 }, (_, level) => [5 + level, '0']));
    const { records } = parseBookFrame(frameOf('H0STASP0', bookColumns(empty)), TODAY);
    expect(records[0]?.asks).toHaveLength(2);
    expect(records[0]?.bids).toHaveLength(10);
  });

  it.each([
    { 3: 'x' },
    { 4: '5000' },
    { 14: '5500' },
    { 23: '-1' },
    { 1: '9' },
    { 0: '' },
    // A best price of none above others, sizes beyond their total, a session code that is none.
    { 3: '0' },
    { 14: '0' },
    { 43: '1044' },
    { 44: '' },
    { 2: '100000' },
  ])('throws away a book with %j', (set) => {
    const parsed = parseBookFrame(frameOf('H0STASP0', bookColumns(set)), TODAY);
    expect([parsed.records.length, ...reasons(parsed)]).toEqual([0, 'BAD_VALUE']);
  });
});

describe('execution notices', () => {
  it.each([
    [{}, 'FILL', 3],
    [{ 13: '1', 14: '1', 9: '0000000010' }, 'ACCEPTED', 10],
    [{ 13: '1', 14: '1', 16: '' }, 'ACCEPTED', 3],
    [{ 13: '1', 12: '1' }, 'REJECTED', 10],
    [{ 13: '1', 12: 'Y' }, 'REJECTED', 10],
    [{ 13: '1', 12: 'N', 14: '1' }, 'ACCEPTED', 10],
    [{ 13: '1', 14: '2', 5: '2', 3: '0000002890' }, 'CHANGED', 10],
    [{ 13: '1', 14: '1', 5: '1', 3: '0000002890' }, 'CHANGED', 10],
    [{ 13: '1', 14: '3' }, 'CHANGED', 10],
  ])('reads %j as %s of %i', (set, kind, shares) => {
    for (const width of [23, 26, 27]) {
      const { records } = parseNoticeFrame(frameOf('H0STCNI0', noticeColumns(set, width)));
      expect(records).toHaveLength(1);
      expect(records[0]).toMatchObject({
        account: '5001234501',
        notice: {
          kind,
          quantity: shares,
          orderNumber: '2891',
          originalNumber: 3 in set ? '2890' : undefined,
          side: 'BUY',
        },
      });
    }
  });

  it.each([
    { 2: '' },
    { 4: '00' },
    { 8: '' },
    { 9: '' },
    { 13: '3' },
    { 1: 'ABC' },
    { 11: '9494' },
    { 12: '2' },
    { 15: '' },
  ])('throws away a notice with %j', (set) => {
    expect(reasons(parseNoticeFrame(frameOf('H0STCNI0', noticeColumns(set))))).toEqual([
      'BAD_VALUE',
    ]);
  });
});

const parse = (frame: DataFrame) => {
  if (frame.trId === 'H0STCNT0') return parseTradeFrame(frame);
  return frame.trId === 'H0STASP0' ? parseBookFrame(frame, TODAY) : parseNoticeFrame(frame);
};
const textOf = (frame: DataFrame) =>
  `0|${frame.trId}|${String(frame.count).padStart(3, '0')}|${frame.payload}`;

const isRegistered = ({ symbol }: { symbol: string }) => symbol === '012345';

describe('any bytes at all', () => {
  const frames = {
    trade: frameOf('H0STCNT0', tradeColumns(), tradeColumns({ 2: '5020', 12: '1', 13: '1201' })),
    book: frameOf('H0STASP0', bookColumns()),
    notice: frameOf('H0STCNI0', noticeColumns()),
  };
  it('never throw', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 400 }).map((data) => Buffer.from(data).toString('utf8')),
      fc
        .tuple(
          fc.constantFrom('H0STCNT0', 'H0STASP0', 'H0STCNI0', 'H0STMKO0'),
          fc.nat(9999),
          fc.array(fc.oneof(fc.string(), fc.constantFrom('0', '5010', 'Y', '(null)')), {
            maxLength: 140,
          }),
        )
        .map(([trId, count, values]) => `0|${trId}|${count}|${values.join('^')}`),
    );
    fc.assert(
      fc.property(bytes, (text) => {
        const frame = parseFrame(text);
        const taken = frame === undefined ? [] : parse(frame).records;
        expect(Array.isArray(taken)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it.each(Object.entries(frames))(
    'cut off anywhere, a %s frame gives its own values or none',
    (_, frame) => {
      const whole = JSON.stringify(parse(frame).records);
      const text = textOf(frame);
      for (let length = 0; length < text.length; length += 1) {
        const cut = parseFrame(text.slice(0, length));
        if (cut === undefined) continue;
        const { records } = parse(cut);
        expect([whole, '[]']).toContain(JSON.stringify(records));
      }
    },
  );

  it('with columns dropped, added or moved, never show a value from another column', () => {
    const own = new Set(['5010', '5020']);
    const change = fc.tuple(
      fc.nat(91),
      fc.constantFrom('drop', 'repeat', 'blank'),
      fc.integer({ min: 1, max: 3 }),
    );
    fc.assert(
      fc.property(
        fc.array(change, { maxLength: 4 }),
        fc.constantFrom(1, 2, 3),
        (changes, count) => {
          let values = frames.trade.payload.split('^');
          for (const [at, what, times] of changes) {
            const piece = values.slice(at, at + times);
            const middle =
              what === 'drop' ? [] : what === 'repeat' ? [...piece, ...piece] : piece.map(() => '');
            values = [...values.slice(0, at), ...middle, ...values.slice(at + times)];
          }
          const { records } = parseTradeFrame({
            ...frames.trade,
            count,
            payload: values.join('^'),
          });
          // A time can pass for a code: the router knows which codes were asked for.
          for (const { price, symbol } of records.filter(isRegistered)) {
            expect(symbol).toBe('012345');
            expect(own).toContain(String(price));
          }
        },
      ),
      { numRuns: 2000 },
    );
  });
});
