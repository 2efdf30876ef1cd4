import type { AutoscalingPolicy, Schedule } from './autoscaling-policy.ts';
import { type Recurrence, recurrence } from './recurrence.ts';

type Window = { start: Recurrence; end: Recurrence };

// Parsing a cron expression costs more than asking it; a policy object never changes, so its windows are parsed once.
const windows = new WeakMap<AutoscalingPolicy, Map<Schedule, Window>>();

function windowOf(policy: AutoscalingPolicy, schedule: Schedule): Window {
  let known = windows.get(policy);
  if (!known) {
    known = new Map();
    windows.set(policy, known);
  }
  let window = known.get(schedule);
  if (!window) {
    window = {
      start: recurrence(schedule.start, policy.timeZone),
      end: recurrence(schedule.end, policy.timeZone),
    };
    known.set(schedule, window);
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

/** Among open schedules the higher priority comes first, at equal priority the higher floor. */
export const byPrecedence = (a: Schedule, b: Schedule): number =>
  b.priority - a.priority || b.minReplicas - a.minReplicas || (a.name < b.name ? -1 : 1);

/** The schedules that are open at t. */
export const openAt = (policy: AutoscalingPolicy, t: number): Set<Schedule> =>
  new Set(policy.schedules.filter((schedule) => isOpen(policy, schedule, t)));

/** An instant at which schedules start or end, and those that are open from then on. */
export type Meeting = { at: number; boundaries: readonly Boundary[]; open: ReadonlySet<Schedule> };

/** The instants with boundaries in (from, to], in time order. `open` is valid until the next one is asked for. */
export function* meetings(policy: AutoscalingPolicy, from: number, to: number): Generator<Meeting, void> {
  const open = openAt(policy, from);
  for (const [at, together] of Map.groupBy(boundaries(policy, from, to), (boundary) => boundary.at)) {
    for (const { schedule, edge } of together) if (edge === 'end') open.delete(schedule);
    for (const { schedule, edge } of together) if (edge === 'start') open.add(schedule);
    yield { at, boundaries: together, open };
  }
}
