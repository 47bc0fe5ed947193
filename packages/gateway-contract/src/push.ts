import { z } from 'zod';
import type { ExecutionNotice, FeedStatus, OrderChange, Tick } from '@fleet/service-layer';
import { noticeValue, orderChangeValue } from './broker-values.ts';
import { feedStatusValue, tickValue } from './market-values.ts';
import { symbolValue } from './values.ts';

/** What the gateway tells without being asked. */
export type PushBody =
  | { readonly type: 'tick'; readonly tick: Tick }
  | { readonly type: 'feedStatus'; readonly symbol: string; readonly status: FeedStatus }
  | { readonly type: 'orderChanged'; readonly change: OrderChange }
  | { readonly type: 'notice'; readonly notice: ExecutionNotice }
  /** So many ticks were replaced by newer ones because this listener was slow. */
  | { readonly type: 'gap'; readonly droppedTicks: number }
  /** Nothing else to say; silence beyond it means trouble. */
  | { readonly type: 'alive' };

/** `seq` counts the pushes of this connection from 1 without holes; `sentAt`: gateway's real epoch ms. */
export type Push = PushBody & { readonly seq: number; readonly sentAt: number };

const sent = { seq: z.int().positive(), sentAt: z.number() };

export const pushFrame = z.discriminatedUnion('type', [
  z.object({ ...sent, type: z.literal('tick'), tick: tickValue }),
  z.object({
    ...sent,
    type: z.literal('feedStatus'),
    symbol: symbolValue,
    status: feedStatusValue,
  }),
  z.object({ ...sent, type: z.literal('orderChanged'), change: orderChangeValue }),
  z.object({ ...sent, type: z.literal('notice'), notice: noticeValue }),
  z.object({ ...sent, type: z.literal('gap'), droppedTicks: z.int().positive() }),
  z.object({ ...sent, type: z.literal('alive') }),
]);

/** A push that was written once and is sent to many listeners. */
export type EncodedPushBody = string & { readonly __brand: 'EncodedPushBody' };

export function encodePushBody(body: PushBody): EncodedPushBody {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the brand's constructor
  return JSON.stringify(body) as EncodedPushBody;
}

/** Stamps a written body for one listener without writing it again. */
export function encodePush(body: EncodedPushBody, stamp: { seq: number; sentAt: number }): string {
  return `{"seq":${stamp.seq},"sentAt":${stamp.sentAt},${body.slice(1)}`;
}
