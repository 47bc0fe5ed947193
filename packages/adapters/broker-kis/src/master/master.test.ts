import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { kstInstant, type Market, parseTradeDate } from '@fleet/krx';
import * as fc from 'fast-check';
import { BrokerError } from '@fleet/service-layer';
import { zipSync } from 'fflate';
import iconv from 'iconv-lite';
import { makeTestAdapter } from '../../test/support/adapter-kit.ts';
import { FakeKisServer } from '../../test/support/fake-kis-server.ts';
import { describeWithSamples, sampleBytes } from '../../test/support/samples.ts';
import { instrumentOf } from './instrument-of.ts';
import type { MasterColumn } from './master-column.ts';
import { MASTER_LAYOUTS } from './master-layout.ts';
import { isMasterStale, lastMasterUpdate } from './master-updates.ts';
import { parseMaster } from './parse-master.ts';
import { UNPACKED_MAX, unpackMaster } from './unpack-master.ts';

const TODAY = parseTradeDate('2026-03-12');
const at = (time: string) => kstInstant(TODAY, time);

function padded(
  columns: readonly MasterColumn[],
  values: Readonly<Record<string, string>>,
): Buffer {
  return Buffer.concat(
    columns.map(([name, width]) => {
      const bytes = iconv.encode(values[name] ?? '', 'cp949');
      return Buffer.concat([bytes, Buffer.alloc(width - bytes.length, ' ')]);
    }),
  );
}

/** A made-up record; columns by KIS's names. */
function recordOf(market: Market, values: Readonly<Record<string, string>> = {}): Buffer {
  const layout = MASTER_LAYOUTS[market];
  const all = {
    mksc_shrn_iscd: '012345',
    stnd_iscd: 'KR7012345003',
    hts_kor_isnm: '가나다전자',
    scrt_grp_cls_code: 'ST',
    stck_sdpr: '000012340',
    trht_yn: 'N',
    sltr_yn: 'N',
    mang_issu_yn: 'N',
    mrkt_alrm_cls_code: '00',
    prdy_vol: '000000056789',
    stck_lstn_date: '19990104',
    prst_cls_code: '0',
    etpr_undt_objt_co_yn: 'N',
    short_over_cls_code: '0',
    ...values,
  };
  const name = iconv.encode(all.hts_kor_isnm, 'cp949');
  const middle = layout.tail.length > 0 ? name : Buffer.alloc(0);
  return Buffer.concat([
    padded(layout.head, all),
    middle,
    padded(layout.tail, all),
    Buffer.from('\n'),
  ]);
}

function instrumentsOf(file: Uint8Array, market: Market) {
  const { records, rejectedLines } = parseMaster(file, MASTER_LAYOUTS[market]);
  const instruments = records.flatMap((record) => instrumentOf(record, market, TODAY) ?? []);
  return { instruments, rejectedLines };
}

