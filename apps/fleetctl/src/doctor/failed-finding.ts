import { BrokerError } from '@fleet/service-layer';
import type { DoctorTexts } from './doctor-texts.ts';
import type { CheckId, Finding } from './finding.ts';

/** Thrown by a check that failed for a reason of its own, already in the reader's words. */
export class CheckFailed extends Error {
  /** Instead of what the check usually advises. */
  readonly advice: string | undefined;
  constructor(message: string, advice?: string) {
    super(message);
    this.advice = advice;
  }
}

export function failedFinding(
  id: CheckId,
  error: unknown,
  texts: DoctorTexts,
  redact: (text: string) => string,
): Finding {
  return { id, status: 'failed', detail: redact(say(error)), advice: adviceOn(id, error, texts) };
}

export function say(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** By what KIS said, where that tells more than which question it was. */
function adviceOn(id: CheckId, error: unknown, texts: DoctorTexts): string {
  if (error instanceof CheckFailed) return error.advice ?? texts.advice[id];
  if (!(error instanceof BrokerError)) return texts.advice[id];
  switch (error.code) {
    case 'UNAVAILABLE':
    case 'TIMEOUT':
      return error.vendorCode === undefined ? texts.unreachable : texts.advice[id];
    case 'AUTHENTICATION':
      return texts.advice.token;
    case 'WRONG_ACCOUNT':
      return texts.advice.balance;
    case 'UNSUPPORTED':
      return texts.otherServer;
    case 'THROTTLED':
    case 'BAD_REPLY':
    case 'REFUSED':
      return texts.advice[id];
  }
}
