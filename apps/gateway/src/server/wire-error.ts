import { BrokerError } from '@fleet/service-layer';
import type { WireError, WireErrorCode } from '@fleet/gateway-contract';

export function wireError(code: WireErrorCode, message: string, retryable = false): WireError {
  return { code, message, retryable };
}

/** What a failed call tells its client. Our own defects tell no detail: that is in our log. */
export function wireErrorOf(error: unknown, signal: AbortSignal): WireError {
  if (error instanceof BrokerError) {
    const { code, message, retryable, vendorCode } = error;
    return { code, message, retryable, ...(vendorCode === undefined ? {} : { vendorCode }) };
  }
  if (signal.aborted) return wireError('TIMEOUT', 'gave up waiting', true);
  return wireError('INTERNAL', 'the gateway failed; see its log');
}
