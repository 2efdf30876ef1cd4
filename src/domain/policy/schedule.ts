import type { AutoscalingPolicy, Schedule } from './autoscaling-policy.ts';
import { type Recurrence, recurrence } from './recurrence.ts';

type Window = { start: Recurrence; end: Recurrence };

// Parsing a cron expression costs more than asking it; a policy object never changes, so its windows are parsed once.
const windows = new WeakMap<Schedule, Window>();

function windowOf(policy: AutoscalingPolicy, schedule: Schedule): Window {
  let window = windows.get(schedule);
  if (!window) {
    window = {
      start: recurrence(schedule.start, policy.timeZone),
      end: recurrence(schedule.end, policy.timeZone),
    };
    windows.set(schedule, window);
  }
  return window;
}

/**
 * Open at t when the last boundary at or before t is a start; at one instant an end comes before a start, so a start wins.
 * Never by comparing the next boundaries: with starts Mon-Fri and a daily end that stays open the whole week-end (KEDA's 4677).
 */
export function isOpen(policy: AutoscalingPolicy, schedule: Schedule, t: number): boolean {
  const { start, end } = windowOf(policy, schedule);
  const lastStart = start.lastAtOrBefore(t);
  if (lastStart === null) return false;
  const lastEnd = end.lastAtOrBefore(t);
  return lastEnd === null || lastStart >= lastEnd;
}

export type Boundary = { at: number; schedule: Schedule; edge: 'start' | 'end' };

/** All starts and ends in (from, to], in time order. A start of a schedule that is open already is among them: it changes nothing. */
export function boundaries(policy: AutoscalingPolicy, from: number, to: number): Boundary[] {
  const found: Boundary[] = [];
  for (const schedule of policy.schedules) {
    const window = windowOf(policy, schedule);
    for (const edge of ['start', 'end'] as const) {
      let at = window[edge].nextAfter(from);
      while (at !== null && at <= to) {
        found.push({ at, schedule, edge });
        at = window[edge].nextAfter(at);
      }
    }
  }
  return found.toSorted((a, b) => a.at - b.at);
}
