/** What an acknowledgement says about the registration or about the whole session. */
export type FeedVerdict =
  /** Registered, or registered before. */
  | 'registered'
  | 'unregistered'
  /** All slots are taken. */
  | 'full'
  /** This registration is not possible; asking again will not help. */
  | 'refused'
  /** KIS could not do it this time. */
  | 'failed'
  /** The approval key is not accepted, or another session holds the app key: leave and wait. */
  | 'sessionRefused';

const VERDICTS: ReadonlyMap<string, FeedVerdict> = new Map([
  ['OPSP0000', 'registered'],
  ['OPSP0002', 'registered'],
  ['OPSP0001', 'unregistered'],
  ['OPSP0003', 'unregistered'],
  ['OPSP0008', 'full'],
  ['OPSP0007', 'failed'],
  ['OPSP0009', 'failed'],
  ['OPSP8999', 'failed'],
  ['OPSP9993', 'failed'],
  ['OPSP9995', 'failed'],
  ['OPSP0010', 'sessionRefused'],
  ['OPSP0011', 'sessionRefused'],
  ['OPSP8994', 'sessionRefused'],
  ['OPSP8995', 'sessionRefused'],
  ['OPSP8996', 'sessionRefused'],
  ['OPSP9994', 'sessionRefused'],
  ['OPSP9996', 'sessionRefused'],
  // tr_id, tr_key, tr_type, custtype, and parts of the message that KIS does not find.
  ['OPSP8991', 'refused'],
  ['OPSP8992', 'refused'],
  ['OPSP8993', 'refused'],
  ['OPSP8997', 'refused'],
  ['OPSP8998', 'refused'],
  ['OPSP9990', 'refused'],
  ['OPSP9991', 'refused'],
  ['OPSP9992', 'refused'],
  ['OPSP9997', 'refused'],
  ['OPSP9998', 'refused'],
  ['OPSP9999', 'refused'],
]);

/** Every code that is documented. */
export const FEED_CODES: ReadonlySet<string> = new Set(VERDICTS.keys());

/** Unlisted codes are refusals of what was asked. */
export function judgeFeedAnswer(code: string): FeedVerdict {
  return VERDICTS.get(code) ?? 'refused';
}
