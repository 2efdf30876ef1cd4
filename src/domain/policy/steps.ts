import type { AutoscalingPolicy, Schedule } from './autoscaling-policy.ts';
import { byPrecedence, meetings, openAt } from './schedule.ts';

/** A change of the level, with the time it takes. A raise is complete at `at`, a lowering starts there. */
export type Step = { at: number; from: number; to: number; rampSeconds: number };

const DAY = 86_400_000;

// A policy object never changes, and each pass asks for the same few days again.
const known = new WeakMap<AutoscalingPolicy, Map<number, Step[]>>();
const MAX_DAYS = 64;

/** The changes of the level in (from, to], in time order. Where several schedules meet at one instant the longest ramp counts. */
export function steps(policy: AutoscalingPolicy, from: number, to: number): Step[] {
  let days = known.get(policy);
  if (!days) {
    days = new Map();
    known.set(policy, days);
  }
  const found: Step[] = [];
  for (let day = Math.floor(from / DAY); day * DAY <= to; day++) {
    let ofDay = days.get(day);
    if (!ofDay) {
      if (days.size >= MAX_DAYS) days.clear();
      ofDay = stepsBetween(policy, day * DAY - 1, (day + 1) * DAY - 1);
      days.set(day, ofDay);
    }
    for (const step of ofDay) if (step.at > from && step.at <= to) found.push(step);
  }
  return found;
}

function stepsBetween(policy: AutoscalingPolicy, from: number, to: number): Step[] {
  const ranked = policy.schedules.toSorted(byPrecedence);
  const levelOf = (open: ReadonlySet<Schedule>): number =>
    ranked.find((schedule) => open.has(schedule))?.minReplicas ?? policy.minReplicas;
  const found: Step[] = [];
  let level = levelOf(openAt(policy, from));
  for (const { at, open, boundaries } of meetings(policy, from, to)) {
    const before = level;
    level = levelOf(open);
    if (level === before) continue;
    const rampSeconds = Math.max(...boundaries.map(({ schedule }) => schedule.rampSeconds));
    found.push({ at, from: before, to: level, rampSeconds });
  }
  return found;
}
