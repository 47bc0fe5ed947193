import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { kstInstant, parseTradeDate } from '@fleet/krx';
import type { Bar } from '../../src/exchange/types.ts';
import { FAKE_DATE, makeTrade } from './fake-exchange.ts';
import { RestFixture } from './rest-fixture.ts';

const QUOTATIONS = '/uapi/domestic-stock/v1/quotations';
const SYMBOL = { FID_COND_MRKT_DIV_CODE: 'J', FID_INPUT_ISCD: '005930' };

let rest: RestFixture;
beforeEach(async () => {
  rest = await RestFixture.start();
});
afterEach(() => rest.stop());

describe('the one-minute chart of an earlier day of the run', () => {
  it('goes back from the asked minute as that day printed it', async () => {
    rest.exchange.bars = [earlier('15:30', 70_300), earlier('10:01', 70_200), earlier('10:00', 1)];
    const { body } = await rest.get(`${QUOTATIONS}/inquire-time-dailychartprice`, 'FHKST03010230', {
      ...SYMBOL,
      FID_INPUT_HOUR_1: '100100',
      FID_INPUT_DATE_1: '20260311',
      FID_PW_DATA_INCU_YN: 'Y',
    });
    expect(body['output2']).toMatchObject([
      { stck_bsop_date: '20260311', stck_cntg_hour: '100100', stck_prpr: '70200' },
      { stck_bsop_date: '20260311', stck_cntg_hour: '100000', stck_prpr: '1' },
    ]);
  });
});

describe('the one-minute chart', () => {
  // 10:12 and 10:14 traded, 10:13 did not; 10:15 is running at 10:15:30.
  beforeEach(() => {
    rest.exchange.bars = [
      bar('10:15', { close: 70_500, volume: 30, dayTurnover: 400 }),
      bar('10:14', { close: 70_300, volume: 20, dayTurnover: 300 }),
      bar('10:12', { close: 70_100, volume: 10, dayTurnover: 100 }),
    ];
  });

  it('goes back from the asked minute, newest first, labelled by the start', async () => {
    const rows = await chart('101400');
    expect(rows.slice(0, 3)).toEqual([
      ['101400', '70300', '20', '300'],
      ['101300', '70100', '0', '100'],
      ['101200', '70100', '10', '100'],
    ]);
  });

  it('shows the running minute when it is asked for', async () => {
    expect((await chart('101530'))[0]).toEqual(['101500', '70500', '30', '400']);
  });

  it('puts the running bar on a later minute and flat fillers under it', async () => {
    expect((await chart('101700')).slice(0, 4)).toEqual([
      ['101700', '70500', '30', '400'],
      ['101600', '70500', '0', '300'],
      ['101500', '70500', '0', '300'],
      ['101400', '70300', '20', '300'],
    ]);
  });

  it('means the latest by midnight', async () => {
    expect((await chart('000000'))[0]).toEqual(['101500', '70500', '30', '400']);
  });

  it('shows the reference price until the first trade, and nothing before the open', async () => {
    expect(await chart('090100')).toEqual([
      ['090100', '70000', '0', '0'],
      ['090000', '70000', '0', '0'],
    ]);
    rest.exchange.instant = kstInstant(FAKE_DATE, '08:59:59');
    expect(await chart('090100')).toEqual([]);
  });

  it('has thirty rows at most, none before the open', async () => {
    expect(await chart('101400')).toHaveLength(30);
    expect((await chart('090500')).map((row) => row[0])).toEqual([
      '090500',
      '090400',
      '090300',
      '090200',
      '090100',
      '090000',
    ]);
  });

  it('refuses a time that is none', async () => {
    const { body } = await askMinutes('1015');
    expect(body['msg_cd']).toBe('OPSQ2002');
  });
});

