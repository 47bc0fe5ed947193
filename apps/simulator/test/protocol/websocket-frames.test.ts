import { afterEach, describe, expect, it } from '@jest/globals';
import { kstInstant } from '@fleet/krx';
import { encryptNotice } from '../../src/websocket/notice-cipher.ts';
import { FAKE_DATE, makeBook, makeOrder, makeTrade } from './fake-exchange.ts';
import { WebSocketFixture } from './websocket-fixture.ts';

let fixture: WebSocketFixture;
afterEach(() => fixture.stop());

describe('the trade feed', () => {
  it('sends 46 columns a record, trades of one moment in one frame', async () => {
    fixture = await WebSocketFixture.start();
    const client = await fixture.connect();
    await client.ask('H0STCNT0', '005930');
    fixture.exchange.publish((listener) => {
      listener.onTrade(makeTrade(fixture.exchange));
      listener.onTrade(makeTrade(fixture.exchange, { initiator: 'SELL', volume: 3 }));
    });
    const frame = await client.nextFrame();
    expect([frame.flag, frame.trId, frame.count]).toEqual(['0', 'H0STCNT0', '002']);
    expect(frame.values).toHaveLength(2 * 46);
    const [first, second] = [frame.values.slice(0, 46), frame.values.slice(46)];
    expect(first.slice(0, 15)).toEqual([
      '005930',
      '101530',
      '70500',
      '2',
      '500',
      '0.71',
      '70000.00',
      '70100',
      '70900',
      '69700',
      '70500',
      '70400',
      '7',
      '120000',
      '8400000000',
    ]);
    // Buyer and seller started; then the open, high and low with their hours.
    expect([first[21], second[21], second[12]]).toEqual(['1', '5', '3']);
    expect(first.slice(24, 36)).toEqual([
      '090012',
      '2',
      '400',
      '094205',
      '5',
      '-400',
      '090340',
      '2',
      '800',
      '20260312',
      '20',
      'N',
    ]);
    expect(first.slice(36, 40)).toEqual(['3400', '1200', '1045', '1045']);
    expect(first.slice(43)).toEqual(['0', '', '70100']);
  });

  it('never puts more than twenty records or two symbols into one frame', async () => {
    fixture = await WebSocketFixture.start();
    const client = await fixture.connect();
    await client.ask('H0STCNT0', '005930');
    await client.ask('H0STCNT0', '005935');
    fixture.exchange.publish((listener) => {
      for (let index = 0; index < 23; index += 1) listener.onTrade(makeTrade(fixture.exchange));
      listener.onTrade(makeTrade(fixture.exchange, { symbol: '005935' }));
    });
    const frames = [await client.nextFrame(), await client.nextFrame(), await client.nextFrame()];
    expect(frames.map((frame) => frame.count)).toEqual(['020', '003', '001']);
    expect(frames.map((frame) => frame.values[0])).toEqual(['005930', '005930', '005935']);
  });

  it('sends nothing of symbols that were not registered', async () => {
    fixture = await WebSocketFixture.start();
    const client = await fixture.connect();
    await client.ask('H0STCNT0', '005935');
    fixture.exchange.publish((listener) => {
      listener.onTrade(makeTrade(fixture.exchange));
      listener.onTrade(makeTrade(fixture.exchange, { symbol: '005935' }));
    });
    expect((await client.nextFrame()).values[0]).toBe('005935');
  });
});

