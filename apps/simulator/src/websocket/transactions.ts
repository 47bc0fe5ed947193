import type { ProfileName } from '../rest/profile.ts';

/** What a real-time TR carries. */
export type FeedKind =
  | 'TRADE'
  | 'BOOK'
  | 'EXPECTED'
  | 'MARKET_STATE'
  | 'NOTICE'
  /** Registered and acknowledged; this exchange has nothing to send on it. */
  | 'SILENT';

export interface FeedTransaction {
  readonly kind: FeedKind;
  readonly onPaper: boolean;
}

/** The stock TRs of KIS's WebSocket. NXT feeds are registered but silent: there is no NXT here. */
const TRANSACTIONS: Readonly<Record<string, FeedTransaction>> = {
  H0STCNT0: { kind: 'TRADE', onPaper: true },
  H0UNCNT0: { kind: 'TRADE', onPaper: false },
  H0STASP0: { kind: 'BOOK', onPaper: true },
  H0UNASP0: { kind: 'BOOK', onPaper: false },
  H0STANC0: { kind: 'EXPECTED', onPaper: false },
  H0UNANC0: { kind: 'EXPECTED', onPaper: false },
  H0STMKO0: { kind: 'MARKET_STATE', onPaper: false },
  H0UNMKO0: { kind: 'MARKET_STATE', onPaper: false },
  H0STCNI0: { kind: 'NOTICE', onPaper: false },
  H0STCNI9: { kind: 'NOTICE', onPaper: true },
  H0NXCNT0: { kind: 'SILENT', onPaper: false },
  H0NXASP0: { kind: 'SILENT', onPaper: false },
  H0NXANC0: { kind: 'SILENT', onPaper: false },
  H0NXMKO0: { kind: 'SILENT', onPaper: false },
  H0STOUP0: { kind: 'SILENT', onPaper: false },
  H0STOAC0: { kind: 'SILENT', onPaper: false },
  H0STOAA0: { kind: 'SILENT', onPaper: false },
  H0STPGM0: { kind: 'SILENT', onPaper: false },
  H0STMBC0: { kind: 'SILENT', onPaper: false },
  H0STNAV0: { kind: 'SILENT', onPaper: false },
};

/** Undefined: not offered on this server (OPSP8991). H0STCNI9 is paper's id for notices. */
export function feedTransaction(trId: string, profile: ProfileName): FeedTransaction | undefined {
  const found = TRANSACTIONS[trId];
  if (found === undefined || (profile === 'paper' && !found.onPaper)) return undefined;
  return profile === 'live' && trId === 'H0STCNI9' ? undefined : found;
}

export function isFeedTransaction(trId: string): boolean {
  return Object.hasOwn(TRANSACTIONS, trId);
}
