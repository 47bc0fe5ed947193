import type { Environment, FleetSettings } from '@fleet/config';
import type { Logger } from '@fleet/observability';
import type { SupervisorFlags } from './flags.ts';
import type { Screen } from './screen/open-screen.ts';

/** What the command was started with; the same for the whole life of this process. */
export interface SupervisorContext {
  readonly flags: SupervisorFlags;
  readonly settings: FleetSettings;
  readonly environment: Environment;
  readonly log: Logger;
  readonly screen: Screen;
  readonly stop: AbortController;
}
