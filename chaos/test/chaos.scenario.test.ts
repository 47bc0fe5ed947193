import { describe, expect, it } from '@jest/globals';
import { DEFAULT_MIX } from '../src/mix.ts';
import { report } from '../src/report.ts';
import { runChaos } from '../src/run-chaos.ts';

const OPTIONS = { seconds: 15, seed: 20_260_312, mix: DEFAULT_MIX, workers: 14, stocks: 8 };

describe('chaos', () => {
  it('fourteen workers on eight stocks, killed and stopped four times a second, by a broker that loses answers: nothing is sent twice, nothing is lost (SC-003, SC-004, SC-009, SC-010)', async () => {
    const result = await runChaos(OPTIONS);
    if (result.violations.length > 0) console.error(report(OPTIONS, result));
    expect(result.violations).toEqual([]);
  }, 400_000);
});
