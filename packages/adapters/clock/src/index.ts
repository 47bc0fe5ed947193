export { AnchoredMarketClock } from './anchored-market-clock.ts';
export { systemClock, wallMarketClock } from './system-clock.ts';
