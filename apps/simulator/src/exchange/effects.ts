import type { Notice, OrderRecord, Trade } from './types.ts';

/** What happened in the engine, to be made durable and told, in order. */
export type Effect =
  | { readonly kind: 'TRADE'; readonly at: number; readonly trade: Trade }
  | {
      readonly kind: 'FILL';
      readonly at: number;
      /** The order's row after the fill. */
      readonly record: OrderRecord;
      /** 1, 2, 3 … per order. */
      readonly sequence: number;
      readonly quantity: number;
      readonly price: number;
      /** Won that an open buy locks for each share of its rest. */
      readonly reserveUnit: number;
    }
  | {
      readonly kind: 'RECORD';
      readonly at: number;
      readonly record: OrderRecord;
      readonly reserveUnit: number;
      /** Undefined when the owner is not told. */
      readonly notice: Exclude<Notice['kind'], 'FILL'> | undefined;
      readonly noticeQuantity: number;
    };

/** Effects that the books are made of. */
export type BookEffect = Exclude<Effect, { kind: 'TRADE' }>;

export function isBookEffect(effect: Effect): effect is BookEffect {
  return effect.kind !== 'TRADE';
}

/** The notice that goes to the order's owner once the effect is durable. */
export function noticeOf(effect: BookEffect): Notice | undefined {
  const { at, record: order } = effect;
  if (effect.kind === 'FILL') {
    return { kind: 'FILL', at, order, quantity: effect.quantity, price: effect.price };
  }
  if (effect.notice === undefined) return undefined;
  return {
    kind: effect.notice,
    at,
    order,
    quantity: effect.noticeQuantity,
    price: order.price ?? 0,
  };
}
