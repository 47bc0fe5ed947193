import { SettingsError } from '@fleet/config';
import type { FleetAccess } from './bootstrap.ts';
import { userName } from './change-gate.ts';
import type { Texts } from './texts.ts';

/** `fleetctl unfreeze --json`; the keys are a promise. */
export interface Unfreezing {
  readonly command: 'unfreeze';
  readonly symbol: string;
  readonly orderId: string;
  /** The broker's number that is the order's; null when it never arrived. */
  readonly brokerOrderId: string | null;
}

/**
 * A person answers the question that froze a stock: which of the broker's orders is the fleet's, or
 * none of them. The order goes on (or ends) by that, and its answer thaws the stock. The gate stays as
 * it is: `resume` opens it. @throws SettingsError when the stock is not frozen or the answer is none
 */
export async function unfreezeStock(
  symbol: string,
  answer: { readonly order: string | undefined; readonly none: boolean },
  { stores, marketNow }: FleetAccess,
  texts: Texts,
): Promise<Unfreezing> {
  const stock = (await stores.orders.getFrozenStocks()).find((each) => each.symbol === symbol);
  if (!stock) throw new SettingsError([texts.notFrozen(symbol)]);
  const { orderId, candidates } = stock;
  const number = answer.order?.replace(/^0+/, '');
  const chosen = candidates.find(({ key }) => key.number === number);
  if (answer.none === (chosen !== undefined)) {
    const numbers = candidates.map(({ key }) => key.number).join(', ');
    throw new SettingsError([texts.unfreezeHow(numbers)]);
  }
  const marketAt = (await marketNow()) ?? (await stores.system.read()).marketOpenAt ?? 0;
  const brokerOrderId = chosen?.key.number ?? null;
  const payload = { command: 'unfreeze', order: brokerOrderId, user: userName() };
  if (chosen) {
    await stores.orders.adoptBrokerNumber({ orderId, row: chosen, marketAt });
  } else {
    const detail = 'none of the listed orders, says a person';
    const end = { status: 'REJECTED', reason: 'NEVER_ARRIVED', detail } as const;
    await stores.orders.endOrder({ orderId, ...end, marketAt });
  }
  await stores.events.append([
    { type: 'OperatorCommandEvent', level: 'WARN', symbol, orderId, marketAt, payload },
  ]);
  return { command: 'unfreeze', symbol, orderId, brokerOrderId };
}
