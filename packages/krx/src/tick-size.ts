import type { InstrumentClass } from './instrument.ts';
import type { TradeDate } from './trade-date.ts';

type Direction = 'up' | 'down' | 'nearest';
declare const todo: never;
export function tickSize(_price: number, _instrument: InstrumentClass, _date: TradeDate): number { return todo; }
export function isOnTick(_price: number, _instrument: InstrumentClass, _date: TradeDate): boolean { return todo; }
export function roundToTick(_price: number, _direction: Direction, _instrument: InstrumentClass, _date: TradeDate): number { return todo; }
export function stepTicks(_price: number, _ticks: number, _instrument: InstrumentClass, _date: TradeDate): number { return todo; }
