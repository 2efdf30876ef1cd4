import { DateTime } from 'luxon';
import type { Clock } from '../../../src/ports/clock.ts';

/** A clock that stands still until it is told to go on. */
export type SettableClock = Clock & {
  advance(seconds: number): void;
  /** How long every sleep asked for, milliseconds. */
  slept: number[];
};

/** A Monday, noon in London, nine in the evening in Seoul. */
export const MONDAY = Date.UTC(2026, 10, 23, 12);

export function settableClock(start = MONDAY): SettableClock {
  let now = start;
  const slept: number[] = [];
  return {
    now: () => DateTime.fromMillis(now, { zone: 'utc' }),
    monotonic: () => now - start,
    async sleep(milliseconds) {
      slept.push(milliseconds);
    },
    advance(seconds) {
      now += seconds * 1000;
    },
    slept,
  };
}
