import { parseTradeDate } from '@fleet/krx';
import { price, quantity } from '@fleet/domain';
import { orderCall } from '../../src/orders/order-body.ts';
import { LIVE_PROFILE } from '../../src/profile.ts';
import { accountParts } from '../../src/settings.ts';
import { makeTicket } from './adapter-kit.ts';

export const ACCOUNT = accountParts('50012345-01');

const context = { profile: LIVE_PROFILE, account: ACCOUNT, pdno: '005930' };

export const newOrder = (): object => orderCall(makeTicket(), context).body ?? {};

export const amendment = (): object =>
  orderCall(
    makeTicket({
      request: 'MODIFY',
      quantity: quantity(1),
      limitPrice: price('70100'),
      original: { date: parseTradeDate('2026-03-12'), branch: '06010', number: '7' },
    }),
    context,
  ).body ?? {};
