import { BrokerError, type MarketTime } from '@fleet/service-layer';
import * as z from 'zod';
import { type ReplyRow, rowsOf } from '../rest/envelope.ts';
import { parseReply, textField } from '../rest/fields.ts';
import { wireDate, wireInstant } from '../rest/wire-time.ts';

const row = z.object({
  date1: textField,
  date2: textField,
  // The business day itself.
  date3: textField,
  date4: textField,
  date5: textField,
  today: textField,
  time: textField,
  s_time: textField,
  e_time: textField,
});

/** @throws BrokerError BAD_REPLY */
export function parseMarketTime(body: ReplyRow): MarketTime {
  const [line] = rowsOf(body['output1']);
  if (line === undefined) throw new BrokerError('BAD_REPLY', 'market-time: no output1');
  const fields = parseReply(row, line, 'market-time');
  const businessDay = wireDate(fields.date3);
  const days = [fields.date1, fields.date2, fields.date3, fields.date4, fields.date5];
  const at = wireInstant(wireDate(fields.today), fields.time);
  const opensAt = wireInstant(businessDay, fields.s_time);
  const closesAt = wireInstant(businessDay, fields.e_time);
  if (
    businessDay === undefined ||
    at === undefined ||
    opensAt === undefined ||
    closesAt === undefined
  ) {
    throw new BrokerError('BAD_REPLY', 'market-time: not a day or not a time');
  }
  const businessDays = days.flatMap((text) => wireDate(text) ?? []);
  return { at, businessDay, businessDays, opensAt, closesAt };
}
