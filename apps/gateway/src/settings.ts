import type { FleetSettings, KisAccess } from '@fleet/config';
import type { ServerTls } from './server/gateway-server.ts';

/** What this gateway was told; the only process that is given the KIS secrets. */
export interface GatewaySettings {
  readonly fleet: FleetSettings;
  readonly kis: KisAccess;
  readonly dbUrl: string;
  readonly schema: string;
  readonly address: string;
  /** Demanded of clients that come by TCP. */
  readonly token: string | undefined;
  readonly tls: ServerTls | undefined;
  readonly marketClockUrl: string | undefined;
}
