import { expect, it } from '@jest/globals';
import { kstIso, parseTradeDate } from '@fleet/krx';
import { describeWithSamples, sampleLines, sampleText } from '../test/support/samples.ts';
import { judgeOrderReply, judgeReadReply } from './answers.ts';
import { parseControlMessage } from './feed/control-message.ts';
import { parseBookFrame } from './feed/book-frame.ts';
import { parseFrame } from './feed/frame.ts';
import { decryptFrame } from './feed/notice-cipher.ts';
import { parseNoticeFrame } from './feed/notice-frame.ts';
import { parseTradeFrame } from './feed/trade-frame.ts';
import { parseBalance } from './orders/balance.ts';
import { parseBuyingPower } from './orders/buying-power.ts';
import { parseOrderList } from './orders/order-list.ts';
import { parseOpenDays } from './quotes/holidays.ts';
import { parseMinuteCandles } from './quotes/minute-candles.ts';
import { parseOrderBook } from './quotes/order-book.ts';
import { parseQuote } from './quotes/quote.ts';
import { parseTurnoverRank } from './quotes/turnover-rank.ts';
import { parseEnvelope, rowsOf } from './rest/envelope.ts';

/** Decimals as text, so that a table can state them. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value ?? null));

const DAY = parseTradeDate('2026-05-27');

function bodyOf(name: string) {
  const envelope = parseEnvelope(sampleText(name));
  if (envelope === undefined) throw new Error(`${name} is not a reply`);
  return envelope.body;
}

function sizeOf(levels: readonly { size: number }[]): number {
  return levels.reduce((sum, { size }) => sum + size, 0);
}

function frameOf(text: string) {
  const frame = parseFrame(text);
  if (frame === undefined) throw new Error('not a frame');
  return frame;
}

describeWithSamples('published replies', () => {
  it.each([
    ['rest.order-cash.res.json', '06010', '0001569157', 'APBK0013'],
    ['rest.order-cash.buy.mojito.res.json', '91252', '0000117057', 'APBK0013'],
    ['rest.order-cash.paper-buy.2022.res.json', '00950', '2696', '40600000'],
    ['rest.order-cash.paper-buy.20260610.res.json', '00950', '0000038614', '40600000'],
    ['rest.order-cash.sor-odno.res.json', '03930', '0000085100', 'APBK0013'],
    ['rest.order-rvsecncl.res.json', '06010', '0001569139', 'APBK0013'],
    ['rest.order-rvsecncl.paper-amend.2022.res.json', '00950', '2933', '40620000'],
  ])('%s is accepted', (name, branch, number, code) => {
    const envelope = parseEnvelope(sampleText(name));
    expect(judgeOrderReply(200, envelope)).toMatchObject({ verdict: 'accepted', code });
    expect(rowsOf(envelope?.body['output'])[0]).toMatchObject({
      krx_fwdg_ord_orgno: branch,
      odno: number,
    });
  });

  it.each([
    ['err.appkey-invalid.http403.json', 403, 'rejected', 'refused'],
    ['err.paper-not-business-day.http200.json', 200, 'rejected', 'refused'],
    ['err.psearch-zero-rows.json', 200, 'rejected', 'refused'],
    ['err.rate-limit.http500.json', 500, 'notExecuted', 'throttled'],
    ['err.token-1-per-minute.http403.json', 403, 'notExecuted', 'throttled'],
    ['err.token-expired.http500.json', 500, 'notExecuted', 'refreshToken'],
  ])('%s (HTTP %i): order %s, read %s', (name, status, order, read) => {
    const envelope = parseEnvelope(sampleText(name));
    expect(judgeOrderReply(status, envelope).verdict).toBe(order);
    expect(judgeReadReply(status, envelope).verdict).toBe(read);
  });

  it('lists two rejected orders', () => {
    const orders = parseOrderList([bodyOf('rest.inquire-daily-ccld.res.json')]);
    expect(plain(orders)).toEqual(
      [
        ['1568197', '17:01:00'],
        ['1568196', '17:00:38'],
      ].map(([number, time]) => ({
        key: { date: '2022-01-03', branch: '06010', number },
        request: 'PLACE',
        symbol: '009150',
        side: 'BUY',
        type: 'LIMIT',
        quantity: 10,
        price: '150000',
        acceptedAt: Date.parse(`2022-01-03T${time}+09:00`),
        filledQuantity: 0,
        filledAmount: '0',
        canceledQuantity: 0,
        rejectedQuantity: 10,
        leavesQuantity: 0,
      })),
    );
  });

  it.each([
    [
      'rest.inquire-balance.paper.2022.res.json',
      ['500000000', '499388547', '1219800', '610000', '1653'],
      [['005930', 10, 10, '60990', 20, 10]],
    ],
    [
      'recorded/rest_inquire-balance_paper_holding.json',
      ['10000000', '9004860', '995000', '0', '140'],
      [['005930', 4, 4, '248750', 4, 0]],
    ],
    [
      // For cash and on credit: (224424497 + 369000) / 1660.
      'rest.inquire-balance.res.json',
      ['346455', '346455', '0', '0', '0'],
      [['009150', 1660, 1614, '135417.7693', 1686, 41]],
    ],
  ])('%s is a balance', (name, cash, holdings) => {
    const balance = parseBalance([bodyOf(name)]);
    const { cashDeposit, settledCashD2, boughtTodayAmount, soldTodayAmount, costsToday } = balance;
    expect(
      [cashDeposit, settledCashD2, boughtTodayAmount, soldTodayAmount, costsToday].map(String),
    ).toEqual(cash);
    expect(
      balance.holdings.map((holding) => [
        holding.symbol,
        holding.quantity,
        holding.sellableQuantity,
        String(holding.averagePrice),
        holding.boughtToday,
        holding.soldToday,
      ]),
    ).toEqual(holdings);
  });

  it('has totals without holdings', () => {
    const totals: unknown = JSON.parse(
      sampleText('rest.inquire-balance.paper.20260610-output2.json'),
    );
    const balance = parseBalance([{ output1: [], output2: totals }]);
    expect(plain(balance)).toMatchObject({
      holdings: [],
      settledCashD2: '10035849',
      costsToday: '0',
    });
  });

  it('counts what can be bought without receivables', () => {
    expect(plain(parseBuyingPower(bodyOf('rest.inquire-psbl-order.res.json')))).toEqual({
      amount: '107177377',
      quantity: 1531,
    });
  });

  it('quotes a price', () => {
    expect(plain(parseQuote('000660', bodyOf('rest.inquire-price.res.json'), 5))).toEqual({
      symbol: '000660',
      at: 5,
      lastPrice: '128500',
      bidSize: 0,
      askSize: 0,
      open: '128500',
      high: '130000',
      low: '128500',
      previousClose: '128500',
      upperLimit: '167000',
      lowerLimit: '90000',
      volume: 2669075,
      turnover: '344570137500',
      halted: false,
      volatilityInterrupted: false,
    });
  });

  it.each([
    [
      'rest.inquire-asking-price-exp-ccn.res.json',
      '16:00:00',
      '128000',
      69454,
      '127500',
      83147,
      830005,
      250849,
    ],
    [
      'recorded/rest_inquire-asking-price_005930_20260527.json',
      '15:08:22',
      '307500',
      2588,
      '307000',
      20697,
      128407,
      268292,
    ],
  ])('%s is an order book', (name, time, ask, askSize, bid, bidSize, askTotal, bidTotal) => {
    const book = parseOrderBook('005930', bodyOf(name), DAY);
    expect(kstIso(book.at)).toBe(`2026-05-27T${time}.000+09:00`);
    expect([String(book.asks[0]?.price), book.asks[0]?.size]).toEqual([ask, askSize]);
    expect([String(book.bids[0]?.price), book.bids[0]?.size]).toEqual([bid, bidSize]);
    expect([sizeOf(book.asks), sizeOf(book.bids)]).toEqual([askTotal, bidTotal]);
  });

  it.each([
    [
      'rest.inquire-time-itemchartprice.res.json',
      2,
      '2022-09-02T10:00:00',
      ['92400', '92500', '92400', '92500', 1383],
    ],
    [
      'recorded/rest_inquire-time-itemchartprice_005930_20260527.json',
      30,
      '2026-05-27T15:30:00',
      ['307000', '307500', '307000', '307000', 37333],
    ],
  ])('%s has %i minutes', (name, count, newest, values) => {
    const candles = parseMinuteCandles(bodyOf(name));
    expect(candles).toHaveLength(count);
    const [first] = candles;
    expect(kstIso(first?.start ?? 0)).toBe(`${newest}.000+09:00`);
    expect([first?.open, first?.high, first?.low, first?.close].map(String)).toEqual(
      values.slice(0, 4),
    );
    expect(first?.volume).toBe(values[4]);
  });

  it.each([
    ['rest.volume-rank.res.json', ['005930', '034020', '034220']],
    ['recorded/rest_volume-rank_paper_20260720.json', ['000660', '005930']],
  ])('%s ranks by turnover', (name, first) => {
    const ranks = parseTurnoverRank(bodyOf(name));
    expect(ranks.slice(0, first.length)).toEqual(
      first.map((symbol, index) => ({ symbol, rank: index + 1 })),
    );
  });

  it('knows when the exchange is closed though banks are open', () => {
    const days = parseOpenDays(bodyOf('rest.chk-holiday.res.json'));
    expect(
      ['2022-12-29', '2022-12-30', '2023-01-01', '2023-01-02'].map((day) =>
        days.get(parseTradeDate(day)),
      ),
    ).toEqual([true, false, false, true]);
  });
});

describeWithSamples('published frames', () => {
  it.each([
    [
      'ws.H0STCNT0.portal-example.txt',
      '005930',
      '2023-06-12T09:33:54',
      '71900',
      1,
      3052507,
      '71800',
      '71900',
    ],
    [
      'ws.H0STCNT0.frame-3rec.txt',
      '000400',
      '2026-02-23T13:15:09',
      '2920',
      3418,
      27066179,
      '2920',
      '2925',
    ],
  ])('%s is a trade', (name, symbol, time, price, volume, dayVolume, bid, ask) => {
    const { records, rejects } = parseTradeFrame(frameOf(sampleText(name)));
    expect(rejects).toEqual([]);
    expect(plain(records[0])).toMatchObject({
      symbol,
      at: Date.parse(`${time}+09:00`),
      price,
      volume,
      dayVolume,
      bid,
      ask,
      halted: false,
    });
  });

  it('takes all 40 trades of 14 frames, whose volumes add up', () => {
    const ticks = sampleLines('recorded/ws_h0stcnt0_20260608.txt').flatMap((line) => {
      const parsed = parseTradeFrame(frameOf(line));
      expect(parsed.rejects).toEqual([]);
      return parsed.records;
    });
    expect(ticks).toHaveLength(40);
    const [first, ...others] = ticks;
    let running = first?.dayVolume ?? 0;
    for (const { volume, dayVolume } of others) {
      running += volume;
      expect(dayVolume).toBe(running);
    }
  });

  it.each([
    ['ws.H0STASP0.portal-example.txt', '005930', '71900', 91918, '71800', 95221],
    ['ws.H0STASP0.frame-59col.txt', '005930', '71500', 224894, '71400', 255687],
    ['ws.H0STASP0.frame-62col.txt', '088350', '6140', 81678, '6130', 1095],
  ])('%s is a book', (name, symbol, ask, askSize, bid, bidSize) => {
    const { records, rejects } = parseBookFrame(frameOf(sampleText(name)), DAY);
    expect(rejects).toEqual([]);
    expect(plain(records[0])).toMatchObject({ symbol });
    expect(plain(records[0]?.asks[0])).toEqual({ price: ask, size: askSize });
    expect(plain(records[0]?.bids[0])).toEqual({ price: bid, size: bidSize });
  });

  it('takes every recorded book and every frame of other years', () => {
    const lines = [
      ...sampleLines('recorded/ws_h0stasp0_20260608.txt'),
      ...sampleLines('recorded/ws_other_frames.txt'),
    ].map(frameOf);
    for (const frame of lines) {
      const parsed =
        frame.trId === 'H0STASP0' ? parseBookFrame(frame, DAY) : parseTradeFrame(frame);
      expect([parsed.records.length, parsed.rejects.length]).toEqual([1, 0]);
    }
    expect(lines).toHaveLength(19);
  });

  it.each([
    ['ws.H0STCNI0.accept-26col.plain.txt', 'ACCEPTED', '18424200', '004090', 1],
    ['ws.H0STCNI0.old23.accept.plain.txt', 'ACCEPTED', '2891', '136480', 1],
    ['ws.H0STCNI0.old23.fill.plain.txt', 'FILL', '2891', '136480', 1],
  ])('%s is a notice', (name, kind, orderNumber, symbol, quantity) => {
    const { records } = parseNoticeFrame(frameOf(`0|H0STCNI0|001|${sampleText(name)}`));
    expect(records).toEqual([
      {
        account: '1234567801',
        notice: { kind, orderNumber, originalNumber: undefined, symbol, side: 'BUY', quantity },
      },
    ]);
  });

  it('opens an encrypted notice with its key, and not with another', () => {
    const example: {
      key: string;
      iv: string;
      cases: readonly { frame: string; plaintext_utf8: string; kind: string }[];
    } = JSON.parse(sampleText('ws.H0STCNI0.aes-worked-example.json'));
    for (const { frame, plaintext_utf8: text, kind } of example.cases) {
      const opened = decryptFrame(frameOf(frame), example);
      expect(opened?.payload).toBe(text);
      expect(parseNoticeFrame(opened ?? frameOf(frame)).records[0]?.notice.kind).toBe(
        kind === 'fill' ? 'FILL' : 'ACCEPTED',
      );
      expect(decryptFrame(frameOf(frame), { ...example, key: 'x'.repeat(32) })?.payload).not.toBe(
        text,
      );
    }
  });

  it.each([
    ['ws.subscribe.ack.json', 'OPSP0000', 'H0STCNT0', '005930'],
    ['ws.subscribe.max-over.json', 'OPSP0008', 'HDFSASP0', 'DNASBKNG'],
    ['ws.already-in-use.json', 'OPSP8996', '', ''],
    ['ws.invalid-approval.json', 'OPSP0011', '', ''],
    ['ws.unsubscribe-not-found.json', 'OPSP0003', '', ''],
  ])('%s answers %s', (name, code, trId, trKey) => {
    expect(parseControlMessage(sampleText(name))).toMatchObject({
      kind: 'answer',
      code,
      trId,
      trKey,
    });
  });

  it('keeps the key of an acknowledgement', () => {
    const [line = ''] = sampleLines('recorded/ws_control_20260608.txt');
    expect(parseControlMessage(line)).toMatchObject({
      secret: { iv: '96de248bda413d58', key: 'npudbpdylbqfsndkjgvknsjgsveanbca' },
    });
    expect(parseControlMessage(sampleText('ws.PINGPONG.txt'))).toEqual({ kind: 'ping' });
  });
});
