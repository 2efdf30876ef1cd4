import { Cron } from 'croner';
import { DateTime } from 'luxon';
import { InvalidError } from '../errors.ts';
import { wallClock } from './wall-clock.ts';

/** The instants of a five-field cron expression in an IANA zone. Epoch milliseconds in, epoch milliseconds out. */
export type Recurrence = {
  /** The last instant at or before t; null when there was none in croner's reach. */
  lastAtOrBefore(t: number): number | null;
  /** The first instant after t; null when there never is one (30 February). */
  nextAfter(t: number): number | null;
};

/**
 * Local times that a DST change skips move forward to the first that exists; times that exist twice mean the first. croner
 * would say so of a fixed time only: of `30 2,14 * * *` it drops 02:30 on the day of the gap. So croner matches readings of
 * the wall clock, and when those come is decided here (wall-clock.ts).
 *
 * @throws InvalidError with a sentence on what is wrong with the expression or the zone
 */
export function recurrence(cron: string, timeZone: string): Recurrence {
  const clock = wallClock(timeZone);
  const fields = cron.trim().split(/\s+/);
  if (fields.length !== 5) {
    throw new InvalidError(
      `"${cron}" has ${fields.length} fields, expected 5: minute hour day-of-month month day-of-week`,
    );
  }
  const pattern = parse(cron);
  const first = (reading: Date | null | undefined): number | null => (reading ? clock.first(reading.getTime()) : null);
  return {
    nextAfter: (t) => first(pattern.nextRun(date(clock.latest(t)))),
    lastAtOrBefore: (t) => first(pattern.previousRuns(1, date(clock.latest(t) + 1))[0]),
  };
}

const date = (t: number): Date => DateTime.fromMillis(t).toJSDate();

function parse(cron: string): Cron {
  try {
    return new Cron(cron.trim(), { utcOffset: 0, paused: true, mode: '5-part' });
  } catch (error) {
    const detail = error instanceof Error ? error.message.replace(/^CronPattern: /, '') : String(error);
    throw new InvalidError(`"${cron}" is not a cron expression: ${detail}`, { cause: error });
  }
}
