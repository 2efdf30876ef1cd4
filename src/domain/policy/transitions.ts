import { DateTime } from 'luxon';

/** A DST change of a zone. `at`: the instant; the local times in [from, to) are skipped, or exist twice. */
export type Transition = { at: number; type: 'Skipped' | 'Twice'; from: DateTime; to: DateTime };

const HOUR = 3_600_000;

/** The changes of a zone's offset in (from, to], found by bisection to the minute. `from` and `to` of each are wall-clock times, held in UTC. */
export function transitions(timeZone: string, from: number, to: number): Transition[] {
  const offset = (t: number): number => DateTime.fromMillis(t, { zone: timeZone }).offset;
  const found: Transition[] = [];
  for (let t = from; t < to; t += 12 * HOUR) {
    const end = Math.min(t + 12 * HOUR, to);
    if (offset(t) === offset(end)) continue;
    let low = t;
    let high = end;
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (offset(middle) === offset(low)) low = middle;
      else high = middle;
    }
    found.push(transition(high, offset(low), offset(high)));
  }
  return found;
}

/** Before the change the wall reads at + before, after it at + after (minutes). */
function transition(at: number, before: number, after: number): Transition {
  const wall = (minutes: number): DateTime => DateTime.fromMillis(at + minutes * 60_000, { zone: 'utc' });
  return after > before
    ? { at, type: 'Skipped', from: wall(before), to: wall(after) }
    : { at, type: 'Twice', from: wall(after), to: wall(before) };
}