describe('a master file', () => {
  it.each<Market>(['KOSPI', 'KOSDAQ', 'KONEX'])('of %s is cut by bytes', (market) => {
    const { instruments, rejectedLines } = instrumentsOf(recordOf(market), market);
    expect(rejectedLines).toBe(0);
    expect(JSON.parse(JSON.stringify(instruments))).toEqual([
      {
        symbol: '012345',
        name: '가나다전자',
        market,
        kind: 'COMMON',
        referencePrice: '12340',
        previousVolume: 56789,
        listedOn: '1999-01-04',
        halted: false,
        warnings: [],
      },
    ]);
  });

  it('has records of the documented length', () => {
    expect([MASTER_LAYOUTS.KOSPI.recordBytes, MASTER_LAYOUTS.KOSDAQ.recordBytes]).toEqual([
      288, 282,
    ]);
    const konexTail = MASTER_LAYOUTS.KONEX.tail.reduce((sum, [, width]) => sum + width, 0);
    expect(konexTail).toBe(184);
  });

  it('may end without a line feed, or with the lines of another system', () => {
    const record = recordOf('KOSPI');
    const bare = record.subarray(0, -1);
    const other = Buffer.concat([bare, Buffer.from('\r\n'), bare, Buffer.from('\r\n')]);
    expect(instrumentsOf(bare, 'KOSPI').instruments).toHaveLength(1);
    expect(instrumentsOf(other, 'KOSPI').instruments).toHaveLength(2);
  });

  it('counts lines of another length and takes the rest', () => {
    const file = Buffer.concat([
      recordOf('KOSPI'),
      recordOf('KOSDAQ'),
      Buffer.from('rubbish\n\n'),
      recordOf('KOSPI'),
    ]);
    const { instruments, rejectedLines } = instrumentsOf(file, 'KOSPI');
    expect([instruments.length, rejectedLines]).toEqual([2, 2]);
  });

  it.each([
    [{}, 'COMMON'],
    [{ prst_cls_code: '1' }, 'PREFERRED'],
    [{ prst_cls_code: '2', mksc_shrn_iscd: '00104K' }, 'PREFERRED'],
    [{ etpr_undt_objt_co_yn: 'Y' }, 'SPAC'],
    [{ scrt_grp_cls_code: 'EF', mksc_shrn_iscd: '0193T0' }, 'ETF'],
    [{ scrt_grp_cls_code: 'FE' }, 'ETF'],
    [{ scrt_grp_cls_code: 'EN', mksc_shrn_iscd: 'Q500061' }, 'ETN'],
    [{ scrt_grp_cls_code: 'EW' }, 'ELW'],
    [{ scrt_grp_cls_code: 'RT' }, 'REIT'],
    [{ scrt_grp_cls_code: 'DR' }, 'OTHER'],
    [{ scrt_grp_cls_code: 'FS' }, 'OTHER'],
    [{ scrt_grp_cls_code: 'PF' }, 'OTHER'],
  ] as [Record<string, string>, string][])('with %j lists a %s', (values, kind) => {
    const [instrument] = instrumentsOf(recordOf('KOSPI', values), 'KOSPI').instruments;
    expect(instrument?.kind).toBe(kind);
    expect(instrument?.symbol).toHaveLength(6);
  });

  it.each([
    [{ trht_yn: 'Y' }, ['HALTED']],
    [{ sltr_yn: 'Y' }, ['LIQUIDATION']],
    [{ mang_issu_yn: 'Y' }, ['ADMINISTRATIVE']],
    [{ mrkt_alrm_cls_code: '01' }, []],
    [{ mrkt_alrm_cls_code: '02' }, ['WARNING']],
    [{ mrkt_alrm_cls_code: '03' }, ['RISK']],
    [{ invt_alrm_yn: 'Y' }, ['ATTENTION']],
    [{ short_over_cls_code: '1' }, []],
    [{ short_over_cls_code: '2' }, ['SHORT_OVERHEATED']],
    [{ short_over_cls_code: '3' }, ['SHORT_OVERHEATED']],
    [{ low_current_yn: 'Y' }, ['LOW_LIQUIDITY']],
    [{ stck_lstn_date: '20260312' }, ['NEW_LISTING']],
    [
      { trht_yn: 'Y', mang_issu_yn: 'Y', low_current_yn: 'Y' },
      ['HALTED', 'ADMINISTRATIVE', 'LOW_LIQUIDITY'],
    ],
  ] as [Record<string, string>, string[]][])('with %j warns %j', (values, warnings) => {
    const [instrument] = instrumentsOf(recordOf('KOSDAQ', values), 'KOSDAQ').instruments;
    expect(instrument?.warnings).toEqual(warnings);
    expect(instrument?.halted).toBe(warnings.includes('HALTED'));
  });

  it.each(['F70100030', 'J0036221D', ''])('leaves out %j, which is no stock', (code) => {
    const file = recordOf('KOSPI', { mksc_shrn_iscd: code, scrt_grp_cls_code: 'BC' });
    expect(instrumentsOf(file, 'KOSPI')).toEqual({ instruments: [], rejectedLines: 0 });
  });

  it('says nothing for a price or a date that is none', () => {
    const file = recordOf('KOSPI', { stck_sdpr: '000000000', prdy_vol: '', stck_lstn_date: '' });
    expect(instrumentsOf(file, 'KOSPI').instruments[0]).toMatchObject({
      referencePrice: undefined,
      previousVolume: 0,
      listedOn: undefined,
    });
  });

  it('of any bytes never throws', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 700 }),
      fc.uint8Array({ minLength: 288, maxLength: 288 }),
      fc.uint8Array({ minLength: 282, maxLength: 282 }),
    );
    fc.assert(
      fc.property(bytes, fc.constantFrom<Market>('KOSPI', 'KOSDAQ', 'KONEX'), (file, market) => {
        for (const { symbol } of instrumentsOf(file, market).instruments) {
          expect(symbol).toMatch(/^[0-9A-Z]{6}$/);
        }
      }),
    );
  });

  it('is renewed thirteen times a day', () => {
    expect(lastMasterUpdate(at('08:00'))).toBe(at('07:55'));
    expect(lastMasterUpdate(at('05:00'))).toBe(kstInstant(parseTradeDate('2026-03-11'), '18:55'));
    expect(isMasterStale(at('07:40'), at('07:54'))).toBe(false);
    expect(isMasterStale(at('07:40'), at('07:55'))).toBe(true);
  });

  it('that is no zip, or a broken one, is told apart', () => {
    const zip = zipSync({ 'kospi_code.mst': recordOf('KOSPI') });
    expect(unpackMaster(zip)).toEqual(new Uint8Array(recordOf('KOSPI')));
    expect(unpackMaster(recordOf('KOSPI'))).toEqual(recordOf('KOSPI'));
    expect(() => unpackMaster(zip.subarray(0, 60))).toThrow('zip');
    expect(() => unpackMaster(zipSync({}))).toThrow('zip');
  });
});

