import { type CodeRule, entries, REFUSED, type RuleEntry } from './rule.ts';

const NO_DATA: CodeRule = { order: 'rejected', read: 'noData', error: 'REFUSED' };
const WRONG_ACCOUNT: CodeRule = { order: 'rejected', read: 'refused', error: 'WRONG_ACCOUNT' };
const UNSUPPORTED: CodeRule = { order: 'rejected', read: 'refused', error: 'UNSUPPORTED' };

/** Codes of the ledger. Unlisted ones with HTTP 200 are refusals too; listing them also covers 500. */
export const BUSINESS_RULES: readonly RuleEntry[] = [
  // Live: quantity, unknown stock, closed, cash, more than is left, education, pension account.
  ...entries('APBK0400 APBK0656 APBK0918 APBK0919 APBK0952 APBK0955 APBK0957 APBK0988', REFUSED),
  ...entries('APBK1234 APBK1359 APBK1664 APBK1680 APBK1681 APBK1744 APMP0001 MCA05918', REFUSED),
  ...entries('APTR0058', WRONG_ACCOUNT),
  // "There is nothing to show", in three spellings.
  ...entries('KIER2620 KIOK0560 70070000', NO_DATA),
  // Paper: holiday, before open, after close, tick, stock, limit, holding, cash, nothing left.
  ...entries('40100000 40570000 40580000 40030000 40070000 40270000 40240000', REFUSED),
  ...entries('40250000 40310000 40330000 40430000 40490000 40910000', REFUSED),
  ...entries('90000000', UNSUPPORTED),
];
