import { expect, it } from '@jest/globals';
import { recordingLog } from '../../test/recording-log.ts';
import { RejectLog } from './reject-log.ts';

it('tells of each kind of frame at once, and of a flood in a handful of lines', () => {
  const log = recordingLog();
  const told: unknown[] = [];
  const rejects = new RejectLog({ ...log, warn: (_event, fields) => void told.push(fields) });
  for (let count = 0; count < 2_000; count += 1) {
    rejects.add({ trId: 'H0STCNT0', reason: 'BAD_WIDTH' });
  }
  rejects.add({ trId: 'H0STCNI0', reason: 'BAD_WIDTH' });
  const flood = { trId: 'H0STCNT0', reason: 'BAD_WIDTH' };
  expect(told).toEqual([
    ...[1, 10, 100, 1_000].map((count) => ({ ...flood, count })),
    { trId: 'H0STCNI0', reason: 'BAD_WIDTH', count: 1 },
  ]);
  for (let count = 0; count < 2_000; count += 1) {
    rejects.add({ trId: `invented ${count}`, reason: 'UNKNOWN_TR' });
  }
  expect(told.length).toBeLessThan(120);
});
