import type { Locale } from '@fleet/config';
import { Command } from 'commander';

/** Flags, English and Korean description, default. */
type OptionText = readonly [flags: string, en: string, ko: string, fallback?: string];

const OPTIONS: readonly OptionText[] = [
  [
    '--rest-port <port>',
    'port of the REST API; 0 takes a free one',
    'REST 포트, 0이면 빈 포트',
    '0',
  ],
  ['--ws-port <port>', 'port of the WebSocket', '웹소켓 포트', '0'],
  ['--control-port <port>', 'port of the control API (not KIS)', '제어용 포트 (KIS 아님)', '0'],
  ['--host <address>', 'address to listen on', '받을 주소', '127.0.0.1'],
  [
    '--tls-cert <file>',
    'certificate: REST speaks https with it',
    '인증서 파일: REST를 https로 연다',
  ],
  ['--tls-key <file>', 'private key of --tls-cert', '--tls-cert의 개인 키 파일'],
  [
    '--day <day>',
    'generated[:SEED] or a file of one-minute bars (.csv, .csv.gz)',
    'generated[:SEED] 또는 1분봉 파일 (.csv, .csv.gz)',
    'generated',
  ],
  [
    '--daily <file>',
    'daily bars to take previous closes and history from',
    '전일 종가와 과거 시세를 읽을 일봉 파일',
  ],
  ['--from <date>', 'the (first) trade date, YYYY-MM-DD', '(첫) 거래일, YYYY-MM-DD'],
  ['--days <n>', 'trading days the run may have', '진행할 수 있는 거래일 수'],
  [
    '--at <HH:MM>',
    'market time at which a day begins (default: 08:30)',
    '하루가 시작하는 장 시각 (기본 08:30)',
  ],
  ['--speed <n>', 'market seconds per second, up to 600', '1초에 흐르는 장 시간(초), 600까지', '1'],
  [
    '--hold',
    'stay at speed 1 until POST /clock/go on the control port',
    '제어 포트의 POST /clock/go 전까지 1배속',
  ],
  ['--profile <server>', 'live or paper', 'live(실전) 또는 paper(모의)', 'live'],
  [
    '--app-key <key>',
    'app key that clients use (or SIM_APP_KEY); invented when absent',
    '클라이언트의 앱키 (또는 SIM_APP_KEY), 없으면 만들어 보여 준다',
  ],
  ['--app-secret <secret>', 'app secret (or SIM_APP_SECRET)', '앱시크릿 (또는 SIM_APP_SECRET)'],
  ['--account <number>', 'account', '계좌번호', '50012345-01'],
  [
    '--hts-id <id>',
    'HTS id for notices and condition searches',
    '체결통보와 조건검색의 HTS ID',
    'simuser1',
  ],
  ['--cash <won>', 'cash at the start of a new run', '새 실행의 예수금(원)', '100000000'],
  ['--seed <n>', 'seed of everything random', '모든 난수의 씨앗', '1'],
  [
    '--participation <share>',
    "largest share of a minute's volume that is ours",
    '1분 거래량에서 우리가 가질 수 있는 최대 몫',
    '0.2',
  ],
  [
    '--rate-limit <n>',
    'REST calls a second (default: 20 live, 2 paper)',
    '초당 REST 호출 수 (기본 실전 20, 모의 2)',
  ],
  [
    '--slot-linger <seconds>',
    "market seconds a dropped session keeps its app key's slot",
    '끊긴 세션이 앱키 자리를 잡고 있는 시간(초)',
    '5',
  ],
  [
    '--book-columns <n>',
    'columns of H0STASP0: 59 as documented, or 62',
    'H0STASP0 열 수: 문서의 59 또는 62',
    '59',
  ],
  [
    '--notice-columns <n>',
    'columns of H0STCNI0: 26 since NXT, or 23 as before',
    'H0STCNI0 열 수: NXT 이후 26 또는 이전의 23',
    '26',
  ],
  [
    '--market-events <file>',
    'halts, circuit breakers and late opens that shall happen (JSON)',
    '일으킬 거래정지, 서킷브레이커, 늦은 개장 (JSON)',
  ],
  [
    '--faults <file>',
    'fault rules to start with (JSON); opens the fault port',
    '처음부터 적용할 장애 규칙 (JSON), 장애 포트를 연다',
  ],
  ['--admin', 'open the fault port without rules', '규칙 없이 장애 포트를 연다'],
  [
    '--db-url <url>',
    'PostgreSQL; absent: an embedded server in the data folder (or SIM_DB_URL)',
    'PostgreSQL 주소 (또는 SIM_DB_URL), 없으면 데이터 폴더의 내장 서버',
  ],
  [
    '--schema <name>',
    'schema of the run (sim_…); resumed when it holds one',
    '실행의 스키마 (sim_…), 있던 실행이면 이어서 한다',
  ],
  [
    '--data-dir <folder>',
    'where the embedded server keeps its data',
    '내장 서버의 데이터 폴더',
    '.data',
  ],
  ['--json', 'say one JSON line when ready instead of a banner', '안내문 대신 JSON 한 줄'],
];

