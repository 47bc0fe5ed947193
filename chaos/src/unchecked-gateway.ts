import { loadFleetSettings, readEnvironment } from '@fleet/config';
import { makeLogger } from '@fleet/observability';
import { openGatewayParts } from '../../apps/gateway/src/bootstrap.ts';
import { Gateway } from '../../apps/gateway/src/gateway.ts';
import { LOOKS } from '../../apps/gateway/src/orders/last-look.ts';

/** The negative control of the gateway's check: the real gateway, blind to fences. */
async function main(): Promise<number> {
  const fleet = loadFleetSettings(readEnvironment(), { needsBroker: true });
  const { kis, dbUrl, dbSchema: schema, marketClockUrl } = fleet;
  const [, address] = process.argv.slice(2);
  if (!kis || !dbUrl || !schema || !address) throw new Error('settings are missing');
  const settings = { fleet, kis, dbUrl, schema, address, marketClockUrl };
  const log = makeLogger({ process: 'unchecked-gateway', level: fleet.logLevel });
  const parts = await openGatewayParts({ ...settings, token: undefined, tls: undefined }, log);
  const looks = LOOKS.filter((look) => look !== 'fence');
  const gateway = new Gateway(parts.ports, { ...parts.options, looks });
  try {
    return await gateway.run(new AbortController().signal, () => undefined);
  } finally {
    await parts.close();
  }
}

process.exit(await main());
