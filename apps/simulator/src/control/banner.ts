import type { Locale } from '@fleet/config';
import type { Texts } from './input-error.ts';
import type { SimulatorSettings } from './simulator-settings.ts';

export interface RunningFacts {
  readonly restUrl: string;
  readonly wsUrl: string;
  readonly controlUrl: string;
  readonly tradeDate: string;
  readonly schema: string;
  readonly isResumed: boolean;
  readonly notes: readonly Texts[];
  /** A stock that is listed, for the example. */
  readonly exampleSymbol: string;
}

const WORDS = {
  ko: {
    title: 'KIS 시뮬레이터 (모의 거래소)',
    masters: '종목 마스터',
    control: '제어',
    day: '거래일',
    run: '실행',
    resumed: '이어서',
    fresh: '새로',
    profile: '서버',
    servers: { live: '실전', paper: '모의' },
    account: '계좌',
    yours: '받은 키',
    example: '붙여 넣어 보세요 (토큰, 현재가):',
    stop: '끝내기: Ctrl-C',
  },
  en: {
    title: 'KIS simulator',
    masters: 'masters',
    control: 'control',
    day: 'trade date',
    run: 'run',
    resumed: 'resumed',
    fresh: 'new',
    profile: 'server',
    servers: { live: 'live', paper: 'paper' },
    account: 'account',
    yours: 'as given',
    example: 'paste to try (a token, a price):',
    stop: 'stop: Ctrl-C',
  },
} as const;

/** What a person needs to point a client here. Secrets are shown only when we invented them. */
export function banner(settings: SimulatorSettings, facts: RunningFacts, locale: Locale): string {
  const words = WORDS[locale];
  const { credentials, account, areInvented } = settings;
  const lines: readonly (readonly [string, string])[] = [
    ['REST', facts.restUrl],
    ['WebSocket', facts.wsUrl],
    [words.masters, `${facts.restUrl}/common/master/`],
    [words.control, facts.controlUrl],
    [words.day, `${facts.tradeDate}  x${settings.speed}`],
    [words.run, `${facts.schema} (${facts.isResumed ? words.resumed : words.fresh})`],
    [words.profile, words.servers[settings.profile.name]],
    [words.account, `${account.slice(0, 8)}-${account.slice(8)}`],
    ['HTS ID', settings.htsId],
    ['app key', areInvented ? credentials.appKey : words.yours],
    ['app secret', areInvented ? credentials.appSecret : words.yours],
  ];
  const width = Math.max(...lines.map(([name]) => columns(name)));
  const table = lines.map(
    ([name, value]) => `  ${name}${' '.repeat(width - columns(name))}  ${value}`,
  );
  const notes = facts.notes.map((note) => `  - ${note[locale]}`);
  const example = [words.example, ...exampleLines(settings, facts)];
  return [words.title, ...table, ...notes, ...example, words.stop, ''].join('\n');
}

/** Shell lines: the keys first, because they are long, then a token and a price with them. */
function exampleLines(
  { credentials, areInvented, tls }: SimulatorSettings,
  { restUrl, exampleSymbol }: RunningFacts,
): readonly string[] {
  const curl = tls === undefined ? 'curl -s' : 'curl -sk';
  const keys = areInvented
    ? [`APP_KEY=${credentials.appKey} APP_SECRET='${credentials.appSecret}'`]
    : [`APP_KEY=… APP_SECRET=…`];
  const grant = String.raw`{\"grant_type\":\"client_credentials\",\"appkey\":\"$APP_KEY\",\"appsecret\":\"$APP_SECRET\"}`;
  const price = '/uapi/domestic-stock/v1/quotations/inquire-price';
  const query = `FID_COND_MRKT_DIV_CODE=J&FID_INPUT_ISCD=${exampleSymbol}`;
  return [
    ...keys,
    `TOKEN=$(${curl} -H 'content-type: application/json' -d "${grant}" ${restUrl}/oauth2/tokenP | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')`,
    `${curl} -H "authorization: Bearer $TOKEN" -H "appkey: $APP_KEY" -H "appsecret: $APP_SECRET" -H 'tr_id: FHKST01010100' '${restUrl}${price}?${query}'`,
  ];
}

/** Terminal columns: Korean letters take two. */
function columns(text: string): number {
  return text.length + (text.match(/[가-힣]/g)?.length ?? 0);
}