describe('the daily chart', () => {
  beforeEach(() => {
    rest.exchange.daily = [
      '2026-03-12',
      '2026-03-11',
      '2026-03-10',
      '2026-03-06',
      '2026-02-27',
    ].map((date, index) => ({
      date: parseTradeDate(date),
      open: 70_000 - index * 100,
      high: 71_000 - index * 100,
      low: 69_000 - index * 100,
      close: 70_500 - index * 100,
      volume: 1000 + index,
      turnover: 70_000_000,
    }));
  });

  it('compares each day with the close before, today with the reference price', async () => {
    const rows = await periods('D');
    expect(
      rows.map((row) => [row['stck_bsop_date'], row['prdy_vrss'], row['prdy_vrss_sign']]),
    ).toEqual([
      ['20260312', '500', '2'],
      ['20260311', '100', '2'],
      ['20260310', '100', '2'],
      ['20260306', '100', '2'],
      ['20260227', '0', '3'],
    ]);
  });

  it('merges days into weeks and months', async () => {
    const weeks = await periods('W');
    expect(weeks.map((row) => row['stck_bsop_date'])).toEqual(['20260312', '20260306', '20260227']);
    expect(weeks[0]).toMatchObject({
      stck_oprc: '69800',
      stck_hgpr: '71000',
      stck_lwpr: '68800',
      stck_clpr: '70500',
      acml_vol: '3003',
    });
    expect((await periods('M')).map((row) => row['acml_vol'])).toEqual(['4006', '1004']);
  });
});

describe('quotes', () => {
  it('shows price, sign and limits of a stock', async () => {
    const { body } = await rest.get(`${QUOTATIONS}/inquire-price`, 'FHKST01010100', SYMBOL);
    expect(body['output']).toMatchObject({
      stck_prpr: '70500',
      prdy_vrss: '500',
      prdy_vrss_sign: '2',
      prdy_ctrt: '0.71',
      stck_mxpr: '91000',
      stck_llam: '49000',
      stck_sdpr: '70000',
      aspr_unit: '100',
      prdy_vrss_vol_rate: '50.00',
    });
  });

  it.each([
    [91_000, '1', '21000'],
    [49_000, '4', '-21000'],
    [70_000, '3', '0'],
    [69_900, '5', '-100'],
  ])('signs %d as %s', async (last, sign, change) => {
    rest.exchange.quotes.set('005930', { ...rest.exchange.quotes.get('005930')!, last });
    const { body } = await rest.get(`${QUOTATIONS}/inquire-price`, 'FHKST01010100', SYMBOL);
    expect([body['output'].prdy_vrss_sign, body['output'].prdy_vrss]).toEqual([sign, change]);
  });

  it('shows the reference price before the first trade', async () => {
    const quote = rest.exchange.quotes.get('005930')!;
    rest.exchange.quotes.set('005930', { ...quote, last: undefined, open: undefined, volume: 0 });
    const { body } = await rest.get(`${QUOTATIONS}/inquire-price`, 'FHKST01010100', SYMBOL);
    expect([body['output'].stck_prpr, body['output'].stck_oprc]).toEqual(['70000', '0']);
  });

  it('lists thirty symbols in the order asked', async () => {
    const { body } = await rest.get(`${QUOTATIONS}/intstock-multprice`, 'FHKST11300006', {
      FID_COND_MRKT_DIV_CODE_1: 'J',
      FID_INPUT_ISCD_1: '069500',
      FID_COND_MRKT_DIV_CODE_2: 'J',
      FID_INPUT_ISCD_2: '0001S0',
    });
    const symbols = body['output'].map((row: Record<string, string>) => row['inter_shrn_iscd']);
    expect(symbols).toEqual(['069500', '0001S0']);
  });

  it('lists trades up to a time of day', async () => {
    rest.exchange.tradeList = [
      makeTrade(rest.exchange, { at: kstInstant(FAKE_DATE, '10:15:29'), volume: 2 }),
      makeTrade(rest.exchange, { at: kstInstant(FAKE_DATE, '10:10:00'), volume: 1 }),
    ];
    const { body } = await rest.get(`${QUOTATIONS}/inquire-time-itemconclusion`, 'FHPST01060000', {
      ...SYMBOL,
      FID_INPUT_HOUR_1: '101000',
    });
    const rows = body['output2'].map((row: Record<string, string>) => row['cnqn']);
    expect(rows).toEqual(['1']);
  });
});

