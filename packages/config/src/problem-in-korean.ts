/** The English sentence is the key; the first that fits counts. */
const SENTENCES: readonly (readonly [english: RegExp, korean: string])[] = [
  [/^(.+) set without MODE: .+/, '$1: MODE 없이 설정됨. MODE=SIM, PAPER, LIVE 중 하나를 정하세요'],
  [/^(\S+) needs KIS_HTS_ID: .+/, '$1에는 KIS_HTS_ID 필요: 체결통보가 이 아이디로 옵니다'],
  [
    /^(\S+) needs DB_URL: .+/,
    '$1에는 DB_URL 필요: 실제 돈은 임시 데이터베이스에 기록하지 않습니다',
  ],
  [/^(\S+) needs DAILY_LOSS_LIMIT: .+/, '$1에는 DAILY_LOSS_LIMIT 필요: 하루 최대 손실(원)'],
  [
    /^(\S+) with KIS keys needs (.+) of the simulator$/,
    '$1에서 앱키를 쓰려면 모의 서버 주소 $2 필요',
  ],
  [/^(\S+) with a quote key needs (.+)$/, '$1에서 시세용 앱키를 쓰려면 $2 필요'],
  [
    /^(\S+) takes only the live hosts: unset (.+)$/,
    '$1는 실전 서버에만 접속합니다. $2 설정을 지우세요',
  ],
  [
    /^(\S+) reads quotes with its trading key: unset (.+)$/,
    '$1는 매매용 앱키로 시세를 읽습니다. $2 설정을 지우세요',
  ],
  [/^VENUE=SOR: .+/, 'VENUE=SOR: 모의투자 서버는 KRX에서만 거래됩니다'],
  [/^(\S+) and (\S+) (go|belong) together$/, '$1, $2: 함께 설정해야 합니다'],
  [/^(\S+): (.+) cannot be read$/, '$1: $2 파일을 읽을 수 없습니다'],
  [
    /^(\S+) would carry token and orders in the clear .+/,
    '$1: 토큰과 주문이 암호화되지 않은 채 이 컴퓨터 밖으로 나갑니다. wss://를 쓰거나, 아무도 엿들을 수 없는 망이면 GATEWAY_NETWORK=private',
  ],
  [/^(\S+) needs (\S+)$/, '$1에는 $2 필요'],
  [/^(\S+) must have at least (\d+) characters$/, '$1: $2자 이상이어야 합니다'],
  [/^(\S+) must have (\d+) characters$/, '$1: $2자여야 합니다'],
  [/^(\S+) must look like (.+)$/, '$1: $2 형식이어야 합니다'],
  [/^(\S+) must not be blank$/, '$1: 비어 있습니다'],
  [/^(\S+) must be a whole number$/, '$1: 정수여야 합니다'],
  [/^(\S+) must be whole won, digits only$/, '$1: 숫자만 쓴 원 단위 금액이어야 합니다'],
  [/^(\S+) must be at least (.+)$/, '$1: $2 이상이어야 합니다'],
  [/^(\S+) must be at most (.+)$/, '$1: $2 이하여야 합니다'],
  [/^(\S+) must be a fraction above 0, such as (.+)$/, '$1: $2처럼 0보다 큰 소수여야 합니다'],
  [/^(\S+) must be a fraction such as (.+)$/, '$1: $2 같은 소수여야 합니다'],
  [/^(\S+) must be HH:MM$/, '$1: HH:MM 형식이어야 합니다'],
  [/^(\S+) must be a URL starting with (.+)$/, '$1: $2 로 시작하는 URL이어야 합니다'],
  [/^(\S+) must be codes such as (.+)$/, '$1: $2 같은 종목코드여야 합니다'],
  [/^(\S+) must be a lower-case schema name$/, '$1: 소문자 스키마 이름이어야 합니다'],
  [/^(\S+) must start with (.+)$/, '$1: $2 로 시작해야 합니다'],
  [/^(\S+) must be (.+)$/, '$1: 가능한 값은 $2'],
];

/** A problem of SettingsError for a Korean reader; as it is when nobody has translated it. */
export function problemInKorean(problem: string): string {
  const found = SENTENCES.find(([english]) => english.test(problem));
  return found === undefined ? problem : problem.replace(found[0], found[1]);
}
