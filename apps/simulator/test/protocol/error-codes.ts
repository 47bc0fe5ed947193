/**
 * Every code of KIS's documents and what brings it about here. `cause`: what a client does;
 * `fault`: no behaviour of a client causes it, a fault rule of that kind answers with it;
 * `never`: why it cannot be produced.
 */
export type Origin =
  | { readonly cause: string }
  | { readonly fault: 'ERROR_500_WITH_BODY' | 'REFUSED' | 'SUBSCRIBE_REFUSED' }
  | { readonly never: string };

const gateway: Origin = { fault: 'ERROR_500_WITH_BODY' };
const ledger: Origin = { fault: 'REFUSED' };
const feed: Origin = { fault: 'SUBSCRIBE_REFUSED' };

/** The codes of a run of numbers, 'EGW00106-00120'. */
function all(codes: string, origin: Origin): readonly (readonly [string, Origin])[] {
  return codes.split(' ').flatMap((part) => {
    const [first = '', last] = part.split('-');
    if (last === undefined) return [[first, origin] as const];
    const prefix = first.slice(0, first.length - last.length);
    const from = Number(first.slice(prefix.length));
    return Array.from({ length: Number(last) - from + 1 }, (_, index) => {
      const number = String(from + index).padStart(last.length, '0');
      return [`${prefix}${number}`, origin] as const;
    });
  });
}

const because = (codes: string, cause: string) => all(codes, { cause });

export const ERROR_CODES: ReadonlyMap<string, Origin> = new Map([
  // 9.1 gateway
  ...all('EGW00001-00004 EGW00106-00114 EGW00117-00120 EGW00124-00130', gateway),
  ...because('EGW00101', 'token call whose body is not JSON'),
  ...because('EGW00102', 'no app key'),
  ...because('EGW00103', 'unknown app key'),
  ...because('EGW00104', 'no app secret'),
  ...because('EGW00105', 'wrong app secret'),
  ...because('EGW00115', 'token call without grant_type'),
  ...because('EGW00116', 'other grant_type than client_credentials'),
  ...because('EGW00121', 'unknown or revoked token'),
  ...because('EGW00122', 'no token'),
  ...because('EGW00123', 'token older than a day'),
  ...because('EGW00131', 'hashkey of another body'),
  ...because('EGW00132', 'content type that is not JSON'),
  ...because('EGW00133', 'second token inside a minute'),
  ...because('EGW00201', 'more calls a second than the server allows'),
  ...all('EGW00202-00204 EGW00206 EGW00207 EGW00209-00213 EGW00215', gateway),
  ...because('EGW00205', 'authorization that is not Bearer'),
  ...because('EGW00208', 'custtype that is neither P nor B'),
  ...all('EGW00300-00304 EGW00310', gateway),
  ...because('EGW02004', 'paper key or paper TR on the live server'),
  ...because('EGW02006', 'TR that the paper server does not have'),
  // 9.2
  ...because('IGW00002', 'foreign account on paper'),
  ...because('IGW00007', 'order with a missing key or a fractional price'),
  ...all('IGW00009', gateway),
  // 9.3
  ...all('OPSQ0001 OPSQ0003-0011 OPSQ1002 OPSQ2003 OPSQ3001 OPSQ3002 OPSQ3004', gateway),
  ...because('OPSQ0002', 'unknown TR id'),
  ...because('OPSQ2000', 'account that is not ten digits'),
  ...because('OPSQ2001', 'unknown market code'),
  ...because('OPSQ2002', 'date or time that is none'),
  ...because('OPSQ9995', 'order without a body'),
  ...because('OPSQ9997', 'order whose body is not JSON'),
  ...because('OPSQ9999', 'no TR id'),
  ...all('OPSQ9996 OPSQ9998', gateway),
  // 9.4 WebSocket; 0000 and 0001 are successes
  ...because('OPSP0000', 'registration'),
  ...because('OPSP0001', 'end of a registration'),
  ...because('OPSP0002', 'the same registration again'),
  ...because('OPSP0003', 'end of a registration that is not there'),
  ...all('OPSP0007 OPSP0009 OPSP0010', feed),
  ...because('OPSP0008', '42nd registration'),
  ...because('OPSP0011', 'unknown or old approval key'),
  ...because('OPSP8991', 'TR that this server does not have'),
  ...because('OPSP8992', 'key that is no code'),
  ...because('OPSP8993', 'key that is not a text'),
  ...all('OPSP8994', feed),
  ...because('OPSP8995', 'app key without secret'),
  ...because('OPSP8996', 'second session of an app key'),
  ...because('OPSP8997', 'tr_type that is neither 1 nor 2'),
  ...because('OPSP8998', 'custtype that is neither P nor B'),
  ...all('OPSP8999 OPSP9993 OPSP9995', feed),
  ...because('OPSP9990', 'no tr_key'),
  ...because('OPSP9991', 'no input'),
  ...because('OPSP9992', 'no body'),
  ...because('OPSP9994', 'wrong app key or secret'),
  ...because('OPSP9996', 'neither approval key nor app key'),
  ...because('OPSP9997', 'no custtype'),
  ...because('OPSP9998', 'no header'),
  ...because('OPSP9999', 'message that is not JSON'),
  // 9.5 live
  ...because('APBK0013', 'accepted order'),
  ...because('KIOK0510', 'list with rows'),
  ...because('KIOK0560', 'list without rows'),
  ...because('MCA00000', 'quotation'),
  ...because('MCA05918', 'quotation of an unknown code'),
  ...because('KIER2620', 'amend or cancel of an unknown order'),
  ...because('APBK0400', 'sell of more shares than there are'),
  ...because('APBK0656', 'order of an unknown code'),
  ...because('APBK0918', 'order outside trading hours'),
  ...because('APBK0919', 'order on a day without trading'),
  ...because('APBK0952', 'buy of more than the cash allows'),
  ...because('APBK0957', 'price off the tick or beyond the limit'),
  ...because('APBK1359', 'amend or cancel of more than is open'),
  ...because('APTR0058', 'foreign account'),
  ...because('APMP0001', 'query without a mandatory input'),
  ...all('APBK0955 APBK0988 APBK1234 APBK1664 APBK1680 APBK1681 APBK1744', ledger),
  ...all('KIOK0530 KIOK0430', { never: 'success wordings of calls that are not offered here' }),
  ...all('APBK2938 APBK1711', { never: 'reserved orders are none of the 29 calls' }),
  // 9.6 paper
  ...because('40600000', 'accepted buy'),
  ...because('40590000', 'accepted sell'),
  ...because('40620000', 'accepted amend'),
  ...because('40630000', 'accepted cancel'),
  ...because('20310000', 'list with rows'),
  ...because('70070000', 'list without rows'),
  ...because('40100000', 'order on a day without trading'),
  ...because('40570000', 'order before the open'),
  ...because('40580000', 'order after the close'),
  ...because('40030000', 'price off the tick'),
  ...because('40070000', 'order of a halted stock'),
  ...because('40270000', 'price beyond the limit'),
  ...because('40240000', 'sell of more shares than there are'),
  ...because('40250000', 'buy of more than the cash allows'),
  ...because('40330000', 'amend or cancel of nothing'),
  ...because('40430000', 'cancel of more than is open'),
  ...because('90000000', 'call that paper does not offer'),
  ...all('40310000 40490000 40910000', ledger),
]);
