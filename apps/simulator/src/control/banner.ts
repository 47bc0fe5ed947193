import type { Locale } from '@fleet/config';
import type { SimulatorSettings } from './simulator-settings.ts';

export interface RunningFacts {
  readonly restUrl: string;
  readonly wsUrl: string;
  readonly controlUrl: string;
  readonly tradeDate: string;
  readonly schema: string;
  readonly isResumed: boolean;
  readonly notes: readonly string[];
}

const WORDS = {
  ko: {
    title: 'KIS 시뮬레이터 (모의 거래소)',
    day: '거래일',
    run: '실행',
    resumed: '이어서',
    fresh: '새로',
    profile: '서버',
    account: '계좌',
    token: '토큰 발급 예',
    stop: '끝내기: Ctrl-C',
  },
  en: {
    title: 'KIS simulator',
    day: 'trade date',
    run: 'run',
    resumed: 'resumed',
    fresh: 'new',
    profile: 'server',
    account: 'account',
    token: 'get a token',
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
    ['control', facts.controlUrl],
    [words.day, `${facts.tradeDate}  x${settings.speed}`],
    [words.run, `${facts.schema} (${facts.isResumed ? words.resumed : words.fresh})`],
    [words.profile, settings.profile.name],
    [words.account, `${account.slice(0, 8)}-${account.slice(8)}  HTS ID ${settings.htsId}`],
    ...(areInvented
      ? [['app key', credentials.appKey] as const, ['app secret', credentials.appSecret] as const]
      : []),
  ];
  const width = Math.max(...lines.map(([name]) => columns(name)));
  const table = lines.map(
    ([name, value]) => `  ${name}${' '.repeat(width - columns(name))}  ${value}`,
  );
  const notes = facts.notes.map((note) => `  - ${note}`);
  const example = areInvented ? [`${words.token}:`, curlLine(settings, facts)] : [];
  return [words.title, ...table, ...notes, ...example, words.stop, ''].join('\n');
}

function curlLine({ credentials }: SimulatorSettings, { restUrl }: RunningFacts): string {
  const body = JSON.stringify({
    grant_type: 'client_credentials',
    appkey: credentials.appKey,
    appsecret: credentials.appSecret,
  });
  return `curl -s -H 'content-type: application/json' -d '${body}' ${restUrl}/oauth2/tokenP`;
}

/** Terminal columns: Korean letters take two. */
function columns(text: string): number {
  return text.length + (text.match(/[가-힣]/g)?.length ?? 0);
}
