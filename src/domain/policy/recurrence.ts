import { Cron } from 'croner';
import { DateTime, IANAZone } from 'luxon';
import { InvalidError } from '../errors.ts';

/** The instants of a five-field cron expression in an IANA zone. Epoch milliseconds in, epoch milliseconds out. */
export type Recurrence = {
  /** The last instant at or before t; null when there is none in reach. */
  lastAtOrBefore(t: number): number | null;
  /** The first instant after t; null when there never is one (30 February). */
  nextAfter(t: number): number | null;
};

/**
 * Local times that a DST change skips move forward to the first that exists; times that exist twice mean the first. croner
 * does both, the same way looking back as looking ahead (test/domain/policy/recurrence.test.ts holds it to that).
 *
 * @throws InvalidError with a sentence on what is wrong with the expression or the zone
 */
export function recurrence(cron: string, timeZone: string): Recurrence {
  assertTimeZone(timeZone);
  const fields = cron.trim().split(/\s+/);
  if (fields.length !== 5) {
    throw new InvalidError(
      `"${cron}" has ${fields.length} fields, expected 5: minute hour day-of-month month day-of-week`,
    );
  }
  const pattern = parse(cron, timeZone);
  const at = (date: Date | null | undefined): number | null => (date ? date.getTime() : null);
  const nextAfter = (t: number): number | null => at(pattern.nextRun(date(t)));
  // Looking back costs croner 0.1 ms, and the same few intervals are asked for again and again.
  const intervals: { last: number; next: number }[] = [];
  return {
    nextAfter,
    lastAtOrBefore(t) {
      const known = intervals.find(({ last, next }) => last <= t && t < next);
      if (known) return known.last;
      const last = at(pattern.previousRuns(1, date(t + 1))[0]);
      if (last === null) return null;
      intervals.unshift({ last, next: nextAfter(last) ?? Number.POSITIVE_INFINITY });
      intervals.length = Math.min(intervals.length, 8);
      return last;
    },
  };
}

const date = (t: number): Date => DateTime.fromMillis(t).toJSDate();

function parse(cron: string, timeZone: string): Cron {
  try {
    return new Cron(cron.trim(), { timezone: timeZone, paused: true, mode: '5-part' });
  } catch (error) {
    const detail = error instanceof Error ? error.message.replace(/^CronPattern: /, '') : String(error);
    throw new InvalidError(`"${cron}" is not a cron expression: ${detail}`, { cause: error });
  }
}

/** @throws InvalidError where the runtime's zone data do not know the zone */
export function assertTimeZone(timeZone: string): void {
  if (IANAZone.isValidZone(timeZone)) return;
  throw new InvalidError(
    `"${timeZone}" is not a time zone that this runtime knows, expected an IANA name such as Asia/Seoul`,
  );
}