describe('a zip of hostile make', () => {
  const record = recordOf('KOSPI');
  const zip = Buffer.from(zipSync({ 'kospi_code.mst': [Buffer.concat([record, record]), {}] }));

  it('whose content is not the one of its checksum is no master file', () => {
    // Stored, so that a changed byte is another price and not a torn stream.
    const stored = Buffer.from(zipSync({ 'kospi_code.mst': [record, { level: 0 }] }));
    const price = stored.indexOf('000012340');
    stored[price + 4] = '9'.charCodeAt(0);
    expect(() => unpackMaster(stored)).toThrow('zip');
  });

  it('with any byte changed gives the file or nothing', () => {
    const whole = Buffer.from(unpackMaster(zip));
    expect(whole).toHaveLength(2 * record.length);
    fc.assert(
      fc.property(fc.nat(zip.length - 1), fc.integer({ min: 0, max: 255 }), (place, byte) => {
        const broken = Buffer.from(zip);
        broken[place] = byte;
        // Without its first two letters it is taken for a plain file, whose lines are no records.
        if (place < 2) return;
        expect(contentOf(broken)?.equals(whole) ?? true).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it('or any bytes after PK are refused, quickly', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
        const found = contentOf(Buffer.concat([Buffer.from('PK'), bytes]));
        expect(found === undefined || found.length <= 600).toBe(true);
      }),
    );
  });

  it('that would grow beyond every bound is refused', () => {
    const bomb = Buffer.from(zipSync({ 'kospi_code.mst': new Uint8Array(UNPACKED_MAX + 1) }));
    expect(bomb.length).toBeLessThan(UNPACKED_MAX / 500);
    expect(() => unpackMaster(bomb)).toThrow('zip');
    // One that lies about its size too.
    const directory = bomb.lastIndexOf(Buffer.from('PK\x01\x02', 'latin1'));
    bomb.writeUInt32LE(10, directory + 24);
    expect(() => unpackMaster(bomb)).toThrow('zip');
  });

  it('has its first file read and no other', () => {
    const two = zipSync({ 'a.mst': record, 'b.mst': new Uint8Array(UNPACKED_MAX) });
    expect(unpackMaster(two)).toHaveLength(record.length);
  });
});

function contentOf(bytes: Uint8Array): Buffer | undefined {
  try {
    return Buffer.from(unpackMaster(bytes));
  } catch (error) {
    if (error instanceof BrokerError && error.code === 'BAD_REPLY') return undefined;
    throw error;
  }
}

describe('the instruments of a day', () => {
  let server: FakeKisServer;
  let kit: ReturnType<typeof makeTestAdapter>;
  const masters = () => server.calls.filter(({ path }) => path.endsWith('.mst.zip'));

  beforeEach(async () => {
    server = await new FakeKisServer().start();
    kit = makeTestAdapter(server.url);
    const note = recordOf('KOSPI', { mksc_shrn_iscd: 'Q500061', scrt_grp_cls_code: 'EN' });
    server.routes.set('/common/master/kospi_code.mst.zip', () => ({
      bytes: zipSync({ 'kospi_code.mst': Buffer.concat([recordOf('KOSPI'), note]) }),
    }));
    server.routes.set('/common/master/kosdaq_code.mst.zip', () => ({
      bytes: zipSync({ 'kosdaq_code.mst': recordOf('KOSDAQ', { mksc_shrn_iscd: '0001A0' }) }),
    }));
  });

  afterEach(async () => {
    await kit.adapter.close();
    await server.stop();
  });

  it('come from the files of both markets, read again once they are renewed', async () => {
    const { marketData } = kit.adapter;
    const symbols = (await marketData.getInstruments()).map(({ symbol }) => symbol);
    expect(symbols).toEqual(['012345', '500061', '0001A0']);
    await marketData.getInstruments();
    expect(masters()).toHaveLength(2);
    // The clock shows 10:00; the next renewal is at 10:55.
    kit.clock.pass(55 * 60_000);
    await marketData.getInstruments();
    expect(masters()).toHaveLength(4);
    expect(kit.budget.lanes).toEqual([]);
  });

  it('teach how an ETN is spelled', async () => {
    const { marketData } = kit.adapter;
    await marketData.getInstruments();
    await marketData.getQuote('500061').catch(() => undefined);
    expect(server.callsTo('inquire-price')[0]?.query.get('FID_INPUT_ISCD')).toBe('Q500061');
  });

  it('may be of one market only, and are not had when no market has any', async () => {
    server.routes.set('/common/master/kosdaq_code.mst.zip', () => ({
      bytes: zipSync({ 'kosdaq_code.mst': new Uint8Array() }),
    }));
    const symbols = (await kit.adapter.marketData.getInstruments()).map(({ symbol }) => symbol);
    expect(symbols).toEqual(['012345', '500061']);
    server.routes.set('/common/master/kospi_code.mst.zip', () => ({
      bytes: zipSync({ 'kospi_code.mst': new Uint8Array() }),
    }));
    kit.clock.pass(55 * 60_000);
    await expect(kit.adapter.marketData.getInstruments()).rejects.toMatchObject({
      code: 'BAD_REPLY',
    });
  });

  it('are not had without one of the files', async () => {
    server.routes.delete('/common/master/kosdaq_code.mst.zip');
    await expect(kit.adapter.marketData.getInstruments()).rejects.toMatchObject({
      code: 'UNAVAILABLE',
    });
    server.routes.set('/common/master/kosdaq_code.mst.zip', () => ({ body: '<html>' }));
    await expect(kit.adapter.marketData.getInstruments()).rejects.toMatchObject({
      code: 'BAD_REPLY',
    });
  });
});

describeWithSamples('real master files', () => {
  const files = new Map<string, ReturnType<typeof parseMaster>>();
  /** Read once for all tests: it is the slow part. */
  const parsedOf = (path: string, market: Market): ReturnType<typeof parseMaster> => {
    const known = files.get(path);
    const parsed = known ?? parseMaster(gunzipSync(sampleBytes(path)), MASTER_LAYOUTS[market]);
    files.set(path, parsed);
    return parsed;
  };

  it.each([
    ['data/kis_master/kospi_code_20260723.mst.gz', 'KOSPI', 2568, 2484],
    ['data/kis_master/kospi_code_20260504.mst.gz', 'KOSPI', 2519, 2443],
    ['data/kis_master/kosdaq_code_20260723.mst.gz', 'KOSDAQ', 1821, 1821],
  ] as const)('%s is read to the last record', (path, market, records, instruments) => {
    const parsed = parsedOf(path, market);
    const listed = instrumentsOf(gunzipSync(sampleBytes(path)), market);
    expect(parsed.rejectedLines).toBe(0);
    expect(parsed.records).toHaveLength(records);
    expect(listed.instruments).toHaveLength(instruments);
    expect(new Set(listed.instruments.map(({ symbol }) => symbol)).size).toBe(
      listed.instruments.length,
    );
    // A name never carries half a character.
    expect(listed.instruments.filter(({ name }) => name === '' || name.includes('\ufffd'))).toEqual(
      [],
    );
  });

  it('show what is documented of their first stock', () => {
    const file = unpackMaster(sampleBytes('kis/samples/kospi_code_sample.mst.zip'));
    const [record] = parseMaster(file, MASTER_LAYOUTS.KOSPI).records;
    const expected = {
      mksc_shrn_iscd: '000020',
      stnd_iscd: 'KR7000020008',
      hts_kor_isnm: '동화약품',
      stck_sdpr: '000006060',
      marg_rate: '100',
      prdy_vol: '000000050336',
      stck_lstn_date: '19760324',
      roe: '000002.31',
      base_date: '20251231',
      prdy_avls_scal: '000001692',
    };
    expect(
      Object.fromEntries(Object.keys(expected).map((name) => [name, record?.get(name)])),
    ).toEqual(expected);
  });

  it.each([
    ['data/kis_master/kospi_code_20260723.mst.gz', 'KOSPI', { ST: 917, EF: 1151, EN: 386 }],
    ['data/kis_master/kosdaq_code_20260723.mst.gz', 'KOSDAQ', { ST: 1802 }],
  ] as const)('%s has as many of each group as it is known to have', (path, market, expected) => {
    const { records } = parsedOf(path, market);
    const count = (group: string): number =>
      records.filter((record) => record.get('scrt_grp_cls_code') === group).length;
    expect(Object.fromEntries(Object.keys(expected).map((group) => [group, count(group)]))).toEqual(
      expected,
    );
    // Columns that are out of step would not all be what they must be.
    const shapes: readonly (readonly [string, RegExp])[] = [
      ['stnd_iscd', /^[A-Z]{2}[0-9A-Z]{10}$/],
      ['stck_sdpr', /^\d{9}$/],
      ['trht_yn', /^[YN]$/],
      ['prdy_vol', /^\d{12}$/],
      ['stck_lstn_date', /^(\d{8})?$/],
    ];
    const odd = records.filter((record) =>
      shapes.some(([column, shape]) => !shape.test(record.get(column) ?? '')),
    );
    expect(odd).toEqual([]);
  });

  it('are cut where the documents say, column for column', () => {
    const text = sampleBytes('kis/masters.md').toString('utf8');
    for (const market of ['KOSPI', 'KOSDAQ'] as const) {
      const from = text.indexOf(`${market.toLowerCase()}_code.mst (`);
      const table = text.slice(from, text.indexOf('\n## ', from));
      const documented = [...table.matchAll(/^\| (?:–|\d+) \| (\d+) \| (\d+) \| (\w+) \|/gm)].map(
        ([, offset, width, name]) => [name, Number(offset), Number(width)],
      );
      let offset = 0;
      const ours = MASTER_LAYOUTS[market].head.map(([name, width]) => {
        offset += width;
        return [name, offset - width, width];
      });
      expect(ours).toEqual(documented);
    }
  });
});
