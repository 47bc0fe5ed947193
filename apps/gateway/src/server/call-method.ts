import type { MethodName, MethodResult, Request } from '@fleet/gateway-contract';
import type { CallOptions } from '@fleet/service-layer';
import type { GatewayServices } from '../services.ts';

export interface CallContext {
  /** The session that asked, for its subscriptions. */
  readonly listener: string;
  /** A worker's symbols are held stocks: they get slots before candidates. */
  readonly held: boolean;
  readonly signal: AbortSignal;
}

type OwnMethod = Exclude<MethodName, 'hello'>;
type OwnRequest = Exclude<Request, { readonly method: 'hello' }>;

/** One request on the services. @throws BrokerError and what else they throw */
export async function callMethod(
  request: OwnRequest,
  services: GatewayServices,
  context: CallContext,
): Promise<MethodResult<OwnMethod>> {
  const { broker, marketData, lookup } = services;
  const { listener, held, signal } = context;
  const options: CallOptions = {
    signal,
    ...(request.lane === undefined ? {} : { lane: request.lane }),
  };
  switch (request.method) {
    case 'login':
      await broker.login(signal);
      return null;
    case 'issueAccessToken':
      await broker.issueAccessToken(signal);
      return null;
    case 'issueApprovalKey':
      await broker.issueApprovalKey(signal);
      return null;
    case 'getAccounts':
      return [...(await broker.getAccounts(options))];
    case 'getCash':
      return await broker.getCash(request.params.accountId, options);
    case 'getBuyingPower':
      return await broker.getBuyingPower(request.params, options);
    case 'getSellableQuantity':
      return await broker.getSellableQuantity(request.params.symbol, options);
    case 'getOrders':
      return await broker.getOrders(request.params.accountId, request.params.date, options);
    case 'submit':
      // No signal: who asked may be gone, the order's fate is still ours to record.
      return await services.submit(request.params);
    case 'getInstruments':
      return [...(await marketData.getInstruments(options))];
    case 'getQuote':
      return await marketData.getQuote(request.params.symbol, options);
    case 'getQuotes':
      return [...(await marketData.getQuotes(request.params.symbols, options))];
    case 'getOrderBook':
      return await marketData.getOrderBook(request.params.symbol, options);
    case 'getMinuteCandles': {
      const { symbol, count } = request.params;
      return [...(await marketData.getMinuteCandles(symbol, count, options))];
    }
    case 'getTurnoverRank':
      return [...(await marketData.getTurnoverRank(options))];
    case 'getDailyCandles':
      return [...(await lookup.getDailyCandles(request.params, options))];
    case 'getMinuteCandlesOf': {
      const { symbol, date } = request.params;
      return [...(await lookup.getMinuteCandlesOf(symbol, date, options))];
    }
    case 'getVolumeRank':
      return [...(await lookup.getVolumeRank(options))];
    case 'getFluctuationRank':
      return [...(await lookup.getFluctuationRank(request.params.direction, options))];
    case 'getConditions':
      return [...(await lookup.getConditions(options))];
    case 'searchByCondition':
      return [...(await lookup.searchByCondition(request.params.key, options))];
    case 'getVolatilityInterruptions':
      return [...(await lookup.getVolatilityInterruptions(request.params.date, options))];
    case 'getInstrumentInfo':
      return await lookup.getInstrumentInfo(request.params.symbol, options);
    case 'getMarketTime':
      return await lookup.getMarketTime(options);
    case 'getMarketDays':
      return [...(await lookup.getMarketDays(request.params.from, options))];
    case 'isMarketOpenOn':
      return (await marketData.isMarketOpenOn(request.params.date, options)) ?? null;
    case 'subscribeQuotes':
      services.subscribeQuotes(listener, request.params.symbols, held);
      return null;
    case 'unsubscribe':
      services.unsubscribe(listener, request.params.symbols);
      return null;
    case 'getStatus':
      return services.getStatus();
    case 'reconcile':
      return await services.reconcile();
    case 'shutdown':
      services.requestShutdown('asked by a client');
      return null;
  }
}
