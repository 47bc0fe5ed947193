import { BrokerError, type BrokerErrorCode } from '@fleet/service-layer';
import type { WireError, WireErrorCode } from '@fleet/gateway-contract';

/** What the gateway's own refusals mean to a caller of the ports. */
const MEANING: Readonly<Record<WireErrorCode, BrokerErrorCode>> = {
  TIMEOUT: 'TIMEOUT',
  UNAVAILABLE: 'UNAVAILABLE',
  THROTTLED: 'THROTTLED',
  AUTHENTICATION: 'AUTHENTICATION',
  WRONG_ACCOUNT: 'WRONG_ACCOUNT',
  UNSUPPORTED: 'UNSUPPORTED',
  BAD_REPLY: 'BAD_REPLY',
  REFUSED: 'REFUSED',
  BAD_REQUEST: 'REFUSED',
  UNKNOWN_METHOD: 'UNSUPPORTED',
  UNAUTHORIZED: 'AUTHENTICATION',
  WRONG_PROTOCOL: 'UNSUPPORTED',
  TOO_MANY_REQUESTS: 'THROTTLED',
  SHUTTING_DOWN: 'UNAVAILABLE',
  INTERNAL: 'BAD_REPLY',
};

export function toBrokerError(error: WireError): BrokerError {
  return new BrokerError(MEANING[error.code], error.message, {
    retryable: error.retryable,
    ...(error.vendorCode === undefined ? {} : { vendorCode: error.vendorCode }),
  });
}

/**
 * Whether a refused submit is certain not to have left. INTERNAL is not: the gateway may have failed
 * after the bytes.
 */
export function isRefusedBeforeSending(code: WireErrorCode): boolean {
  return (
    code === 'BAD_REQUEST' ||
    code === 'UNKNOWN_METHOD' ||
    code === 'UNAUTHORIZED' ||
    code === 'WRONG_PROTOCOL' ||
    code === 'TOO_MANY_REQUESTS' ||
    code === 'SHUTTING_DOWN'
  );
}

export function unavailable(message: string): BrokerError {
  return new BrokerError('UNAVAILABLE', message);
}
