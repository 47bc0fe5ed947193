/**
 * Texts of the gateway's codes. Those marked (text not public) are worded after the code list's
 * description; clients go by the code.
 */
const GATEWAY_MESSAGES = {
  EGW00001: '일시적 오류가 발생했습니다.',
  EGW00002: '서버 에러가 발생했습니다.',
  EGW00101: '유효하지 않은 요청입니다.',
  EGW00102: 'AppKey는 필수입니다.',
  EGW00103: '유효하지 않은 AppKey입니다.',
  EGW00104: 'AppSecret은 필수입니다.',
  EGW00105: '유효하지 않은 AppSecret입니다.',
  EGW00115: 'grant_type은 필수입니다.',
  EGW00116: '지원하지 않는 grant_type입니다.',
  EGW00121: '유효하지 않은 token 입니다.',
  EGW00122: 'token을 찾을 수 없습니다.',
  EGW00123: '기간이 만료된 token 입니다.',
  EGW00131: '유효하지 않은 hashkey 입니다.',
  EGW00132: '유효하지 않은 Content-Type 입니다.',
  EGW00133: '접근토큰 발급 잠시 후 다시 시도하세요(1분당 1회)',
  EGW00201: '초당 거래건수를 초과하였습니다.',
  EGW00205: 'credentials_type이 유효하지 않습니다.(Bearer)',
  EGW00208: 'custtype이 유효하지 않습니다.',
  EGW00215: '원장 초당 거래건수를 초과하였습니다.',
  EGW00300: '라우팅 오류가 발생했습니다.',
  EGW00301: '연결 시간이 초과되었습니다.직전 거래를 반드시 확인하세요.',
  EGW00302: '거래시간이 초과되었습니다.직전 거래를 반드시 확인하세요.',
  EGW02004: '실전투자 도메인은 모의투자 앱키로 호출하실 수 없습니다.',
  EGW02006: '모의투자 TR 이 아닙니다.',
  IGW00007: 'MCA 전문바디 구성 중 오류가 발생하였습니다.',
  OPSQ0002: '없는 서비스 코드 입니다',
  OPSQ9995: 'JSON BODY가 존재하지 않습니다.',
  OPSQ9999: 'tr_id가 존재하지 않습니다.',
} as const;

export type GatewayCode = keyof typeof GATEWAY_MESSAGES;

export function gatewayMessage(code: GatewayCode): string {
  return GATEWAY_MESSAGES[code];
}

export function isGatewayCode(code: string): code is GatewayCode {
  return Object.hasOwn(GATEWAY_MESSAGES, code);
}
