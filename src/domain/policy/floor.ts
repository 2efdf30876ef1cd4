import { DateTime } from 'luxon';
import type { Reason } from '../reason.ts';
import type { AutoscalingPolicy } from './autoscaling-policy.ts';
import { above, onTheWay, type Share } from './ramp.ts';
import { byPrecedence, isOpen } from './schedule.ts';
import { steps } from './steps.ts';

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

/** The policy's longest ramp, seconds. */
export const longestRamp = (policy: AutoscalingPolicy): number =>
  Math.max(0, ...policy.schedules.map((schedule) => schedule.rampSeconds));

/** Floors are rounded up, but not for the sake of a rounding error. */
const ROUNDING = 1e-6;

/**
 * The floor that the policy wants at t: the level, or a ramp where one is on its way and higher, capped by maxReplicas.
 * A function of t and the policy alone. Steps round up; a floor holds for a whole second.
 *
 *   raise 4 -> 10 at 08:00, ramp 30m:   07:30 4   07:45 7   07:50 8   08:00 10
 *   lower 10 -> 4 at 22:00, ramp 30m:   22:00 10  22:15 7   22:20 6   22:30 4
 */
export function floorAt(policy: AutoscalingPolicy, t: number): Floor {
  const at = wholeSecond(t);
  const level = levelAt(policy, at);
  const ramp = highestRamp(policy, at);
  const replicas = Math.ceil(level.replicas + above(ramp.shares, at) - ROUNDING);
  const floor: Floor =
    replicas > level.replicas
      ? { replicas, reasons: [...level.reasons, rampReason(ramp, policy, { replicas, level: level.replicas })] }
      : level;
  if (floor.replicas <= policy.maxReplicas) return floor;
  const capped = { reason: 'CappedByPolicy', message: `maxReplicas of the policy is ${policy.maxReplicas}` } as const;
  return { replicas: policy.maxReplicas, reasons: [...floor.reasons, capped] };
}

/** `floorAt` without its reasons. */
export function replicasAt(policy: AutoscalingPolicy, t: number): number {
  const at = wholeSecond(t);
  const floor = levelAt(policy, at).replicas + above(highestRamp(policy, at).shares, at);
  return Math.min(Math.ceil(floor - ROUNDING), policy.maxReplicas);
}

const wholeSecond = (t: number): number => Math.floor(t / 1000) * 1000;

type Ramp = { reason: 'RampUp' | 'RampDown'; shares: readonly Share[] };

function highestRamp(policy: AutoscalingPolicy, t: number): Ramp {
  const reach = longestRamp(policy) * 1000;
  const { up, down } = onTheWay(reach === 0 ? [] : steps(policy, t - reach, t + reach), t);
  return above(up, t) > above(down, t) ? { reason: 'RampUp', shares: up } : { reason: 'RampDown', shares: down };
}

/** The furthest step says where the ramp began, or where it leads. */
function rampReason(
  { reason, shares }: Ramp,
  policy: AutoscalingPolicy,
  now: { replicas: number; level: number },
): Reason {
  const { from, to } = shares[0]!.step;
  const [begin, end] = reason === 'RampUp' ? [now.level, to] : [from, now.level];
  const complete = Math.max(...shares.map(({ step }) => step.at + (reason === 'RampUp' ? 0 : step.rampSeconds * 1000)));
  const local = DateTime.fromMillis(complete, { zone: policy.timeZone }).toFormat('ccc HH:mm');
  const message = `${now.replicas} on the way from ${begin} to ${end}, complete ${local} (${policy.timeZone})`;
  return { reason, message };
}
