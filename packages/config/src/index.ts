export { loadFleetSettings } from './fleet-settings.ts';
export type {
  EntrySettings,
  FleetSettings,
  LockSettings,
  Mode,
  RiskSettings,
  TradingSettings,
} from './fleet-settings.ts';
export { SETTING_NAMES } from './fleet-variables.ts';
export { exposureProblem } from './gateway-access.ts';
export type { GatewayTls } from './gateway-access.ts';
export { kisEnvironment } from './kis-access.ts';
export type { KisAccess, KisKey } from './kis-access.ts';
export { localeOf, readEnvironment } from './locale.ts';
export type { Environment, Locale } from './locale.ts';
export { problemInKorean } from './problem-in-korean.ts';
export { SettingsError } from './settings-error.ts';
export {
  parseRuntimeFile,
  readRuntimeFile,
  removeRuntimeFile,
  runtimeFilePath,
  writeRuntimeFile,
} from './runtime-file.ts';
export type { RuntimeFile, RuntimeProcess } from './runtime-file.ts';
