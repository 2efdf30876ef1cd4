import { IANAZone } from 'luxon';
import { InvalidError } from '../errors.ts';

/**
 * The wall clock of a zone. A reading is a number: the epoch milliseconds at which a clock in UTC shows the same.
 *
 *   Europe/Berlin, 29 March 2026, 02:00 -> 03:00     first(02:30) = first(03:00) = 01:00 UTC
 *   Europe/Berlin, 25 October 2026, 03:00 -> 02:00   first(02:30) = 00:30 UTC   latest(01:30 UTC) = 02:59:59.999
 */
export type WallClock = {
  /** The latest reading that the clock has shown up to t: in an hour that comes twice, what it showed before it was set back. */
  latest(t: number): number;
  /** The first instant at which the clock shows the reading or a later one: of a time that is skipped, the end of the gap. */
  first(reading: number): number;
};

const DAY = 86_400_000;

/** A zone's offsets (milliseconds) in one day of UTC: `before` the instant `at`, `after` from it on. Without a change at = Infinity. */
type Offsets = { before: number; after: number; at: number };

/** What is kept of a zone: three years of days. */
const MAX_DAYS = 1100;

// An offset costs Intl 6 us, a zone's validity 130; and all policies of a zone ask for the same few days.
const clocks = new Map<string, WallClock>();

/** Takes it that a zone changes at most once within two days. @throws InvalidError, see assertTimeZone */
export function wallClock(timeZone: string): WallClock {
  let clock = clocks.get(timeZone);
  if (!clock) {
    clock = read(timeZone);
    clocks.set(timeZone, clock);
  }
  return clock;
}

/** @throws InvalidError where the runtime's zone data do not know the zone */
export function assertTimeZone(timeZone: string): void {
  if (IANAZone.isValidZone(timeZone)) return;
  throw new InvalidError(
    `"${timeZone}" is not a time zone that this runtime knows, expected an IANA name such as Asia/Seoul`,
  );
}

function read(timeZone: string): WallClock {
  assertTimeZone(timeZone);
  const zone = IANAZone.create(timeZone);
  const ask = (t: number): number => zone.offset(t) * 60_000;
  const days = new Map<number, Offsets>();

  function dayOf(t: number): Offsets {
    const day = Math.floor(t / DAY);
    let offsets = days.get(day);
    if (!offsets) {
      if (days.size >= MAX_DAYS) days.clear();
      const start = day * DAY;
      const before = ask(start);
      const after = ask(start + DAY);
      const at = before === after ? Number.POSITIVE_INFINITY : changeIn(start, start + DAY);
      offsets = { before, after, at };
      days.set(day, offsets);
    }
    return offsets;
  }

  function changeIn(low: number, high: number): number {
    const before = ask(low);
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (ask(middle) === before) low = middle;
      else high = middle;
    }
    return high;
  }

  function offset(t: number): number {
    const { before, after, at } = dayOf(t);
    return t < at ? before : after;
  }

  /** The change in (from, to], of which there is one. */
  const change = (from: number, to: number): number => {
    for (let t = from; t < to; t += DAY) {
      const { at } = dayOf(t);
      if (at > from && at <= to) return at;
    }
    return dayOf(to).at;
  };

  return {
    latest(t) {
      const reading = t + offset(t);
      const before = offset(t - DAY);
      if (before <= offset(t)) return reading;
      return Math.max(reading, change(t - DAY, t) + before - 1);
    },
    first(reading) {
      const before = offset(reading - DAY);
      const after = offset(reading + DAY);
      if (before === after) return reading - before;
      const at = change(reading - DAY, reading + DAY);
      return reading - before < at ? reading - before : Math.max(reading - after, at);
    },
  };
}
