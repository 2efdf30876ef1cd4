import type { AutoscalingPolicy } from './autoscaling-policy.ts';
import { type Floor, floorAt, longestRamp, replicasAt } from './floor.ts';
import { above, fading, onTheWay } from './ramp.ts';
import { type Step, steps } from './steps.ts';

const DAY = 86_400_000;

/** A floor from an instant on. Epoch milliseconds. */
export type Change = { at: number } & Floor;

/**
 * The floor at `from` and each integer change of it in (from, to]: what `plan` prints. Ramps show every step.
 */
export function timeline(policy: AutoscalingPolicy, from: number, to: number): Change[] {
  const changes: Change[] = [{ at: from, ...floorAt(policy, from) }];
  for (const at of instants(policy, from, to)) {
    if (replicasAt(policy, at) !== changes.at(-1)?.replicas) changes.push({ at, ...floorAt(policy, at) });
  }
  return changes;
}

/** The next change of the floor after `from`, within a week; null where there is none. */
export function nextChange(policy: AutoscalingPolicy, from: number): { at: number; replicas: number } | null {
  const now = replicasAt(policy, from);
  for (const at of instants(policy, from, from + 7 * DAY)) {
    const replicas = replicasAt(policy, at);
    if (replicas !== now) return { at, replicas };
  }
  return null;
}

/** Whole seconds in (from, to], in time order, with every one at which the floor changes among them. */
function* instants(policy: AutoscalingPolicy, from: number, to: number): Generator<number, void> {
  for (let start = from; start < to; start += DAY) yield* instantsOfDay(policy, start, Math.min(start + DAY, to));
}

/** Between two knots, the steps and the far ends of their ramps, each ramp is linear. */
function* instantsOfDay(policy: AutoscalingPolicy, from: number, to: number): Generator<number, void> {
  const reach = longestRamp(policy) * 1000;
  const near = steps(policy, from - reach, to + reach);
  const knots = new Set(near.flatMap((step) => [step.at, step.at + farEnd(step)]));
  const inside = [...knots].filter((knot) => knot > from && knot < to).toSorted((a, b) => a - b);
  let last = from;
  for (const knot of [...inside, to]) {
    const around = steps(policy, last - reach, knot + reach);
    for (const at of [...crossings(around, last, knot), nextSecond(knot)]) if (at > from && at <= to) yield at;
    last = knot;
  }
}

const farEnd = ({ from, to, rampSeconds }: Step): number => (to > from ? -1000 : 1000) * rampSeconds;
const nextSecond = (t: number): number => Math.ceil(t / 1000) * 1000;

/** The seconds in [from, to) in which a ramp passes an integer, and those after them: rounding decides which of the two it is. */
function crossings(near: readonly Step[], from: number, to: number): number[] {
  const found = new Set<number>();
  const middle = (from + to) / 2; // a ramp that begins at `from` adds nothing there yet
  const { up, down } = onTheWay(near, middle);
  for (const [shares, slope] of [
    [up, fading(up)],
    [down, -fading(down)],
  ] as const) {
    if (slope === 0) continue;
    const begin = above(shares, middle) - slope * (middle - from);
    const end = begin + slope * (to - from);
    const every = Math.max(1, Math.abs(slope) * 1000); // no more than one a second
    for (let n = Math.floor(Math.min(begin, end)); n <= Math.max(begin, end) + 1; n += every) {
      const second = Math.floor((from + (n - begin) / slope) / 1000) * 1000;
      for (const at of [second, second + 1000]) if (at >= from && at < to) found.add(at);
    }
  }
  return [...found].toSorted((a, b) => a - b);
}
