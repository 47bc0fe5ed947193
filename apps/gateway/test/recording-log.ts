import type { Log } from '@fleet/service-layer';

export interface RecordingLog extends Log {
  readonly events: { level: string; event: string; fields: Readonly<Record<string, unknown>> }[];
}

/** Keeps what was logged, so that a test can show it when it fails. */
export function recordingLog(): RecordingLog {
  const events: RecordingLog['events'] = [];
  const at =
    (level: string) =>
    (event: string, fields: Readonly<Record<string, unknown>> = {}): void => {
      events.push({ level, event, fields });
    };
  return { events, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
