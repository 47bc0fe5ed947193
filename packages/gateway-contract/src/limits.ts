/** Version of the messages; a gateway and a client of different versions do not talk. */
export const PROTOCOL_VERSION = 1;

/** Largest frame a client may send, bytes. The largest request names a few thousand symbols. */
export const REQUEST_FRAME_BYTES_MAX = 256 * 1024;

/** Largest frame a gateway may send, bytes: all instruments of three boards are about 1.2 MB. */
export const REPLY_FRAME_BYTES_MAX = 16 * 1024 * 1024;

/** Symbols in one subscription or one multi-quote request. */
export const SYMBOLS_PER_REQUEST_MAX = 4_000;

/** A gateway sends a push at least this often, real ms, so that silence means trouble. */
export const ALIVE_INTERVAL_MS = 1_000;

/** Once the answers under way are in, a gateway has left broker and clients within this, real ms. */
export const GATEWAY_LEAVE_MS = 6_000;

/**
 * How long a gateway that was asked to stop may take, real ms: the order sent last has its whole
 * answer deadline. Who waits less and kills it turns that order into an open question.
 */
export function gatewayStopMs(deadlines: {
  readonly sendDeadlineMs: number;
  readonly answerDeadlineMs: number;
}): number {
  return deadlines.sendDeadlineMs + deadlines.answerDeadlineMs + GATEWAY_LEAVE_MS;
}
