import type { Locale } from '@fleet/config';
import type { CheckId } from './finding.ts';

/** What the doctor says. Advice is by check: what a person can do when it fails. */
export interface DoctorTexts {
  readonly names: Readonly<Record<CheckId, string>>;
  readonly advice: Readonly<Record<CheckId, string>>;
  readonly title: (key: 'trading' | 'quotes', profile: string, host: string) => string;
  readonly unreachable: string;
  /** The server knows the question, but not for this kind of key. */
  readonly otherServer: string;
  readonly needsToken: string;
  readonly needsApprovalKey: string;
  readonly needsFeed: string;
  readonly noAnswer: string;
  readonly notOnPaper: string;
  readonly noHtsId: string;
  readonly tokenIssued: string;
  readonly tokenThrottled: string;
  readonly approvalKey: string;
  readonly skew: (seconds: string) => string;
  readonly noDate: string;
  readonly holdings: (count: number) => string;
  readonly masters: (count: number, symbol: string) => string;
  readonly canBuy: string;
  readonly lastPrice: (symbol: string, price: string) => string;
  readonly book: (asks: number, bids: number) => string;
  readonly orders: (count: number) => string;
  readonly open: string;
  readonly closed: string;
  readonly registered: (trIds: string, records: number) => string;
  readonly answered: (trId: string, answer: string) => string;
  readonly measured: string;
  readonly nothingCame: string;
  readonly points: {
    readonly columns: (trId: string) => string;
    readonly encrypt: string;
    readonly ping: string;
    readonly rank: string;
    readonly rejects: string;
    readonly certificate: string;
  };
  readonly summary: (ok: number, failed: number, skipped: number) => string;
}

const KOREAN: DoctorTexts = {
  names: {
    node: 'Node',
    settings: '설정',
    clock: '시계',
    token: '접근토큰',
    approvalKey: '웹소켓 접속키',
    balance: '계좌 잔고',
    masters: '종목 마스터',
    buyingPower: '매수가능',
    quote: '현재가',
    orderBook: '호가',
    orders: '주문 목록',
    holiday: '휴장일',
    feed: '실시간 시세',
    notices: '체결통보',
  },
  advice: {
    node: '"npx -y pnpm@12 install"이 설치하는 Node 24로 실행하세요.',
    settings: '환경변수를 고치세요. README.md의 "With an account"와 docs/kis.md를 보세요.',
    clock: '이 컴퓨터의 시각 동기화(NTP)를 켜세요.',
    token: 'KIS_APP_KEY와 KIS_APP_SECRET이 이 서버(실전/모의)의 것인지 확인하세요.',
    approvalKey: '접근토큰이 되는데 이것만 안 되면 잠시 후 다시 하세요.',
    balance: 'KIS_ACCOUNT가 이 앱키의 계좌인지, 모의투자 기간이 끝나지 않았는지 확인하세요.',
    masters: '마스터 서버에 접속되는지 확인하세요 (KIS_MASTER_URL).',
    buyingPower: '계좌가 주문 가능한 상태인지 홈페이지에서 확인하세요.',
    quote: '--symbol 로 다른 종목을 지정해 보세요.',
    orderBook: '--symbol 로 다른 종목을 지정해 보세요.',
    orders: '잠시 후 다시 하세요. 계속되면 계좌 권한을 확인하세요.',
    holiday: '하루 한 번만 물을 수 있습니다. 나중에 다시 하세요.',
    feed: '같은 앱키를 쓰는 다른 프로그램을 끄고 1분 뒤에 다시 하세요 (OPSP8996).',
    notices: 'KIS_HTS_ID를 확인하세요. 틀리면 KIS가 말없이 접속을 끊습니다.',
  },
  title: (key, profile, host) =>
    `KIS ${profile === 'live' ? '실전' : '모의'}${key === 'quotes' ? ' 시세용 앱키' : ''} 점검 · ${host} · 조회만 합니다`,
  unreachable: '서버가 답하지 않습니다. 네트워크와 방화벽, 주소를 확인하고 잠시 후 다시 하세요.',
  otherServer:
    '앱키가 다른 서버(실전/모의)의 것인 듯합니다. 모의투자 앱키는 MODE=PAPER, 실전 앱키는 MODE=LIVE입니다.',
  needsToken: '접근토큰이 없어 확인하지 않음',
  needsApprovalKey: '웹소켓 접속키가 없어 확인하지 않음',
  needsFeed: '실시간 접속이 되지 않아 확인하지 않음',
  noAnswer: '답이 없음',
  notOnPaper: '모의투자 서버는 제공하지 않음',
  noHtsId: 'KIS_HTS_ID가 없어 확인하지 않음',
  tokenIssued: '발급됨 (저장하지 않습니다. KIS가 알림을 보내며, 6시간 안에는 같은 토큰입니다)',
  tokenThrottled: '1분에 한 번만 발급됩니다. 1분 뒤에 다시 하세요.',
  approvalKey: '발급됨',
  skew: (seconds) => `서버와 ${seconds}초 차이`,
  noDate: '서버가 시각을 알려 주지 않음',
  holdings: (count) => `조회됨, 보유 ${count}종목`,
  masters: (count, symbol) => `${count}종목, 점검 종목 ${symbol}`,
  canBuy: '시장가 기준 매수가능수량 조회됨',
  lastPrice: (symbol, price) => `${symbol} ${price}원`,
  book: (asks, bids) => `매도 ${asks}단계, 매수 ${bids}단계`,
  orders: (count) => `오늘 ${count}건`,
  open: '오늘은 개장일',
  closed: '오늘은 휴장일',
  registered: (trIds, records) => `${trIds} 등록과 해지, 체결·호가 ${records}건 수신`,
  answered: (trId, answer) => `${trId}: ${answer}`,
  measured: '이 서버에서 확인한 것 (docs/kis.md의 미확인 항목)',
  nothingCame: '보는 동안 오지 않음',
  points: {
    columns: (trId) => `${trId} 열 수`,
    encrypt: '체결통보 응답의 encrypt',
    ping: 'PINGPONG 간격',
    rank: '거래대금순위 (실전 TR)',
    rejects: '버린 프레임',
    certificate: '마스터 서버 인증서',
  },
  summary: (ok, failed, skipped) => `정상 ${ok}, 실패 ${failed}, 건너뜀 ${skipped}`,
};

