import type { Instrument } from '../exchange/types.ts';
import { blank, code, flag, record } from './fixed-width.ts';
import {
  creditFlags,
  etpClass,
  groupFields,
  type MasterFacts,
  nameFields,
  preferredClass,
  statementFields,
  tradingFields,
} from './record-fields.ts';

const RECORD_BYTES = 288;

/** One record of kospi_code.mst: 61 bytes of names, 227 of fields (fields 1–70 of the layout). */
export function kospiRecord(instrument: Instrument, facts: MasterFacts): Buffer {
  const no = flag(false);
  return record(
    [
      ...nameFields(instrument, 40),
      ...groupFields(instrument),
      no, // 6 mnin_cls_code_yn
      no, // 7 low_current_yn
      blank(1), // 8 sprn_strr_nmix_issu_yn
      // A member's sector is not known here: all are of the first.
      code(instrument.isKospi200 === true ? '1' : '0'), // 9 kospi200_apnt_cls_code
      no, // 10 kospi100_issu_yn
      no, // 11 kospi50_issu_yn
      no, // 12 krx_issu_yn
      etpClass(instrument), // 13
      no, // 14 elw_pblc_yn
      no, // 15 krx100_issu_yn
      no, // 16 krx_car_yn
      no, // 17 krx_smcn_yn
      no, // 18 krx_bio_yn
      no, // 19 krx_bank_yn
      flag(instrument.kind === 'SPAC'), // 20 etpr_undt_objt_co_yn
      no, // 21 krx_enrg_chms_yn
      no, // 22 krx_stel_yn
      code('0'), // 23 short_over_cls_code
      no, // 24 krx_medi_cmnc_yn
      no, // 25 krx_cnst_yn
      no, // 26 krx_fnnc_svc_yn
      no, // 27 krx_scrt_yn
      no, // 28 krx_ship_yn
      no, // 29 krx_insu_yn
      no, // 30 krx_trnp_yn
      no, // 31 sri_nmix_yn
      ...tradingFields(instrument, facts), // 32–54
      preferredClass(instrument), // 55
      no, // 56 ssts_hot_yn
      no, // 57 stange_runup_yn
      no, // 58 krx300_issu_yn
      flag(true), // 59 kospi_issu_yn
      ...statementFields(instrument), // 60–66
      blank(3), // 67 grp_code
      ...creditFlags(), // 68–70
    ],
    RECORD_BYTES,
  );
}
