import type { Locale } from '@fleet/config';
import type { GateChange, GateCommand } from './gate-change.ts';
import type { Life } from './fleet-status.ts';

const SUPERVISOR = 'npx -y pnpm@12 supervisor';

/** What a person reads; `--json` is the same in every language. */
export interface Texts {
  readonly noFleet: (path: string) => string;
  readonly schemaMissing: string;
  readonly unreachable: (fleet: string) => string;
  readonly noFleetThere: (schema: string) => string;
  readonly wrongAccount: string;
  readonly reasonTaken: string;
  readonly failed: (why: string) => string;
  readonly done: (change: GateChange) => string;
  readonly restartNeeded: string;
  readonly title: (fleet: string, mode: string, schema: string) => string;
  readonly day: (date: string, time: string | undefined) => string;
  readonly noDay: string;
  readonly state: string;
  readonly gate: string;
  readonly pnl: (amount: string, trades: number, winRate: string | undefined) => string;
  readonly workers: string;
  readonly positions: string;
  readonly orders: string;
  readonly locks: string;
  readonly processes: string;
  readonly none: string;
  readonly unanswered: string;
  readonly frozen: string;
  readonly foreign: string;
  readonly notFrozen: (symbol: string) => string;
  readonly unfreezeHow: (numbers: string) => string;
  readonly unfrozen: (symbol: string, brokerOrderId: string | null) => string;
  readonly shares: (count: number) => string;
  readonly life: Readonly<Record<Life, string>>;
}

const DONE_KOREAN: Readonly<Record<GateCommand, string>> = {
  stop: '정지했습니다. 이제 매수도 매도도 나가지 않고 취소만 나갑니다.',
  resume: '다시 열었습니다. 매수와 매도가 나갈 수 있습니다.',
  flatten: '모두 팔도록 했습니다. 새로 사지 않고 보유 종목을 팝니다. 다 팔리면 정지합니다.',
};

const DONE_ENGLISH: Readonly<Record<GateCommand, string>> = {
  stop: 'Stopped: no buy and no sell leaves any more, only cancels.',
  resume: 'Resumed: buys and sells may leave again.',
  flatten: 'Selling everything: no buys; when all is sold the fleet stops.',
};

const KOREAN: Texts = {
  noFleet: (path) => `실행 중인 플릿이 없습니다 (${path}). 먼저 "${SUPERVISOR}"를 실행하세요.`,
  schemaMissing: 'DB_URL에는 DB_SCHEMA가 함께 있어야 합니다.',
  unreachable: (fleet) =>
    `플릿 ${fleet}의 데이터베이스가 답하지 않습니다. "${SUPERVISOR}"를 실행하세요.`,
  noFleetThere: (schema) => `스키마 ${schema}에 플릿이 없습니다. DB_SCHEMA를 확인하세요.`,
  wrongAccount:
    '설정한 계좌가 아니어서 열 수 없습니다. 계좌 설정을 고치고 수퍼바이저를 다시 시작하세요.',
  reasonTaken: '--reason FLATTEN 은 flatten 명령만 쓸 수 있습니다.',
  failed: (why) => `실패: ${why}`,
  done: ({ command, changed }) =>
    changed ? DONE_KOREAN[command] : `이미 그 상태입니다. ${DONE_KOREAN[command]}`,
  restartNeeded: '시스템이 중지 상태입니다. 거래하려면 수퍼바이저를 다시 시작하세요.',
  title: (fleet, mode, schema) => `플릿 ${fleet} · ${mode} · 스키마 ${schema}`,
  day: (date, time) => `거래일 ${date}${time === undefined ? '' : ` ${time} KST`}`,
  noDay: '아직 거래일이 없습니다',
  state: '시스템',
  gate: '게이트',
  pnl: (amount, trades, winRate) =>
    `오늘 실현손익 ${amount}원, 매매 ${trades}회${winRate === undefined ? '' : `, 승률 ${winRate}`}`,
  workers: '작업자',
  positions: '보유',
  orders: '미체결 주문',
  locks: '종목 락',
  processes: '프로세스',
  none: '없음',
  unanswered: '답변 없음',
  frozen: '동결 종목 (주문번호 후보)',
  foreign: '이 플릿의 것이 아닌 주문과 보유분',
  notFrozen: (symbol) => `${symbol} 종목은 동결되어 있지 않습니다. "fleetctl status"로 확인하세요.`,
  unfreezeHow: (numbers) =>
    `어느 주문이 이 플릿의 것인지 하나만 고르세요: --order 번호 (${numbers}) 또는 --none`,
  unfrozen: (symbol, number) =>
    `${symbol} 동결을 풀었습니다: ${number === null ? '도착하지 않은 주문으로 끝냅니다' : `주문번호 ${number}`}. 매수를 다시 하려면 "fleetctl resume"을 실행하세요.`,
  shares: (count) => `${count}주`,
  life: { alive: '살아 있음', dead: '죽음', unknown: '다른 호스트' },
};

const ENGLISH: Texts = {
  noFleet: (path) => `no running fleet (${path}): start "${SUPERVISOR}" first`,
  schemaMissing: 'DB_URL needs DB_SCHEMA beside it',
  unreachable: (fleet) => `the database of fleet ${fleet} does not answer: start "${SUPERVISOR}"`,
  noFleetThere: (schema) => `no fleet in schema ${schema}: look at DB_SCHEMA`,
  wrongAccount:
    'not the configured account: mend its settings and start the supervisor again, nothing is opened',
  reasonTaken: '--reason FLATTEN belongs to the command flatten',
  failed: (why) => `failed: ${why}`,
  done: ({ command, changed }) =>
    changed ? DONE_ENGLISH[command] : `Nothing to change. ${DONE_ENGLISH[command]}`,
  restartNeeded: 'The system is STOPPED: start the supervisor again to trade.',
  title: (fleet, mode, schema) => `fleet ${fleet} · ${mode} · schema ${schema}`,
  day: (date, time) => `trade date ${date}${time === undefined ? '' : ` ${time} KST`}`,
  noDay: 'no trade date yet',
  state: 'system',
  gate: 'gate',
  pnl: (amount, trades, winRate) =>
    `realised today ${amount} won in ${trades} trades${winRate === undefined ? '' : `, ${winRate} won`}`,
  workers: 'workers',
  positions: 'positions',
  orders: 'open orders',
  locks: 'stock locks',
  processes: 'processes',
  none: 'none',
  unanswered: 'unanswered',
  frozen: 'frozen stocks (orders it may be)',
  foreign: 'orders and shares that are not this fleet’s',
  notFrozen: (symbol) => `${symbol} is not frozen: look at "fleetctl status"`,
  unfreezeHow: (numbers) =>
    `say which order is this fleet’s: --order NUMBER (${numbers}), or --none, and only one of them`,
  unfrozen: (symbol, number) =>
    `${symbol} is thawed: ${number === null ? 'the order never arrived' : `the order is number ${number}`}. To buy again: "fleetctl resume".`,
  shares: (count) => `${count} shares`,
  life: { alive: 'alive', dead: 'DEAD', unknown: 'on another host' },
};

export function textsOf(locale: Locale): Texts {
  return locale === 'ko' ? KOREAN : ENGLISH;
}
