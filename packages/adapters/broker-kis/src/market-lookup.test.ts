import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { kstInstant, parseTradeDate } from '@fleet/krx';
import { makeTestAdapter } from '../test/support/adapter-kit.ts';
import { FakeKisServer, type ReceivedCall } from '../test/support/fake-kis-server.ts';
import { LIVE_PROFILE, profileAt } from './profile.ts';

const QUOTATIONS = '/uapi/domestic-stock/v1/quotations';
const TODAY = parseTradeDate('2026-03-12');
const YESTERDAY = parseTradeDate('2026-03-11');
const SYMBOL = '005930';

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
const ok = (body: object) => ({ body: { rt_cd: '0', msg_cd: 'MCA00000', ...body } });
const refused = (code: string) => ({ body: { rt_cd: '1', msg_cd: code, msg1: 'x' } });
const compact = (text: string): string => text.replaceAll('-', '');

const dailyRow = (date: string, close: number, changes: object = {}) => ({
  stck_bsop_date: compact(date),
  stck_clpr: String(close),
  stck_oprc: String(close - 100),
  stck_hgpr: String(close + 100),
  stck_lwpr: String(close - 200),
  acml_vol: '1000',
  acml_tr_pbmn: '70000000',
  ...changes,
});

const minuteRow = (date: string, time: string, close = 70_000) => ({
  stck_bsop_date: compact(date),
  stck_cntg_hour: time,
  stck_prpr: String(close),
  stck_oprc: String(close),
  stck_hgpr: String(close),
  stck_lwpr: String(close),
  cntg_vol: '10',
});

/** A day a row, newest first, from 2026-03-11 back. */
const DAYS = Array.from({ length: 250 }, (_, index) =>
  new Date(Date.parse('2026-03-11') - index * 86_400_000).toISOString().slice(0, 10),
);