const ENGLISH: DoctorTexts = {
  names: {
    node: 'Node',
    settings: 'settings',
    clock: 'clock',
    token: 'access token',
    approvalKey: 'approval key',
    balance: 'account balance',
    masters: 'master files',
    buyingPower: 'buying power',
    quote: 'quote',
    orderBook: 'order book',
    orders: 'order list',
    holiday: 'holidays',
    feed: 'feed',
    notices: 'notices',
  },
  advice: {
    node: 'run it with the Node 24 that "npx -y pnpm@12 install" brings',
    settings:
      'correct the environment variable; see "With an account" in README.md, and docs/kis.md',
    clock: "turn on this machine's time synchronisation (NTP)",
    token: 'check that KIS_APP_KEY and KIS_APP_SECRET belong to this server (live or paper)',
    approvalKey: 'if the token works and this does not, try again in a while',
    balance: "check that KIS_ACCOUNT is this app key's account, and not an expired paper account",
    masters: 'check that the master host can be reached (KIS_MASTER_URL)',
    buyingPower: 'look at the account on the home page: may it order?',
    quote: 'try another stock with --symbol',
    orderBook: 'try another stock with --symbol',
    orders: "try again in a while; if it stays so, check the account's rights",
    holiday: 'it may be asked once a day: try again later',
    feed: 'stop other programs that use this app key and try again in a minute (OPSP8996)',
    notices: 'check KIS_HTS_ID: a wrong one makes KIS drop the session without a word',
  },
  title: (key, profile, host) =>
    `KIS ${profile}${key === 'quotes' ? ' quote key' : ''} check-up · ${host} · reads only`,
  unreachable: 'the server does not answer: look at network, firewall and address, try again later',
  otherServer:
    'the key seems to be of the other server: paper keys go with MODE=PAPER, live keys with MODE=LIVE',
  needsToken: 'not asked: no access token',
  needsApprovalKey: 'not asked: no approval key',
  needsFeed: 'not asked: the feed cannot be reached',
  noAnswer: 'no answer',
  notOnPaper: 'not offered by the paper server',
  noHtsId: 'not asked: no KIS_HTS_ID',
  tokenIssued: 'issued (not stored; KIS tells the customer, within six hours it is the same one)',
  tokenThrottled: 'one a minute may be issued: try again in a minute',
  approvalKey: 'issued',
  skew: (seconds) => `${seconds} s off the server`,
  noDate: 'the server does not tell its time',
  holdings: (count) => `read, ${count} holdings`,
  masters: (count, symbol) => `${count} instruments, looking at ${symbol}`,
  canBuy: 'what a market buy could take is read',
  lastPrice: (symbol, price) => `${symbol} ${price} won`,
  book: (asks, bids) => `${asks} asks, ${bids} bids`,
  orders: (count) => `${count} today`,
  open: 'the exchange opens today',
  closed: 'the exchange is closed today',
  registered: (trIds, records) => `${trIds} registered and taken back, ${records} records came`,
  answered: (trId, answer) => `${trId}: ${answer}`,
  measured: 'seen on this server (open points of docs/kis.md)',
  nothingCame: 'none came while looking',
  points: {
    columns: (trId) => `columns of ${trId}`,
    encrypt: 'encrypt of the notice answer',
    ping: 'PINGPONG interval',
    rank: "turnover rank under the live server's TR",
    rejects: 'frames thrown away',
    certificate: 'certificate of the master host',
  },
  summary: (ok, failed, skipped) => `${ok} ok, ${failed} failed, ${skipped} skipped`,
};

export function doctorTexts(locale: Locale): DoctorTexts {
  return locale === 'ko' ? KOREAN : ENGLISH;
}
