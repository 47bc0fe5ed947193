import type { Dated } from './dated.ts';

type Hours = readonly [from: string, to: string];

/** The hours of a normal day, Seoul time. The opening auction's end is the open. */
export interface HoursRow extends Dated {
  readonly preOpenClosingPrice: Hours;
  readonly openingAuction: Hours;
  readonly closingAuction: Hours;
  readonly postCloseEntryFrom: string;
  readonly postCloseClosingPrice: Hours;
  readonly afterHoursSinglePrice: Hours;
}

export const HOURS: readonly [HoursRow, ...HoursRow[]] = [
  {
    from: '2000-05-22',
    preOpenClosingPrice: ['07:30', '08:30'],
    openingAuction: ['08:00', '09:00'],
    closingAuction: ['14:50', '15:00'],
    postCloseEntryFrom: '15:00',
    postCloseClosingPrice: ['15:10', '15:30'],
    afterHoursSinglePrice: ['15:30', '18:00'],
  },
  // Regular session half an hour longer, after-hours market half an hour shorter (wowtv
  // X20160728181845).
  {
    from: '2016-08-01',
    preOpenClosingPrice: ['07:30', '08:30'],
    openingAuction: ['08:00', '09:00'],
    closingAuction: ['15:20', '15:30'],
    postCloseEntryFrom: '15:30',
    postCloseClosingPrice: ['15:40', '16:00'],
    afterHoursSinglePrice: ['16:00', '18:00'],
  },
  // Opening auction and pre-open session shortened (newdaily 2019040300150, etoday 1750105).
  {
    from: '2019-04-29',
    preOpenClosingPrice: ['08:30', '08:40'],
    openingAuction: ['08:30', '09:00'],
    closingAuction: ['15:20', '15:30'],
    postCloseEntryFrom: '15:30',
    postCloseClosingPrice: ['15:40', '16:00'],
    afterHoursSinglePrice: ['16:00', '18:00'],
  },
];

/** Both auctions end at random within half a minute. */
export const RANDOM_END_MS_MAX = 30_000;

/** After-hours single price: an auction every 10 minutes (since 2014-09-01). */
export const AFTER_HOURS_AUCTION_MS = 600_000;

/** On special days the hours move by this much, unless the day says otherwise. */
export const USUAL_SHIFT_MINUTES = 60;

/**
 * College entrance exam days (수능): open and close move by an hour; only the end of the after-hours
 * single-price session stays.
 * Source: the exchange's yearly notices in the press. On 2017-11-16 the exam was postponed after an
 * earthquake and the market's hours stayed shifted. 2026-11-19 follows the yearly rule; no notice
 * was available to confirm it.
 */
export const EXAM_DAYS: readonly string[] = [
  '2015-11-12',
  '2016-11-17',
  '2017-11-16',
  '2017-11-23',
  '2018-11-15',
  '2019-11-14',
  '2020-12-03',
  '2021-11-18',
  '2022-11-17',
  '2023-11-16',
  '2024-11-14',
  '2025-11-13',
  '2026-11-19',
];
