import type { AutoscalingPolicy } from './autoscaling-policy.ts';
import { longestRamp, replicasAt } from './floor.ts';
import { steps } from './steps.ts';

/** What `fall` needs: the plan's floor now, the floor that the HPA has, and when we last wrote it (null: never). */
export type FallInput = {
  policy: AutoscalingPolicy;
  now: number;
  planned: number;
  inForce: number;
  writtenAt: number | null;
  heartbeatSeconds: number;
};

/**
 * The floor to set when the HPA has more than the plan says. Where a boundary of the last ramp explains the difference: the
 * plan's. Where none does (a policy edited, a first take, a long outage) it falls from there at the ramp's slope, because the
 * HPA itself would drop in one tick.
 *
 * Slope: max(what is left to fall, the highest floor the policy names) / ramp, in replicas per second. One step is what the
 * slope allows in a heartbeat, or a single replica when that takes longer: a function of what stands on the HPA alone, so a
 * restart goes on where the last process was.
 */
export function fall({ policy, now, planned, inForce, writtenAt, heartbeatSeconds }: FallInput): number {
  const ramp = longestRamp(policy);
  if (inForce <= planned || ramp === 0 || inForce <= highestInLastRamp(policy, now, ramp)) return planned;
  const highest = Math.max(policy.minReplicas, ...policy.schedules.map((schedule) => schedule.minReplicas));
  const slope = Math.max(inForce - planned, highest) / ramp;
  const longest = Math.max(heartbeatSeconds, 1 / slope);
  // The API server's clock may be ahead of ours.
  const elapsed = writtenAt === null ? longest : Math.min(Math.max((now - writtenAt) / 1000, 0), longest);
  return Math.max(planned, inForce - Math.floor(slope * elapsed + 1e-9));
}

/** Between boundaries the floor is convex, so its maximum over the last ramp is at an end or at a boundary. */
function highestInLastRamp(policy: AutoscalingPolicy, now: number, ramp: number): number {
  const from = now - ramp * 1000;
  const instants = [from, now, ...steps(policy, from, now).map((step) => step.at)];
  return Math.max(...instants.map((t) => replicasAt(policy, t)));
}
