export { LagMonitor } from './lag-monitor.ts';
export type { LagFigures } from './lag-monitor.ts';
export { makeLogger, REDACTED, silentLogger } from './logger.ts';
export type { Logger } from './logger.ts';
