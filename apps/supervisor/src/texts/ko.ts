import { KOREAN_EVENTS, KOREAN_STEPS } from './ko-events.ts';
import type { CardTexts, ChangeTexts, ScreenTexts, Texts } from './texts.ts';

const COMMAND = 'npx -y pnpm@12';

const screen: ScreenTexts = {
  gate: '게이트',
  held: (count) => `보유 ${count}`,
  openOrders: (count) => `미체결 ${count}`,
  trades: (count) => `매매 ${count}회`,
  winRate: (percent) => `승률 ${percent}`,
  pnl: '실현손익',
  candidates: ({ looked, signals }) => `신호 ${signals}/${looked}`,
  gatewayDead: '게이트웨이가 멈췄습니다. 다시 뜰 때까지 주문이 나가지 않습니다.',
  noWorkers: '아직 작업자가 없습니다',
  moreWorkers: (count) => `… 작업자 ${count}명 더`,
  columns: {
    worker: '작업자',
    state: '상태',
    stock: '종목',
    unrealized: '평가손익',
    trades: '매매',
    realized: '실현손익',
    last: '최근',
  },
};

const changes: ChangeTexts = {
  state: (name) => `시스템: ${name}`,
  gate: (name, reason) => `게이트: ${name}${reason === undefined ? '' : ` (${reason})`}`,
  joined: (worker) => `작업자 ${worker} 합류`,
  left: (worker) => `작업자 ${worker} 떠남`,
  entered: (worker, stock) => `작업자 ${worker} 보유 시작: ${stock}`,
  exited: (worker, stock, result) => `작업자 ${worker} 매도 완료: ${stock} ${result}`,
  gatewayDead: '게이트웨이가 멈췄습니다. 다시 뜰 때까지 주문이 나가지 않습니다.',
  gatewayBack: '게이트웨이가 돌아왔습니다.',
  alarm: (text) => `경보: ${text}`,
};

const card: CardTexts = {
  title: (date, mode) => `${date} 매매 결과 · ${mode}`,
  realized: '실현손익 (수수료·세금 뺀 뒤)',
  commission: '수수료',
  tax: '거래세',
  trades: (trades, winRate) => `매매 ${trades}회, 승률 ${winRate}`,
  noTrades: '오늘은 매매가 없었습니다.',
  best: '가장 좋은 매매',
  worst: '가장 나쁜 매매',
  orders: (o) =>
    `주문 ${o.total}건: 체결 ${o.filled}, 부분체결 ${o.partial}, 취소 ${o.canceled}, 거부 ${o.rejected}, 결과 모름 ${o.unknown}`,
  columns: { worker: '작업자', capital: '한도', trades: '매매', realized: '실현손익' },
  tied: '장부 대조: 일치합니다. 현금과 주식이 증권사 기록과 같습니다.',
  notTied: '장부 대조: 일치하지 않습니다! 아래 차이를 확인하세요.',
  cashDifference: (amount) => `현금 차이 ${amount}`,
  holdingDifference: ({ symbol, ours, broker }) =>
    `${symbol}: 우리 장부 ${ours}주, 증권사 ${broker}주`,
  flat: '남은 주식이 없습니다.',
  unsellable: '팔 수 없었던 종목:',
  unexplained: '남아 있는 종목 (팔지 못한 이유가 확인되지 않음):',
  position: ({ symbol, quantity }, why) => `${symbol} ${quantity}주 - ${why}`,
  noReason: '이유 모름',
  leftovers: (openOrders, stockLocks) =>
    `남은 미체결 주문 ${openOrders}건, 종목 락 ${stockLocks}개`,
  report: (file) => `보고서: ${file}`,
  noReport: '보고서 파일은 --report FILE 로 남길 수 있습니다.',
  next: '다음 할 일:',
  nextNotTied: `차이를 찾기 전에는 다시 시작하지 마세요: ${COMMAND} fleetctl status`,
  nextUnsellable: '남은 주식은 다음 거래일에 이어받아 먼저 팝니다.',
  nextRun: {
    SIM: `${COMMAND} supervisor 로 새 모의일을 시작합니다 (실제 돈 아님).`,
    PAPER: `다음 거래일 개장 전에 ${COMMAND} supervisor 를 다시 실행하세요.`,
    LIVE: `다음 거래일 개장 전에 ${COMMAND} supervisor 를 다시 실행하세요.`,
  },
};