describe('look-ups', () => {
  let server: FakeKisServer;
  let kit: ReturnType<typeof makeTestAdapter>;

  const live = (changes: Parameters<typeof makeTestAdapter>[1] = {}) => {
    kit = makeTestAdapter(server.url, { profile: LIVE_PROFILE, ...changes });
    return kit.adapter.lookup;
  };
  const route = (path: string, answer: (call: ReceivedCall) => object) =>
    server.routes.set(path, (call) => ok(answer(call)));

  beforeEach(async () => {
    server = await new FakeKisServer().start();
  });

  afterEach(async () => {
    await kit.adapter.close();
    await server.stop();
  });

  describe('daily candles', () => {
    const PATH = `${QUOTATIONS}/inquire-daily-itemchartprice`;
    const serveDays = () =>
      route(PATH, ({ query }) => ({
        output1: {},
        output2: DAYS.filter(
          (day) =>
            compact(day) >= (query.get('FID_INPUT_DATE_1') ?? '') &&
            compact(day) <= (query.get('FID_INPUT_DATE_2') ?? ''),
        )
          .slice(0, 100)
          .map((day, index) => dailyRow(day, 70_000 + index)),
      }));

    it('come whole and oldest first, a hundred a call, adjusted', async () => {
      serveDays();
      const from = parseTradeDate(DAYS[230] ?? '');
      const query = { symbol: SYMBOL, from, to: TODAY, prices: 'adjusted' } as const;
      const candles = await live().getDailyCandles(query);
      expect(candles.map(({ date }) => date)).toEqual(DAYS.slice(0, 231).toReversed());
      const calls = server.callsTo('inquire-daily-itemchartprice');
      expect(calls.map(({ query: asked }) => asked.get('FID_INPUT_DATE_2'))).toEqual(
        [TODAY, DAYS[100] ?? '', DAYS[200] ?? ''].map(compact),
      );
      expect(calls[0]?.query.get('FID_ORG_ADJ_PRC')).toBe('0');
      expect(calls[0]?.query.get('FID_PERIOD_DIV_CODE')).toBe('D');
    });

    it('are read raw when asked so, and to the end of a listing', async () => {
      serveDays();
      const from = parseTradeDate('2020-01-02');
      const query = { symbol: SYMBOL, from, to: TODAY, prices: 'raw' } as const;
      expect(await live().getDailyCandles(query)).toHaveLength(DAYS.length);
      const [first] = server.callsTo('inquire-daily-itemchartprice');
      expect(first?.query.get('FID_ORG_ADJ_PRC')).toBe('1');
    });

    it('keep the close on a day without a trade, and refuse a trade without a price', async () => {
      const none = { stck_oprc: '0', stck_hgpr: '0', stck_lwpr: '', acml_vol: '0' };
      let rows = [dailyRow(YESTERDAY, 70_000, { ...none, acml_tr_pbmn: '0' })];
      route(PATH, ({ query }) =>
        query.get('FID_INPUT_DATE_2') === compact(TODAY) ? { output2: rows } : { output2: [] },
      );
      const query = { symbol: SYMBOL, from: YESTERDAY, to: TODAY, prices: 'adjusted' } as const;
      const lookup = live();
      expect(plain(await lookup.getDailyCandles(query))).toEqual([
        {
          date: YESTERDAY,
          open: '70000',
          high: '70000',
          low: '70000',
          close: '70000',
          volume: 0,
          turnover: '0',
        },
      ]);
      rows = [dailyRow(YESTERDAY, 70_000, { ...none, acml_vol: '5' })];
      await expect(lookup.getDailyCandles(query)).rejects.toMatchObject({ code: 'BAD_REPLY' });
    });

    it('do not turn in circles when KIS ignores the range', async () => {
      route(PATH, () => ({ output2: [dailyRow('2026-03-11', 70_000)] }));
      const query = { symbol: SYMBOL, from: parseTradeDate('2026-01-02'), to: TODAY } as const;
      const candles = await live().getDailyCandles({ ...query, prices: 'adjusted' });
      expect(candles).toHaveLength(1);
      expect(server.callsTo('inquire-daily-itemchartprice')).toHaveLength(2);
    });
  });

  it('minutes of an earlier day come backwards from its close, oldest first', async () => {
    const minutes = Array.from({ length: 381 }, (_, index) => {
      const at = 15 * 60 + 30 - index;
      return `${String(Math.floor(at / 60)).padStart(2, '0')}${String(at % 60).padStart(2, '0')}00`;
    });
    route(`${QUOTATIONS}/inquire-time-dailychartprice`, ({ query }) => ({
      output2: minutes
        .filter((time) => time <= (query.get('FID_INPUT_HOUR_1') ?? ''))
        .slice(0, 120)
        .map((time) => minuteRow(YESTERDAY, time)),
    }));
    const candles = await live().getMinuteCandlesOf(SYMBOL, YESTERDAY);
    expect(candles).toHaveLength(381);
    expect(candles[0]?.start).toBe(kstInstant(YESTERDAY, '09:10'));
    expect(candles.at(-1)?.start).toBe(kstInstant(YESTERDAY, '15:30'));
    const calls = server.callsTo('inquire-time-dailychartprice');
    expect(calls.map(({ query }) => query.get('FID_INPUT_HOUR_1'))).toEqual([
      '153000',
      '133000',
      '113000',
      '093000',
      '090900',
    ]);
    expect(calls[0]?.query.get('FID_INPUT_DATE_1')).toBe('20260311');
  });

  it('ranks are asked for by shares and by change, and keep the place', async () => {
    route(`${QUOTATIONS}/volume-rank`, () => ({
      Output: [{ mksc_shrn_iscd: SYMBOL, data_rank: '1' }],
    }));
    route('/uapi/domestic-stock/v1/ranking/fluctuation', () => ({
      output: [
        { stck_shrn_iscd: '000660', data_rank: '1' },
        { stck_shrn_iscd: 'Q500001', data_rank: '2' },
        { stck_shrn_iscd: '', data_rank: '3' },
      ],
    }));
    const lookup = live();
    expect(await lookup.getVolumeRank()).toEqual([{ symbol: SYMBOL, rank: 1 }]);
    expect(server.callsTo('volume-rank')[0]?.query.get('FID_BLNG_CLS_CODE')).toBe('0');
    expect(await lookup.getFluctuationRank('FALL')).toEqual([
      { symbol: '000660', rank: 1 },
      { symbol: '500001', rank: 2 },
    ]);
    const [fall] = server.callsTo('fluctuation');
    expect(fall?.query.get('fid_rank_sort_cls_code')).toBe('1');
    expect(fall?.headers['tr_id']).toBe('FHPST01700000');
  });

  it('conditions are the HTS user’s; nothing saved and nothing found are empty', async () => {
    route(`${QUOTATIONS}/psearch-title`, () => ({
      output2: [{ user_id: 'HTSID01', seq: '0', grp_nm: 'group', condition_nm: 'strong' }],
    }));
    route(`${QUOTATIONS}/psearch-result`, () => ({ output2: [{ code: SYMBOL, name: 'x' }] }));
    const lookup = live();
    expect(await lookup.getConditions()).toEqual([{ key: '0', group: 'group', name: 'strong' }]);
    expect(await lookup.searchByCondition('0')).toEqual([SYMBOL]);
    expect(server.callsTo('psearch-result')[0]?.query.get('user_id')).toBe('HTSID01');
    server.routes.set(`${QUOTATIONS}/psearch-title`, () => refused('MCA00000'));
    server.routes.set(`${QUOTATIONS}/psearch-result`, () => refused('MCA05918'));
    expect(await lookup.getConditions()).toEqual([]);
    expect(await lookup.searchByCondition('0')).toEqual([]);
    server.routes.set(`${QUOTATIONS}/psearch-result`, () => refused('OPSQ2001'));
    await expect(lookup.searchByCondition('0')).rejects.toMatchObject({ code: 'REFUSED' });
  });

  it('an interruption has its instants, and no release while it lasts', async () => {
    const row = {
      mksc_shrn_iscd: SYMBOL,
      vi_cls_code: 'N',
      bsop_date: '20260312',
      cntg_vi_hour: '091333',
      vi_cncl_hour: '091550',
      vi_kind_code: '1',
      vi_prc: '7700',
      vi_stnd_prc: '7000',
      vi_dmc_stnd_prc: '0',
      vi_count: '1',
    };
    const running = {
      ...row,
      vi_cls_code: 'Y',
      vi_cncl_hour: '000000',
      vi_kind_code: '2',
      vi_stnd_prc: '0',
      vi_dmc_stnd_prc: '7100',
    };
    route(`${QUOTATIONS}/inquire-vi-status`, () => ({ output: [running, row] }));
    const at = (time: string) => kstInstant(TODAY, time);
    expect(plain(await live().getVolatilityInterruptions(TODAY))).toEqual([
      {
        symbol: SYMBOL,
        kind: 'DYNAMIC',
        triggeredAt: at('09:13:33'),
        triggerPrice: '7700',
        referencePrice: '7100',
        count: 1,
      },
      {
        symbol: SYMBOL,
        kind: 'STATIC',
        triggeredAt: at('09:13:33'),
        releasedAt: at('09:15:50'),
        triggerPrice: '7700',
        referencePrice: '7000',
        count: 1,
      },
    ]);
  });

  it('an instrument says where it trades; a reply without one is no answer', async () => {
    const path = `${QUOTATIONS}/search-stock-info`;
    route(path, () => ({
      output: {
        pdno: '00000A005930',
        mket_id_cd: 'KSQ',
        prdt_name: 'long name',
        prdt_abrv_name: 'name',
        lstg_stqt: '5969782550',
        scts_mket_lstg_dt: '19750611',
        kosdaq_mket_lstg_dt: '19990611',
        tr_stop_yn: 'N',
        admn_item_yn: 'Y',
        cptt_trad_tr_psbl_yn: 'Y',
        nxt_tr_stop_yn: 'N',
      },
    }));
    const lookup = live();
    expect(await lookup.getInstrumentInfo(SYMBOL)).toEqual({
      symbol: SYMBOL,
      name: 'name',
      market: 'KOSDAQ',
      listedShares: 5_969_782_550,
      listedOn: '1999-06-11',
      delistedOn: undefined,
      halted: false,
      administrative: true,
      tradableOnNxt: true,
      haltedOnNxt: false,
    });
    route(path, () => ({ output: {} }));
    await expect(lookup.getInstrumentInfo(SYMBOL)).rejects.toMatchObject({ code: 'BAD_REPLY' });
  });

  it('market time is a day, its neighbours and its hours', async () => {
    route(`${QUOTATIONS}/market-time`, () => ({
      output1: {
        date1: '20260310',
        date2: '20260311',
        date3: '20260312',
        date4: '20260313',
        date5: '20260316',
        today: '20260312',
        time: '100000',
        s_time: '090000',
        e_time: '153000',
      },
    }));
    expect(await live().getMarketTime()).toEqual({
      at: kstInstant(TODAY, '10:00'),
      businessDay: TODAY,
      businessDays: ['2026-03-10', '2026-03-11', '2026-03-12', '2026-03-13', '2026-03-16'],
      opensAt: kstInstant(TODAY, '09:00'),
      closesAt: kstInstant(TODAY, '15:30'),
    });
  });

  it('days of the calendar are asked for once a day, whoever asks', async () => {
    route(`${QUOTATIONS}/chk-holiday`, () => ({
      output: [
        { bass_dt: '20260312', opnd_yn: 'Y' },
        { bass_dt: '20260313', opnd_yn: 'N' },
      ],
    }));
    const lookup = live();
    expect(await lookup.getMarketDays(TODAY)).toEqual([
      { date: TODAY, isOpen: true },
      { date: '2026-03-13', isOpen: false },
    ]);
    expect(await kit.adapter.marketData.isMarketOpenOn(parseTradeDate('2026-03-13'))).toBe(false);
    expect(server.callsTo('chk-holiday')).toHaveLength(1);
  });

  it('what paper lacks is UNSUPPORTED before a call is made', async () => {
    kit = makeTestAdapter(server.url);
    const { lookup } = kit.adapter;
    const lacking = [
      () => lookup.getMinuteCandlesOf(SYMBOL, YESTERDAY),
      () => lookup.getVolumeRank(),
      () => lookup.getFluctuationRank('RISE'),
      () => lookup.getConditions(),
      () => lookup.searchByCondition('0'),
      () => lookup.getVolatilityInterruptions(TODAY),
      () => lookup.getInstrumentInfo(SYMBOL),
      () => lookup.getMarketTime(),
      () => lookup.getMarketDays(TODAY),
    ];
    for (const read of lacking) {
      await expect(read()).rejects.toMatchObject({ code: 'UNSUPPORTED', retryable: false });
    }
    expect(server.calls).toEqual([]);
  });

  it.each([
    ['KRX', 'J', 'J', 'H0STCNT0'],
    ['NXT', 'NX', 'NX', 'H0NXCNT0'],
    ['SOR', 'UN', 'J', 'H0UNCNT0'],
  ] as const)('at %s quotes are of %s, ranks of %s, ticks by %s', async (venue, code, rank, tr) => {
    const profile = profileAt(LIVE_PROFILE, venue);
    route(`${QUOTATIONS}/inquire-daily-itemchartprice`, () => ({ output2: [] }));
    route(`${QUOTATIONS}/volume-rank`, () => ({ output: [] }));
    const lookup = live({ profile });
    await lookup.getVolumeRank();
    await lookup.getDailyCandles({ symbol: SYMBOL, from: TODAY, to: TODAY, prices: 'raw' });
    expect(server.callsTo('volume-rank')[0]?.query.get('FID_COND_MRKT_DIV_CODE')).toBe(rank);
    const [chart] = server.callsTo('itemchartprice');
    expect(chart?.query.get('FID_COND_MRKT_DIV_CODE')).toBe(code);
    expect(profile.feedTrIds.trade).toBe(tr);
  });
});
