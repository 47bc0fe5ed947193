import { BrokerError, type SubmitOutcome } from '@fleet/service-layer';
import type { MethodName, MethodResult, WireError } from '@fleet/gateway-contract';
import { isRefusedBeforeSending, toBrokerError, unavailable } from './gateway-error.ts';

/** How a request ended, seen from this side of the socket. */
export type RequestEnd<M extends MethodName> =
  | { readonly kind: 'result'; readonly result: MethodResult<M> }
  | { readonly kind: 'error'; readonly error: WireError }
  /** No byte has left. */
  | { readonly kind: 'notWritten' }
  /** A reply that is not what the method promises. */
  | { readonly kind: 'badReply' }
  /** The connection ended first. */
  | { readonly kind: 'lost' }
  | { readonly kind: 'timedOut' }
  | { readonly kind: 'aborted'; readonly reason: unknown };

/** @throws BrokerError, or the reason of the caller's own abort */
export function resultOrThrow<M extends MethodName>(
  method: M,
  end: RequestEnd<M>,
): MethodResult<M> {
  switch (end.kind) {
    case 'result':
      return end.result;
    case 'notWritten':
      throw unavailable(`${method}: the gateway cannot take the request now`);
    case 'error':
      throw toBrokerError(end.error);
    case 'badReply':
      throw new BrokerError('BAD_REPLY', `${method}: not what the contract says`);
    case 'lost':
      throw unavailable(`${method}: the gateway was lost before it answered`);
    case 'timedOut':
      throw new BrokerError('TIMEOUT', `${method}: no answer in time`);
    case 'aborted':
      throw end.reason;
  }
}

/** An order is not sent only if that is certain; anything else that was not seen is unknown. */
export function submitOutcomeOf(end: RequestEnd<'submit'>): SubmitOutcome {
  switch (end.kind) {
    case 'result':
      return end.result;
    case 'notWritten':
      return { kind: 'notSent', reason: 'the gateway is not there' };
    case 'error':
      return isRefusedBeforeSending(end.error.code)
        ? { kind: 'notSent', reason: `${end.error.code}: ${end.error.message}` }
        : unknown(`${end.error.code}: ${end.error.message}`);
    case 'badReply':
      return unknown('the gateway answered something unreadable');
    case 'lost':
      return unknown('the gateway was lost before it answered');
    case 'timedOut':
      return unknown('no answer in time');
    case 'aborted':
      return unknown('the caller stopped waiting');
  }
}

function unknown(reason: string): SubmitOutcome {
  return { kind: 'unknown', reason };
}
