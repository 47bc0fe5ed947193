import { KRX_CALENDAR, type Session } from '@fleet/krx';

import type { DayInput } from '../../src/day/day-data.ts';
import { generateDays } from '../../src/day/generated/generated-days.ts';
import { ACCOUNT } from './manual-exchange.ts';

/** What the killed process and the one that goes on agree about. */
export const CHILD_OPTIONS = {
  accounts: [{ account: ACCOUNT, cash: 30_000_000 }],
  seed: 4,
  startAt: (session: Session): number => session.regular.from,
};

export function childInput(): DayInput {
  return generateDays({ seed: 4, calendar: KRX_CALENDAR });
}
