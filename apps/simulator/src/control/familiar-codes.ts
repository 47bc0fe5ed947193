import type { InstrumentKind, Market } from '@fleet/krx';
import type { DayData, DayInput, DaySymbol } from '../day/day-data.ts';

interface Place {
  readonly market: Market;
  readonly kind: InstrumentKind;
  readonly codes: readonly string[];
}

/** Codes that KIS's examples and published clients have built in. Names and prices stay invented. */
const PLACES: readonly Place[] = [
  {
    market: 'KOSPI',
    kind: 'COMMON',
    codes: ['005930', '000660', '035420', '035720', '005380', '000270'],
  },
  { market: 'KOSDAQ', kind: 'COMMON', codes: ['247540', '086520'] },
  { market: 'KOSPI', kind: 'PREFERRED', codes: ['005935'] },
  { market: 'KOSPI', kind: 'ETF', codes: ['069500', '122630'] },
];

/**
 * The same days, with the most traded stocks of the first one under familiar codes: a client of
 * others that asks for 005930 finds a stock that trades.
 */
export function withFamiliarCodes(input: DayInput): DayInput {
  let renamed: ReadonlyMap<string, string> | undefined;
  return {
    ...input,
    fingerprint: `${input.fingerprint}:familiar`,
    load(date) {
      const day = input.load(date);
      renamed ??= chooseCodes(date === input.firstDate ? day : input.load(input.firstDate));
      return renameSymbols(day, renamed);
    },
  };
}

function chooseCodes(day: DayData): ReadonlyMap<string, string> {
  const symbols = [...day.symbols.values()];
  const chosen = PLACES.flatMap(({ market, kind, codes }) => {
    const busiest = symbols
      .filter(({ instrument }) => instrument.market === market && instrument.kind === kind)
      .filter(({ instrument }) => instrument.halts.length === 0)
      .toSorted((a, b) => b.instrument.previousTurnover - a.instrument.previousTurnover);
    const free = codes.filter((code) => !day.symbols.has(code));
    return free.flatMap((code, index): [string, string][] => {
      const symbol = busiest[index]?.instrument.symbol;
      return symbol === undefined ? [] : [[symbol, code]];
    });
  });
  return new Map(chosen);
}

function renameSymbols(day: DayData, renamed: ReadonlyMap<string, string>): DayData {
  const symbols = [...day.symbols].map(([symbol, each]): [string, DaySymbol] => {
    const code = renamed.get(symbol) ?? symbol;
    return [code, { ...each, instrument: { ...each.instrument, symbol: code } }];
  });
  return { ...day, symbols: new Map(symbols) };
}