export const KOREAN: Texts = {
  modes: { SIM: 'SIM 시뮬레이션', PAPER: 'PAPER 모의투자', LIVE: 'LIVE 실전' },
  phases: {
    CLOSED: '장 마감',
    PRE_OPEN_CLOSING_PRICE: '장전 시간외',
    OPENING_AUCTION: '시가 동시호가',
    CONTINUOUS: '접속매매',
    CLOSING_AUCTION: '종가 동시호가',
    POST_CLOSE_ENTRY: '장후 접수',
    POST_CLOSE_CLOSING_PRICE: '장후 시간외',
    AFTER_HOURS_SINGLE_PRICE: '시간외 단일가',
  },
  states: {
    OFFLINE: '꺼짐',
    INITIALIZING: '개장 준비',
    READY: '준비 완료',
    TRADING: '거래 중',
    CLOSING: '마감 중',
    CLOSED: '마감 완료',
    STOPPED: '중지됨',
  },
  workerStates: { IDLE: '대기', SCAN: '탐색', HOLD: '보유', EXIT: '종료' },
  gates: {
    OPEN: '열림 - 매수·매도 가능',
    EXIT_ONLY: '매도만 - 새로 사지 않음',
    OBSERVE: '관찰만 - 주문하지 않음',
    STOPPED: '정지 - 취소만 가능, 사람이 다시 열어야 함',
  },
  gateReasons: {
    DAILY_LOSS_LIMIT: '하루 손실 한도 도달',
    CONSECUTIVE_LOSSES: '연속 손실 한도 도달',
    MANDATORY_LIQUIDATION: '장 마감 전 청산 시간',
    AMBIGUOUS_ORDER: '결과를 가릴 수 없는 주문',
    POSITION_MISMATCH: '증권사에 보유 수량이 모자람',
    ORDER_RATE: '1분 동안 주문이 너무 많음',
    REJECT_STREAK: '매수 주문이 잇달아 거부됨',
    WRONG_ACCOUNT: '설정한 계좌와 다름',
    RECOVERY_FAILED: '개장 복구 실패',
    TIE_OUT_FAILED: '장부가 증권사와 다름',
    FLATTEN: '전량 매도 지시',
    FLATTENED: '지시대로 모두 매도함',
  },
  unsellable: {
    LOWER_LIMIT: '하한가라 사는 사람이 없음',
    HALTED: '거래정지',
    NO_TRADES: '거래가 끊겨 상대가 없음',
    UNSELLABLE: '시장에서 팔 수 없음',
  },
  steps: KOREAN_STEPS,
  events: KOREAN_EVENTS,
  lines: {
    progress: (text) => text,
    closedToday: (text) =>
      `오늘은 더 이상 장이 열리지 않습니다: ${text}. 아무것도 시작하지 않았습니다.`,
    waitingForOpen: (text) => `장 시작을 기다립니다: ${text} (한국 시각).`,
    note: (text) => `  - ${text}`,
    standby: (pid) => `다른 수퍼바이저(pid ${pid})가 일하고 있어 예비로 기다립니다.`,
    closing: () => '하루를 마쳤습니다. 프로세스를 정리합니다.',
    stopping: () => '중지합니다. 같은 명령으로 이어서 할 수 있습니다.',
    died: (name) => `${name} 프로세스가 죽었습니다. 다시 띄웁니다.`,
    failure: (text) => `실패: ${text}`,
  },
  weekdays: ['일', '월', '화', '수', '목', '금', '토'],
  banner: ({ mode, dataDir }) => `KIS 플릿 · ${mode} · 데이터 ${dataDir}`,
  run: ({ runId, tradeDate, resumed }) =>
    resumed ? `${tradeDate} 이어서 시작 (${runId})` : `${tradeDate} 새로 시작 (${runId})`,
  opening: '개장',
  closing: '마감',
  step: (name, number, of) => `${number}/${of} ${name}`,
  won: (amount) => `${amount}원`,
  screen,
  changes,
  card,
};
