import type { OrderSubmitter } from '@fleet/service-layer';

/**
 * Lets bytes leave only while this gateway may trust its lease: before the order is marked as sent
 * and once more after it, since the mark is a round trip to the database.
 */
export function trustedSubmitter(
  submitter: OrderSubmitter,
  isTrusted: () => boolean,
): OrderSubmitter {
  const refused = { go: false, reason: 'the lease of the gateway is in doubt' } as const;
  return {
    submit: (ticket, hooks, options) =>
      submitter.submit(
        ticket,
        {
          beforeBytesLeave: async () => {
            if (!isTrusted()) return refused;
            const answer = await hooks.beforeBytesLeave();
            return answer.go && !isTrusted() ? refused : answer;
          },
        },
        options,
      ),
  };
}
