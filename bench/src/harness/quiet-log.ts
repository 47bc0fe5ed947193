import type { Log } from '@fleet/service-layer';

/** A bench tells figures, not events; what goes wrong is still seen. */
export const quietLog: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: (event, fields) => console.error(event, fields),
  error: (event, fields) => console.error(event, fields),
};
