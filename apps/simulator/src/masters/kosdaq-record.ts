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

const RECORD_BYTES = 282;

/** One record of kosdaq_code.mst: 61 bytes of names, 221 of fields (fields 1–64 of the layout). */
export function kosdaqRecord(instrument: Instrument, facts: MasterFacts): Buffer {
  const no = flag(false);
  return record(
    [
      ...nameFields(instrument, 40),
      ...groupFields(instrument),
      no, // 6 vntr_issu_yn
      no, // 7 low_current_yn
      no, // 8 krx_issu_yn
      etpClass(instrument), // 9
      no, // 10 krx100_issu_yn
      no, // 11 krx_car_yn
      no, // 12 krx_smcn_yn
      no, // 13 krx_bio_yn
      no, // 14 krx_bank_yn
      flag(instrument.kind === 'SPAC'), // 15 etpr_undt_objt_co_yn
      no, // 16 krx_enrg_chms_yn
      no, // 17 krx_stel_yn
      code('0'), // 18 short_over_cls_code
      no, // 19 krx_medi_cmnc_yn
      no, // 20 krx_cnst_yn
      no, // 21 invt_alrm_yn
      no, // 22 krx_scrt_yn
      no, // 23 krx_ship_yn
      no, // 24 krx_insu_yn
      no, // 25 krx_trnp_yn
      no, // 26 ksq150_nmix_yn
      ...tradingFields(instrument, facts), // 27–49
      preferredClass(instrument), // 50
      no, // 51 ssts_hot_yn
      no, // 52 stange_runup_yn
      no, // 53 krx300_issu_yn
      ...statementFields(instrument), // 54–60
      blank(3), // 61 grp_code
      ...creditFlags(), // 62–64
    ],
    RECORD_BYTES,
  );
}
