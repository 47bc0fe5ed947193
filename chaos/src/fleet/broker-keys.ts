export interface BrokerKeys {
  readonly appKey: string;
  readonly appSecret: string;
  readonly account: string;
  readonly htsId: string;
}

/** Of the lengths that the broker's keys have; they open nothing but a simulator of this run. */
export function inventKeys(): BrokerKeys {
  return {
    appKey: 'K'.repeat(36),
    appSecret: 'S'.repeat(180),
    account: '50012345-01',
    htsId: 'HTSID01',
  };
}
