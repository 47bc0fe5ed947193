import { describe, expect, it } from '@jest/globals';
import type { OrderTypeQuestion } from '@fleet/krx';
import type { Urgency } from '../strategy/strategy.ts';
import { type EntryOrderPolicy, entryOrderType } from './entry-order.ts';

const inSession = { phase: 'CONTINUOUS', venue: 'KRX', kind: 'COMMON' } as const;

describe('SC-005: the order type of an entry', () => {
  it.each<[EntryOrderPolicy, Urgency, string]>([
    ['LIMIT', 'URGENT', 'LIMIT'],
    ['MARKET', 'PATIENT', 'MARKET'],
    ['BY_URGENCY', 'PATIENT', 'LIMIT'],
    ['BY_URGENCY', 'NORMAL', 'LIMIT'],
    ['BY_URGENCY', 'URGENT', 'MARKET'],
  ])('policy %s, %s: %s', (policy, urgency, type) => {
    expect(entryOrderType(policy, urgency, inSession)).toBe(type);
  });

  it.each<[string, Partial<OrderTypeQuestion>, string | undefined]>([
    ['a venue that takes limits only', { venue: 'NXT', phase: 'NXT_PRE_MARKET' }, 'LIMIT'],
    ['a kind that takes no market orders', { kind: 'ELW' }, 'LIMIT'],
    ['a phase that takes nothing', { phase: 'CLOSED' }, undefined],
  ])('does not offer a market order to %s', (_, change, type) => {
    expect(entryOrderType('MARKET', 'URGENT', { ...inSession, ...change })).toBe(type);
  });
});
