import { BrokerError, type SavedCondition } from '@fleet/service-layer';
import * as z from 'zod';
import { type ReplyRow, rowsOf } from '../rest/envelope.ts';
import { parseReply, textField } from '../rest/fields.ts';
import { symbolOf } from '../symbol-spelling.ts';

const title = z.object({
  seq: textField.pipe(z.string().min(1)),
  grp_nm: textField,
  condition_nm: textField,
});
const hit = z.object({ code: textField });

// Both say in the manner of an error that there is nothing: no condition saved, no stock found.
const NONE_SAVED = 'MCA00000';
const NONE_FOUND = 'MCA05918';

/** @throws BrokerError BAD_REPLY */
export function parseConditions(body: ReplyRow): readonly SavedCondition[] {
  return rowsOf(body['output2']).map((line) => {
    const fields = parseReply(title, line, 'psearch-title row');
    return { key: fields.seq, group: fields.grp_nm, name: fields.condition_nm };
  });
}

/** @throws BrokerError BAD_REPLY */
export function parseConditionHits(body: ReplyRow): readonly string[] {
  return rowsOf(body['output2']).flatMap(
    (line) => symbolOf(parseReply(hit, line, 'psearch-result row').code) ?? [],
  );
}

/** What the read gives, or nothing where KIS's refusal means nothing. */
export async function orNothing<T>(read: () => Promise<readonly T[]>): Promise<readonly T[]> {
  try {
    return await read();
  } catch (error) {
    const isNothing =
      error instanceof BrokerError && [NONE_SAVED, NONE_FOUND].includes(error.vendorCode ?? '');
    if (isNothing) return [];
    throw error;
  }
}
