import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { VolatilityInterruption } from '../../src/exchange/types.ts';
import { RestFixture } from './rest-fixture.ts';

const PATH = '/uapi/domestic-stock/v1/quotations/inquire-vi-status';
const ALL = {
  FID_DIV_CLS_CODE: '0',
  FID_COND_SCR_DIV_CODE: '20139',
  FID_MRKT_CLS_CODE: '0',
  FID_INPUT_ISCD: '',
  FID_RANK_SORT_CLS_CODE: '0',
  FID_INPUT_DATE_1: '20260312',
  FID_TRGT_CLS_CODE: '',
  FID_TRGT_EXLS_CLS_CODE: '',
};

describe('the list of interruptions', () => {
  let rest: RestFixture;
  beforeEach(async () => {
    rest = await RestFixture.start();
    const base = {
      symbol: '005930',
      triggeredAt: rest.exchange.instant - 60_000,
      releasedAt: undefined,
      triggerPrice: 77_000,
      referencePrice: 70_000,
    };
    const list: readonly VolatilityInterruption[] = [
      { ...base, kind: 'STATIC', count: 1 },
      { ...base, kind: 'DYNAMIC', count: 2, releasedAt: rest.exchange.instant },
      { ...base, kind: 'BOTH', count: 3, dynamicReferencePrice: 71_000 },
    ];
    rest.exchange.interruptionList = [...list];
  });
  afterEach(() => rest.stop());

  async function rowsOf(kind: string): Promise<Record<string, string>[]> {
    const { body } = await rest.get(PATH, 'FHPST01390000', {
      ...ALL,
      FID_RANK_SORT_CLS_CODE: kind,
    });
    return body['output'];
  }

  it('names the rule, its reference and how far the price was off it', async () => {
    const rows = await rowsOf('0');
    expect(
      rows.map((row) => [
        row['vi_kind_code'],
        row['vi_stnd_prc'],
        row['vi_dprt'],
        row['vi_dmc_stnd_prc'],
        row['vi_dmc_dprt'],
        row['vi_cls_code'],
      ]),
    ).toEqual([
      ['1', '70000', '10.00', '0', '0.00', 'Y'],
      ['2', '0', '0.00', '70000', '10.00', 'N'],
      ['3', '70000', '10.00', '71000', '8.45', 'Y'],
    ]);
  });

  it.each(['1', '2', '3'])('can be asked for one kind (%s)', async (kind) => {
    expect((await rowsOf(kind)).map((row) => row['vi_kind_code'])).toEqual([kind]);
  });
});