const WORDS = {
  en: {
    description: 'KIS on loopback: REST, WebSocket, an exchange behind them.',
    help: 'show this text',
    seeHelp: 'all options: --help',
    after: `
Example: --rest-port 9443 --ws-port 21000 --at 10:00
Clients that insist on https: make a certificate and trust it in the client, for example
  openssl req -x509 -newkey rsa:2048 -nodes -days 365 -subj /CN=localhost \\
    -addext subjectAltName=DNS:localhost,IP:127.0.0.1 -keyout sim.key -out sim.crt
Texts are Korean or English by FLEET_LOCALE, LC_ALL, LANG. Options, faults and what is simulated:
apps/simulator/README.md`,
  },
  ko: {
    description: '이 컴퓨터의 KIS: REST와 웹소켓, 그 뒤의 거래소.',
    help: '이 도움말',
    seeHelp: '모든 옵션: --help',
    after: `
예: --rest-port 9443 --ws-port 21000 --at 10:00
https만 쓰는 클라이언트: 인증서를 만들어 클라이언트가 믿게 한다. 예를 들면
  openssl req -x509 -newkey rsa:2048 -nodes -days 365 -subj /CN=localhost \\
    -addext subjectAltName=DNS:localhost,IP:127.0.0.1 -keyout sim.key -out sim.crt
언어는 FLEET_LOCALE, LC_ALL, LANG을 따른다. 옵션과 장애 규칙, 모의 범위: apps/simulator/README.md`,
  },
} as const;

/** The command line, in the user's language. Wrong use ends with a line on stderr. */
export function makeCommand(locale: Locale): Command {
  const words = WORDS[locale];
  const command = new Command('simulator').description(words.description);
  for (const [flags, en, ko, fallback] of OPTIONS) {
    command.option(flags, locale === 'ko' ? ko : en, fallback);
  }
  return command
    .helpOption('-h, --help', words.help)
    .addHelpText('after', words.after)
    .allowExcessArguments(false)
    .showSuggestionAfterError(false)
    .configureOutput({
      outputError: (text, write) =>
        write(
          `simulator: ${inLanguage(text.replace(/^error: /, '').trim(), locale)} (${words.seeHelp})\n`,
        ),
    })
    .exitOverride();
}

const KOREAN: readonly (readonly [RegExp, string])[] = [
  [/^unknown option '(.+)'$/, '알 수 없는 옵션입니다: $1'],
  [/^option '(.+)' argument missing$/, '값이 없습니다: $1'],
  [/^too many arguments.*$/, '옵션이 아닌 말이 섞여 있습니다. 값은 --옵션 뒤에 적습니다'],
];

function inLanguage(text: string, locale: Locale): string {
  const found = locale === 'ko' ? KOREAN.find(([shape]) => shape.test(text)) : undefined;
  return found === undefined ? text : text.replace(found[0], found[1]);
}
