import type { AutoscalingPolicy } from './autoscaling-policy.ts';
import { type Floor, floorAt, longestRamp, steps } from './floor.ts';

/** A floor from an instant on. Epoch milliseconds. */
export type Change = { at: number } & Floor;

/**
 * The floor at `from` and each integer change of it in (from, to]: what `plan` prints. Ramps show every step.
 */
export function timeline(policy: AutoscalingPolicy, from: number, to: number): Change[] {
  const changes: Change[] = [{ at: from, ...floorAt(policy, from) }];
  for (const at of instants(policy, from, to)) {
    const floor = floorAt(policy, at);
    if (floor.replicas !== changes.at(-1)?.replicas) changes.push({ at, ...floor });
  }
  return changes;
}

/** The next change of the floor after `from`, within a week; null where there is none. */
export function nextChange(policy: AutoscalingPolicy, from: number): { at: number; replicas: number } | null {
  const week = 7 * 24 * 3600 * 1000;
  const now = floorAt(policy, from).replicas;
  for (const at of instants(policy, from, from + week)) {
    const { replicas } = floorAt(policy, at);
    if (replicas !== now) return { at, replicas };
  }
  return null;
}

/** Every instant in (from, to] at which the floor can change: the boundaries, and each integer crossed by a ramp. */
function instants(policy: AutoscalingPolicy, from: number, to: number): number[] {
  const reach = longestRamp(policy) * 1000;
  const found = new Set<number>();
  for (const step of steps(policy, from - reach, to + reach)) {
    const length = step.rampSeconds * 1000;
    const count = length === 0 ? 0 : Math.abs(step.to - step.from);
    const start = step.to > step.from ? step.at - length : step.at;
    found.add(step.at).add(start + length);
    // Rounded up: on the way up a step is due just after its integer is passed, on the way down when it is reached.
    for (let i = 0; i < count; i++) {
      const crossing = start + Math.ceil((length * i) / count);
      found.add(step.to > step.from ? crossing + 1 : crossing);
    }
  }
  return [...found].filter((at) => at > from && at <= to).toSorted((a, b) => a - b);
}