describe('the order book feed', () => {
  it.each([
    [59 as const, 59],
    [62 as const, 62],
  ])('sends %d columns as configured', async (bookWidth, columns) => {
    fixture = await WebSocketFixture.start({ bookWidth });
    const client = await fixture.connect();
    await client.ask('H0STASP0', '005930');
    const book = makeBook('005930', fixture.exchange.instant);
    fixture.exchange.publish((listener) => listener.onBook(book));
    const { values } = await client.nextFrame();
    expect(values).toHaveLength(columns);
    expect(values.slice(0, 5)).toEqual(['005930', '101530', '0', '70500', '70600']);
    expect(values.slice(13, 15)).toEqual(['70400', '70300']);
    // Outside auctions: nothing expected, minus the reference, down, -100 %.
    expect(values.slice(47, 53)).toEqual(['0', '0', '0', '-70000', '5', '-100.00']);
    expect(values.slice(59)).toEqual(['70450', '0', '0'].slice(0, columns - 59));
  });

  it('tells the expected match in an auction, and sends it to H0STANC0 as 45 columns', async () => {
    fixture = await WebSocketFixture.start();
    const client = await fixture.connect();
    await client.ask('H0STASP0', '005930');
    await client.ask('H0STANC0', '005930');
    await client.ask('H0UNASP0', '005930');
    const expected = { price: 70_700, volume: 555 };
    const book = makeBook('005930', fixture.exchange.instant, { expected });
    fixture.exchange.publish((listener) => listener.onBook(book));
    const frames = [await client.nextFrame(), await client.nextFrame(), await client.nextFrame()];
    expect(frames.map((frame) => [frame.trId, frame.values.length])).toEqual([
      ['H0STASP0', 59],
      ['H0UNASP0', 65],
      ['H0STANC0', 45],
    ]);
    expect(frames[0]!.values.slice(47, 53)).toEqual(['70700', '555', '555', '700', '2', '1.00']);
    expect(frames[2]!.values.slice(2, 5)).toEqual(['70700', '2', '700']);
  });
});

describe('execution notices', () => {
  it('come encrypted, 26 columns, readable with the key of the acknowledgement', async () => {
    fixture = await WebSocketFixture.start();
    const client = await fixture.connect();
    const ack = await client.ask('H0STCNI0', 'tester01');
    const order = makeOrder({
      number: '0000002891',
      type: 'MARKET',
      price: undefined,
      quantity: 5,
      filledQuantity: 2,
    });
    const at = fixture.exchange.instant;
    fixture.exchange.publish((listener) => {
      listener.onNotice({ kind: 'ACCEPTED', at, order, quantity: 5, price: 0 });
      listener.onNotice({ kind: 'FILL', at, order, quantity: 2, price: 70_500 });
    });
    const accepted = await client.nextFrame(ack.body.output);
    const filled = await client.nextFrame(ack.body.output);
    expect([accepted.flag, accepted.trId, accepted.count]).toEqual(['1', 'H0STCNI0', '001']);
    expect(accepted.values).toEqual([
      'tester01',
      '5001234501',
      '0000002891',
      '',
      '02',
      '0',
      '01',
      '0',
      '005930',
      '0000000005',
      '000000000',
      '101530',
      '0',
      '1',
      '1',
      '06010',
      '000000005',
      '시뮬레이터',
      '',
      '1',
      'Y',
      '',
      '10',
      '',
      '한빛전자',
      '',
    ]);
    expect(filled.values).toHaveLength(26);
    expect(filled.values.slice(9, 17)).toEqual([
      '0000000002',
      '000070500',
      '101530',
      '0',
      '2',
      '2',
      '06010',
      '000000005',
    ]);
    expect(filled.values[25]).toBe('000000000');
  });

  it.each([
    ['AMENDED', { request: 'AMEND' }, '1'],
    ['CANCELED', { request: 'CANCEL' }, '2'],
  ] as const)('tell %s twice: taken, then confirmed', async (kind, facts, revision) => {
    fixture = await WebSocketFixture.start();
    const client = await fixture.connect();
    const ack = await client.ask('H0STCNI0', 'tester01');
    const order = makeOrder({ ...facts, originalNumber: '0000000007' });
    const notice = { kind, at: fixture.exchange.instant, order, quantity: 10, price: 70_000 };
    fixture.exchange.publish((listener) => listener.onNotice(notice));
    const taken = await client.nextFrame(ack.body.output);
    const confirmed = await client.nextFrame(ack.body.output);
    expect(codesOf(taken)).toEqual(['0000000007', revision, '1', '1']);
    expect(codesOf(confirmed)).toEqual(['0000000007', revision, '1', '2']);
  });

  it.each([
    ['REJECTED', { type: 'LIMIT' }, ['0', '00', '0', '1', '1', '1']],
    ['EXPIRED_IOC', { type: 'LIMIT_IOC' }, ['0', '11', '1', '0', '1', '3']],
    ['EXPIRED_IOC', { type: 'LIMIT_FOK' }, ['0', '12', '2', '0', '1', '3']],
  ] as const)('tell %s by their codes', async (kind, facts, codes) => {
    fixture = await WebSocketFixture.start();
    const client = await fixture.connect();
    const ack = await client.ask('H0STCNI0', 'tester01');
    const order = makeOrder({ ...facts, originalNumber: '0000000007' });
    const notice = { kind, at: fixture.exchange.instant, order, quantity: 10, price: 70_000 };
    fixture.exchange.publish((listener) => listener.onNotice(notice));
    const { values } = await client.nextFrame(ack.body.output);
    expect(values[3]).toBe('0000000007');
    expect([5, 6, 7, 12, 13, 14].map((index) => values[index])).toEqual(codes);
  });

  it('are H0STCNI9 on paper, where most other feeds are not offered', async () => {
    fixture = await WebSocketFixture.start({ profile: 'paper' });
    const client = await fixture.connect();
    const codes = [];
    for (const trId of ['H0STCNI9', 'H0STCNI0', 'H0STCNT0', 'H0STASP0', 'H0STANC0', 'H0UNCNT0']) {
      const trKey = trId.startsWith('H0STCNI') ? 'tester01' : '005930';
      codes.push((await client.ask(trId, trKey)).body.msg_cd);
    }
    expect(codes).toEqual(['OPSP0000', 'OPSP8991', 'OPSP0000', 'OPSP0000', 'OPSP8991', 'OPSP8991']);
  });

  it('are encrypted as AES-256-CBC with the ASCII key, base64', async () => {
    fixture = await WebSocketFixture.start();
    // Checked with openssl for this synthetic key.
    const sessionKey = { key: 'abcdefghijklmnopabcdefghijklmnop', iv: '0123456789abcdef' };
    const plain =
      'HTSID01^1234567801^0000002891^^02^0^01^0^136480^0000000001^000000000^094941^0^1^1^06010^000000001^TESTER^^1^Y^^10^^하림^';
    expect(encryptNotice(plain, sessionKey)).toBe(
      'J1HGCWiS/yjL3MmpWnDWHjjgVJDlUU16fmxrlr0pTWpcjflj9t7DDwD2gcj0BqcEzDBBZR2qtdmNOuKuFsGvM1+OF6D4If/V9bFjJHztUhSx0h3BKdeZe4ngrwKOmeUtXWv4zXCW9or4AvFxBuTnlBRDtcekPqHW8QIXvXyTZj4=',
    );
  });
});

