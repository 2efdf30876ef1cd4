import { DateTime } from 'luxon';
import type { Reason } from '../reason.ts';
import type { AutoscalingPolicy, Schedule } from './autoscaling-policy.ts';
import { boundaries, isOpen } from './schedule.ts';

/** A floor and the chain of reasons behind it. */
export type Floor = { replicas: number; reasons: Reason[] };

/**
 * The level that the plan names at t, before ramps: an open schedule replaces the baseline; among open ones the higher
 * priority wins, at equal priority the higher floor.
 */
export function levelAt(policy: AutoscalingPolicy, t: number): Floor {
  const winner = policy.schedules.filter((schedule) => isOpen(policy, schedule, t)).toSorted(byPrecedence)[0];
  if (!winner) {
    return {
      replicas: policy.minReplicas,
      reasons: [{ reason: 'Baseline', message: `no schedule is open, the baseline is ${policy.minReplicas}` }],
    };
  }
  return {
    replicas: winner.minReplicas,
    reasons: [
      { reason: 'ScheduleOpen', message: `schedule "${winner.name}" is open, its floor is ${winner.minReplicas}` },
    ],
  };
}

const byPrecedence = (a: Schedule, b: Schedule): number =>
  b.priority - a.priority || b.minReplicas - a.minReplicas || (a.name < b.name ? -1 : 1);

/** A change of the level, with the time it takes. A raise is complete at `at`, a lowering starts there. */
export type Step = { at: number; from: number; to: number; rampSeconds: number };

/** The changes of the level in (from, to]. Where several schedules meet at one instant the longest ramp counts. */
export function steps(policy: AutoscalingPolicy, from: number, to: number): Step[] {
  const rampAt = new Map<number, number>();
  for (const { at, schedule } of boundaries(policy, from, to)) {
    rampAt.set(at, Math.max(rampAt.get(at) ?? 0, schedule.rampSeconds));
  }
  return [...rampAt]
    .map(([at, rampSeconds]) => ({
      at,
      from: levelAt(policy, at - 1).replicas,
      to: levelAt(policy, at).replicas,
      rampSeconds,
    }))
    .filter((step) => step.from !== step.to);
}

/** The policy's longest ramp, seconds. */
export const longestRamp = (policy: AutoscalingPolicy): number =>
  Math.max(0, ...policy.schedules.map((schedule) => schedule.rampSeconds));

/**
 * The floor that the policy wants at t: the level, or a ramp where one is on its way and higher, capped by maxReplicas.
 * A function of t and the policy alone. Steps round up.
 *
 *   raise 4 -> 10 at 08:00, ramp 30m:   07:30 4   07:45 7   07:50 8   08:00 10
 *   lower 10 -> 4 at 22:00, ramp 30m:   22:00 10  22:15 7   22:20 6   22:30 4
 */
export function floorAt(policy: AutoscalingPolicy, t: number): Floor {
  const level = levelAt(policy, t);
  const reach = longestRamp(policy) * 1000;
  const ramps = reach === 0 ? [] : steps(policy, t - reach, t + reach);
  const ramp = ramps
    .map((step) => ({ step, replicas: rampValue(step, t) }))
    .filter(({ replicas }) => replicas > level.replicas)
    .toSorted((a, b) => b.replicas - a.replicas)[0];
  const floor: Floor = ramp
    ? { replicas: ramp.replicas, reasons: [...level.reasons, rampReason(ramp.step, policy, ramp.replicas)] }
    : level;
  if (floor.replicas <= policy.maxReplicas) return floor;
  const capped = { reason: 'CappedByPolicy', message: `maxReplicas of the policy is ${policy.maxReplicas}` } as const;
  return { replicas: policy.maxReplicas, reasons: [...floor.reasons, capped] };
}

/** Where a step's ramp stands at t, rounded up; 0 outside of it. */
function rampValue({ at, from, to, rampSeconds }: Step, t: number): number {
  const length = rampSeconds * 1000;
  const done = to > from ? 1 - (at - t) / length : (t - at) / length;
  const outside = to > from ? t < at - length || t >= at : t < at || t >= at + length;
  return length === 0 || outside ? 0 : Math.ceil(from + (to - from) * done - 1e-9);
}

function rampReason({ at, from, to, rampSeconds }: Step, policy: AutoscalingPolicy, now: number): Reason {
  const local = (t: number): string => DateTime.fromMillis(t, { zone: policy.timeZone }).toFormat('ccc HH:mm');
  return to > from
    ? {
        reason: 'RampUp',
        message: `${now} on the way from ${from} to ${to}, complete ${local(at)} (${policy.timeZone})`,
      }
    : {
        reason: 'RampDown',
        message: `${now} on the way from ${from} to ${to}, complete ${local(at + rampSeconds * 1000)} (${policy.timeZone})`,
      };
}
