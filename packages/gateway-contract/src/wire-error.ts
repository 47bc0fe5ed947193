import { z } from 'zod';

/** What went wrong with a request. The first block are the broker port's own codes. */
export const WIRE_ERROR_CODES = [
  'TIMEOUT',
  'UNAVAILABLE',
  'THROTTLED',
  'AUTHENTICATION',
  'WRONG_ACCOUNT',
  'UNSUPPORTED',
  'BAD_REPLY',
  'REFUSED',
  /** The frame or its parameters are not what the contract says. */
  'BAD_REQUEST',
  'UNKNOWN_METHOD',
  /** No or a wrong token, or no hello yet. */
  'UNAUTHORIZED',
  'WRONG_PROTOCOL',
  /** This client has too many requests waiting. */
  'TOO_MANY_REQUESTS',
  'SHUTTING_DOWN',
  /** The gateway failed; what it had done by then is not known. */
  'INTERNAL',
] as const;

export type WireErrorCode = (typeof WIRE_ERROR_CODES)[number];

export const wireErrorValue = z.object({
  code: z.enum(WIRE_ERROR_CODES),
  message: z.string(),
  retryable: z.boolean(),
  vendorCode: z.string().optional(),
});

export type WireError = z.output<typeof wireErrorValue>;
