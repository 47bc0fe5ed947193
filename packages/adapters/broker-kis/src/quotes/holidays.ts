import { compactDate, type TradeDate } from '@fleet/krx';
import { BrokerError } from '@fleet/service-layer';
import * as z from 'zod';
import { type ReplyRow, rowsOf } from '../rest/envelope.ts';
import { parseReply, textField } from '../rest/fields.ts';
import { wireDate } from '../rest/wire-time.ts';

const row = z.object({
  bass_dt: textField,
  // opnd_yn alone says that the exchange opens; the others are banks and brokers.
  opnd_yn: textField.pipe(z.enum(['Y', 'N'])),
});

export function holidaysQuery(date: TradeDate): Record<string, string> {
  return { BASS_DT: compactDate(date), CTX_AREA_NK: '', CTX_AREA_FK: '' };
}

/** Open or not, for the days that the reply lists (about 25). @throws BrokerError BAD_REPLY */
export function parseOpenDays(body: ReplyRow): ReadonlyMap<TradeDate, boolean> {
  return new Map(
    rowsOf(body['output']).map((line) => {
      const fields = parseReply(row, line, 'chk-holiday row');
      const date = wireDate(fields.bass_dt);
      if (date === undefined) throw new BrokerError('BAD_REPLY', 'chk-holiday row: not a date');
      return [date, fields.opnd_yn === 'Y'];
    }),
  );
}