describe('the market state feed', () => {
  it('tells changes of phase and interruption, with and without the leading code', async () => {
    fixture = await WebSocketFixture.start();
    const client = await fixture.connect();
    await client.ask('H0STMKO0', '005930');
    await client.ask('H0UNMKO0', '005930');
    fixture.real.advance(250);
    const quote = fixture.exchange.quotes.get('005930')!;
    fixture.exchange.quotes.set('005930', { ...quote, volatilityInterrupted: true });
    fixture.real.advance(250);
    const krx = await client.nextFrame();
    const merged = await client.nextFrame();
    expect([krx.trId, krx.values.length]).toEqual(['H0STMKO0', 11]);
    expect([merged.trId, merged.values.length]).toEqual(['H0UNMKO0', 10]);
    expect(krx.values.slice(0, 5)).toEqual(['005930', 'N', '(null)', '112', '112']);
    expect(krx.values[8]).toBe('Y');
    fixture.exchange.instant = kstInstant(FAKE_DATE, '15:20:00');
    fixture.real.advance(250);
    expect((await client.nextFrame()).values[3]).toBe('121');
  });

  it('tells a circuit breaker on (174), off (175), and one that closes the market (182)', async () => {
    fixture = await WebSocketFixture.start();
    const client = await fixture.connect();
    await client.ask('H0STMKO0', '005930');
    fixture.real.advance(250);
    const codes: (string | undefined)[] = [];
    for (const [level, isOver] of [
      [1, false],
      [1, true],
      [3, false],
    ] as const) {
      fixture.exchange.breaker = { level, isOver };
      fixture.real.advance(250);
      codes.push((await client.nextFrame()).values[3]);
    }
    expect(codes).toEqual(['174', '175', '182']);
  });
});

/** Original number, revision, fill or not, acceptance. */
function codesOf({ values }: { readonly values: readonly string[] }): readonly unknown[] {
  return [3, 5, 13, 14].map((at) => values[at]);
}
