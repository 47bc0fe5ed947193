import { type InstrumentKind, type Market, parseTradeDate, type TradeDate } from '@fleet/krx';

import { hashText, SeededRandom } from '../seeded-random.ts';
import { inventName } from './instrument-names.ts';

/** How a stock behaves over the whole run; each day adds its own mood. */
export interface Character {
  readonly symbol: string;
  readonly name: string;
  readonly market: Market;
  readonly kind: InstrumentKind;
  readonly listedOn: TradeDate;
  readonly listedShares: number;
  readonly isKospi200: boolean;
  readonly firstPrice: number;
  /** Standard deviation of a minute's own move. */
  readonly minuteVolatility: number;
  readonly beta: number;
  readonly sector: number;
  /** Won traded in a usual minute. */
  readonly minuteTurnover: number;
}

export const SECTORS = 12;
/** About the share of KOSPI's stocks that its index of 200 has. */
const INDEX_MEMBERS = 35;

type Draft = Omit<Character, 'isKospi200'>;

interface Group {
  readonly count: number;
  readonly market: Market;
  readonly kind: InstrumentKind;
  /** Median of won traded in a minute. */
  readonly turnover: number;
  readonly volatility: number;
}

const GROUPS: readonly Group[] = [
  { count: 140, market: 'KOSPI', kind: 'COMMON', turnover: 60_000_000, volatility: 0.0007 },
  { count: 150, market: 'KOSDAQ', kind: 'COMMON', turnover: 40_000_000, volatility: 0.001 },
  { count: 8, market: 'KOSPI', kind: 'PREFERRED', turnover: 3_000_000, volatility: 0.0006 },
  { count: 10, market: 'KOSPI', kind: 'ETF', turnover: 90_000_000, volatility: 0.0003 },
  { count: 6, market: 'KONEX', kind: 'COMMON', turnover: 100_000, volatility: 0.0015 },
];

/** The listed instruments of a seed, the same on every day. */
export function makeUniverse(seed: number): readonly Character[] {
  const random = new SeededRandom(hashText('universe', seed));
  const symbols = new Set<string>();
  const names = new Set<string>();
  const characters = GROUPS.flatMap((group) =>
    Array.from({ length: group.count }, () => makeCharacter(group, random, { symbols, names })),
  );
  const members = new Set(largest(characters, INDEX_MEMBERS));
  return characters.map((each) => ({ ...each, isKospi200: members.has(each) }));
}

/** The largest ordinary stocks of KOSPI by market value. */
function largest(characters: readonly Draft[], count: number): readonly Draft[] {
  return characters
    .filter(({ market, kind }) => market === 'KOSPI' && kind === 'COMMON')
    .toSorted((a, b) => b.firstPrice * b.listedShares - a.firstPrice * a.listedShares)
    .slice(0, count);
}

function makeCharacter(
  group: Group,
  random: SeededRandom,
  taken: { readonly symbols: Set<string>; readonly names: Set<string> },
): Draft {
  const { market, kind } = group;
  const firstPrice = Math.round(
    Math.min(900_000, Math.max(600, 16_000 * Math.exp(random.normal()))),
  );
  // A few names carry most of the turnover, many hardly trade.
  const minuteTurnover = group.turnover * Math.exp(1.3 * random.normal());
  return {
    symbol: inventSymbol(kind, random, taken.symbols),
    name:
      (kind === 'ETF' ? '누리 ' : '') +
      inventName(random, taken.names) +
      (kind === 'PREFERRED' ? '우' : ''),
    market,
    kind,
    listedOn: parseTradeDate(
      `${random.integer(1985, 2018)}-0${random.integer(1, 9)}-1${random.integer(0, 9)}`,
    ),
    listedShares: random.integer(50, 2_000) * 100_000,
    firstPrice,
    minuteVolatility: group.volatility * Math.exp(0.3 * random.normal()),
    beta: kind === 'ETF' ? 1 : Math.max(0.2, 1 + 0.35 * random.normal()),
    sector: random.integer(0, SECTORS - 1),
    minuteTurnover,
  };
}

/** Six characters; common stock ends in 0, preferred in 5, newer codes carry a letter. */
function inventSymbol(kind: InstrumentKind, random: SeededRandom, taken: Set<string>): string {
  for (;;) {
    const stem = String(random.integer(100, 49_999)).padStart(5, '0');
    const isNew = random.next() < 0.06;
    const letter = 'ABCDFGHJKLMNPRST'.charAt(random.integer(0, 15));
    const body = isNew ? `0${stem.slice(1, 4)}${letter}` : stem;
    const symbol = `${body}${kind === 'PREFERRED' ? '5' : '0'}`;
    if (taken.has(symbol)) continue;
    taken.add(symbol);
    return symbol;
  }
}
