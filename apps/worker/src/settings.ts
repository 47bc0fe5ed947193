import type { FleetSettings } from '@fleet/config';

/** Where this worker finds its fleet; from the environment, or from the runtime file of this checkout. */
export interface WorkerSettings {
  readonly fleet: FleetSettings;
  readonly dbUrl: string;
  readonly schema: string;
  readonly gatewayAddress: string;
  readonly gatewayToken: string | undefined;
  /** PEM of who signed the gateway's certificate. */
  readonly gatewayCa: string | undefined;
  readonly marketClockUrl: string | undefined;
  readonly strategyName: string;
  /** Whole won, digits only. */
  readonly capital: string;
}