describe('the volume rank', () => {
  it.each([
    ['0', ['005935', '005930']],
    ['3', ['005930', '005935']],
  ])('sorts by the kind %s that was asked', async (kind, expected) => {
    const change = (symbol: string, volume: number, turnover: number) =>
      rest.exchange.quotes.set(symbol, { ...rest.exchange.quotes.get(symbol)!, volume, turnover });
    for (const { symbol } of rest.exchange.instruments()) change(symbol, 0, 0);
    change('005930', 10, 900);
    change('005935', 20, 800);
    const { body } = await rest.get(`${QUOTATIONS}/volume-rank`, 'FHPST01710000', {
      FID_COND_MRKT_DIV_CODE: 'J',
      FID_COND_SCR_DIV_CODE: '20171',
      FID_INPUT_ISCD: '0000',
      FID_DIV_CLS_CODE: '0',
      FID_BLNG_CLS_CODE: kind,
      FID_TRGT_CLS_CODE: '111111111',
      FID_TRGT_EXLS_CLS_CODE: '0000000000',
      FID_INPUT_PRICE_1: '',
      FID_INPUT_PRICE_2: '',
      FID_VOL_CNT: '',
      FID_INPUT_DATE_1: '',
    });
    const symbols = body['output'].map((row: Record<string, string>) => row['mksc_shrn_iscd']);
    expect(symbols).toEqual(expected);
  });
});

describe('chk-holiday', () => {
  it('tells twenty-five days from the asked one', async () => {
    const { body, headers } = await rest.get(`${QUOTATIONS}/chk-holiday`, 'CTCA0903R', {
      BASS_DT: '20221227',
      CTX_AREA_NK: '',
      CTX_AREA_FK: '',
    });
    expect(body['output']).toHaveLength(25);
    expect([headers.get('tr_cont'), body['ctx_area_fk'], body['ctx_area_nk']]).toEqual([
      'M',
      '20221227            ',
      '20230120            ',
    ]);
    // The exchange closed for the year on a day on which banks worked; then a Saturday.
    expect(body['output'].slice(3, 5)).toEqual([
      {
        bass_dt: '20221230',
        wday_dvsn_cd: '06',
        bzdy_yn: 'Y',
        tr_day_yn: 'Y',
        opnd_yn: 'N',
        sttl_day_yn: 'N',
      },
      {
        bass_dt: '20221231',
        wday_dvsn_cd: '07',
        bzdy_yn: 'N',
        tr_day_yn: 'Y',
        opnd_yn: 'N',
        sttl_day_yn: 'N',
      },
    ]);
  });
});

function bar(time: string, facts: Partial<Bar>): Bar {
  const close = facts.close ?? 70_000;
  return {
    start: kstInstant(FAKE_DATE, time),
    open: close,
    high: close,
    low: close,
    close,
    volume: 1,
    turnover: 1,
    dayTurnover: 1,
    ...facts,
  };
}

function askMinutes(hour: string) {
  return rest.get(`${QUOTATIONS}/inquire-time-itemchartprice`, 'FHKST03010200', {
    ...SYMBOL,
    FID_INPUT_HOUR_1: hour,
    FID_PW_DATA_INCU_YN: 'Y',
    FID_ETC_CLS_CODE: '',
  });
}

async function periods(code: string): Promise<Record<string, string>[]> {
  const { body } = await rest.get(`${QUOTATIONS}/inquire-daily-itemchartprice`, 'FHKST03010100', {
    ...SYMBOL,
    FID_INPUT_DATE_1: '20260101',
    FID_INPUT_DATE_2: '20260312',
    FID_PERIOD_DIV_CODE: code,
    FID_ORG_ADJ_PRC: '0',
  });
  return body['output2'];
}

async function chart(hour: string): Promise<string[][]> {
  const { body } = await askMinutes(hour);
  return body['output2'].map((row: Record<string, string>) => [
    row['stck_cntg_hour'],
    row['stck_prpr'],
    row['cntg_vol'],
    row['acml_tr_pbmn'],
  ]);
}

function earlier(time: string, close: number): Bar {
  const start = kstInstant(parseTradeDate('2026-03-11'), time);
  return { ...bar(time, { close, volume: 5, dayTurnover: 100 }), start };
}
