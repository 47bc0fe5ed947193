import type { CallOptions, OrderTicket, SubmitOutcome } from '../ports/broker.ts';

/** The last word before bytes leave; a throw counts as no. */
export interface SubmitHooks {
  beforeBytesLeave(): Promise<
    { readonly go: true } | { readonly go: false; readonly reason: string }
  >;
}

/** The broker adapter as the order egress uses it: budget first, then the hook, then the bytes. */
export interface OrderSubmitter {
  submit(ticket: OrderTicket, hooks: SubmitHooks, options?: CallOptions): Promise<SubmitOutcome>;
}
