import { type CodeRule, entries, REFUSED, type RuleEntry } from './rule.ts';

const EXPIRED: CodeRule = {
  order: 'notExecuted',
  read: 'refreshToken',
  error: 'AUTHENTICATION',
};
const THROTTLED: CodeRule = { order: 'notExecuted', read: 'throttled', error: 'THROTTLED' };
/** The machinery failed somewhere on the way; the order may have gone through before it did. */
const BROKEN: CodeRule = { order: 'unknown', read: 'retry', error: 'UNAVAILABLE' };
const BAD_CREDENTIALS: CodeRule = { order: 'rejected', read: 'refused', error: 'AUTHENTICATION' };
const WRONG_ACCOUNT: CodeRule = { order: 'rejected', read: 'refused', error: 'WRONG_ACCOUNT' };
const UNSUPPORTED: CodeRule = { order: 'rejected', read: 'refused', error: 'UNSUPPORTED' };

/** Gateway (EGW), request building (IGW) and queue (OPSQ) codes. */
export const GATEWAY_RULES: readonly RuleEntry[] = [
  // Temporary error, server error, routing errors.
  ...entries('EGW00001 EGW00002 EGW00202 EGW00203 EGW00204 EGW00300', BROKEN),
  // "Check the last transaction": the classic lost answer.
  ...entries('EGW00301 EGW00302', BROKEN),
  // Access denied, no permission, invalid request or service.
  ...entries('EGW00003 EGW00004 EGW00206', BAD_CREDENTIALS),
  ...entries('EGW00101 EGW00106 EGW00107 EGW00108 EGW00109 EGW00110 EGW00111', REFUSED),
  ...entries('EGW00113 EGW00114 EGW00118 EGW00119 EGW00120', REFUSED),
  // App key, app secret, grant type, token type, bearer.
  ...entries('EGW00102 EGW00103 EGW00104 EGW00105 EGW00112', BAD_CREDENTIALS),
  ...entries('EGW00115 EGW00116 EGW00117 EGW00205 EGW00304', BAD_CREDENTIALS),
  ...entries('EGW00121 EGW00122 EGW00123', EXPIRED),
  ...entries('EGW00124 EGW00125 EGW00126 EGW00127 EGW00129 EGW00130', BAD_CREDENTIALS),
  ...entries('EGW00128 IGW00002 OPSQ2000', WRONG_ACCOUNT),
  // Hash key, content type, ip, customer type, sequence number, names that corporations must send.
  ...entries('EGW00131 EGW00132 EGW00207 EGW00208 EGW00209 EGW00210', REFUSED),
  ...entries('EGW00211 EGW00212 EGW00213 EGW00303', REFUSED),
  // One token a minute (token endpoint only); per-second limits of the gateway and of the ledger.
  ...entries('EGW00133 EGW00201 EGW00215', THROTTLED),
  ...entries('EGW00310 EGW02006 OPSQ0002', UNSUPPORTED),
  // Paper key on the live host.
  ...entries('EGW02004', BAD_CREDENTIALS),
  // Body or reply could not be built; also seen in bursts with nothing wrong in the request.
  ...entries('IGW00007 IGW00009', BROKEN),
  // Pre- and post-processing, no resource, session, send, reply parse.
  ...entries('OPSQ0001 OPSQ0003 OPSQ0004 OPSQ0005 OPSQ0006 OPSQ0007 OPSQ0008 OPSQ0009', BROKEN),
  ...entries('OPSQ0010 OPSQ0011 OPSQ1002 OPSQ2003 OPSQ3001 OPSQ3002 OPSQ3004', BROKEN),
  // Market code, field length, body or header missing: never reached the ledger.
  ...entries('OPSQ2001 OPSQ2002 OPSQ9995 OPSQ9996 OPSQ9997 OPSQ9998 OPSQ9999', REFUSED),
];
