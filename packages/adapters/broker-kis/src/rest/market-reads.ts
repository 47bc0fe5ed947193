import type { CallLane, CallOptions } from '@fleet/service-layer';
import { endpointOf } from '../endpoints.ts';
import type { KisOperation, KisProfile } from '../profile.ts';
import type { ReplyRow } from './envelope.ts';
import type { KisReader } from './kis-reader.ts';

/** Reads of one reply, without paging keys: quotes, charts, ranks and the like. */
export class MarketReads {
  readonly profile: KisProfile;
  readonly #reader: KisReader;

  constructor(dependencies: { profile: KisProfile; reader: KisReader }) {
    this.profile = dependencies.profile;
    this.#reader = dependencies.reader;
  }

  offers(operation: KisOperation): boolean {
    return this.profile.trIds[operation] !== undefined;
  }

  /** @throws BrokerError, UNSUPPORTED where the server does not offer the operation */
  async read(
    operation: KisOperation,
    query: Readonly<Record<string, string>>,
    lane: CallLane,
    options: CallOptions | undefined,
  ): Promise<ReplyRow> {
    const page = await this.#reader.read({
      ...endpointOf(this.profile, operation),
      method: 'GET',
      query,
      lane: options?.lane ?? lane,
      ...(options?.signal === undefined ? {} : { signal: options.signal }),
    });
    return page.body;
  }
}
