import type { Landing } from './fleet/crew.ts';
import type { Random } from './random.ts';
import type { Step } from './worker/step-board.ts';

/** Where faults must land: a step of a buy, or any of a sell's. */
export const PLACES = [
  'claim',
  'intent',
  'sent',
  'answer',
  'holding',
  'selling',
  'releasing',
] as const;

export type Place = (typeof PLACES)[number];

const AIM_AT: Readonly<Record<Place, readonly Step[]>> = {
  claim: ['claim'],
  intent: ['intent'],
  sent: ['sent'],
  answer: ['answer'],
  holding: ['holding'],
  selling: ['sell-intent', 'sell-sent', 'sell-answer'],
  releasing: ['releasing'],
};

/** What was struck, by how and where. */
export class StrikeLog {
  readonly #counts = new Map<string, number>();
  gatewayKills = 0;
  gatewayKillsWhileSending = 0;

  landed({ how, step }: Landing): void {
    const place = PLACES.find((each) => AIM_AT[each].some((known) => known === step)) ?? step;
    const key = `${how} ${place}`;
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
  }

  gatewayKilled(whileSending: boolean): void {
    this.gatewayKills += 1;
    if (whileSending) this.gatewayKillsWhileSending += 1;
  }

  count(how: Landing['how'], place: string): number {
    return this.#counts.get(`${how} ${place}`) ?? 0;
  }

  total(how: Landing['how']): number {
    return [...this.#counts]
      .filter(([key]) => key.startsWith(how))
      .reduce((sum, [, count]) => sum + count, 0);
  }

  /** Places beside the ones that must be struck. */
  elsewhere(how: Landing['how']): number {
    return this.total(how) - PLACES.reduce((sum, place) => sum + this.count(how, place), 0);
  }

  leastStruck(random: Random): Step {
    const struck = (place: Place): number =>
      this.count('KILLED', place) + this.count('STOPPED', place);
    const [place = 'claim'] = random.shuffled(PLACES).toSorted((a, b) => struck(a) - struck(b));
    return random.pick(AIM_AT[place]) ?? 'claim';
  }
}
