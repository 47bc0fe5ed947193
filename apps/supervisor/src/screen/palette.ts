import type { Environment } from '@fleet/config';
import pc from 'picocolors';
import type { Mode } from '../texts/texts.ts';

type Paint = (text: string) => string;

/** Colours with a meaning; every one of them is the text itself where colours are not allowed. */
export interface Palette {
  /** Gains are red and losses blue, as on every Korean quote board. */
  readonly gain: Paint;
  readonly loss: Paint;
  readonly alarm: Paint;
  readonly good: Paint;
  readonly faint: Paint;
  readonly strong: Paint;
  readonly mode: Readonly<Record<Mode, Paint>>;
}

/** NO_COLOR (no-color.org) and TERM=dumb say no, FORCE_COLOR yes; else a terminal gets colours. */
export function allowsColor(isTerminal: boolean, environment: Environment): boolean {
  if (environment['NO_COLOR']) return false;
  if (environment['FORCE_COLOR']) return environment['FORCE_COLOR'] !== '0';
  return isTerminal && environment['TERM'] !== 'dumb';
}

export function makePalette(withColor: boolean): Palette {
  const c = pc.createColors(withColor);
  return {
    gain: c.red,
    loss: c.blue,
    alarm: (text) => c.bold(c.red(text)),
    good: c.green,
    faint: c.dim,
    strong: c.bold,
    mode: {
      SIM: (text) => c.bgCyan(c.black(text)),
      PAPER: (text) => c.bgYellow(c.black(text)),
      LIVE: (text) => c.bgRed(c.white(c.bold(text))),
    },
  };
}
