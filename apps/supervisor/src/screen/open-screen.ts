import type { DayReport } from '../report/day-report.ts';
import type { FleetSnapshot } from './fleet-snapshot.ts';

export interface Screen {
  banner(facts: { mode: string; dataDir: string }): void;
  run(facts: { runId: string; tradeDate: string; resumed: boolean }): void;
  step(step: string, number: number, of: number): void;
  line(kind: string, text: string): void;
  show(snapshot: FleetSnapshot): void;
  card(report: DayReport, extra: { reportFile: string | undefined }): void;
  close(): void;
}

export function openScreen(options: {
  stdout: NodeJS.WriteStream;
  locale: 'ko' | 'en';
  environment: Readonly<Record<string, string | undefined>>;
}): Screen {
  const say = (text: string): void => void options.stdout.write(`${text}\n`);
  let last = 0;
  return {
    banner: (facts) => say(`KIS fleet ${facts.mode} ${facts.dataDir}`),
    run: (facts) =>
      say(`run ${facts.runId} ${facts.tradeDate} ${facts.resumed ? 'resumed' : 'new'}`),
    step: (step, number, of) => say(`step ${number}/${of} ${step}`),
    line: (kind, text) => say(`${kind}: ${text}`),
    show(snapshot) {
      if (snapshot.marketAt - last < 600_000) return;
      last = snapshot.marketAt;
      say(JSON.stringify(snapshot));
    },
    card: (report) => say(JSON.stringify(report, undefined, 1)),
    close: () => undefined,
  };
}
