import type { Step } from './steps.ts';

/** A step that is on its way, and what it adds to the level at its instant: fading to nothing a ramp away from it. */
export type Share = { step: Step; height: number };

/**
 * The steps on their way at t: lowerings that began, and raises that are to come. Where several overlap they add up, so that
 * none ends in a jump:
 *
 *   20 -> 10 at 23:00, 10 -> 3 at 23:15, ramp 30m:   23:00 20   23:15 15   23:30 6.5   23:45 3
 *
 * What a raise gives back is taken from the lowerings before it, the latest first (and the other way round), so that the floor
 * never exceeds a level of the plan. It follows that a step further than a ramp from t cannot matter.
 *
 * @param steps in time order, all within the longest ramp of t
 */
export function onTheWay(steps: readonly Step[], t: number): { up: Share[]; down: Share[] } {
  const next = steps.findIndex(({ at }) => at > t);
  const past = next < 0 ? steps : steps.slice(0, next);
  const coming = next < 0 ? [] : steps.slice(next).toReversed();
  return {
    down: shares(past, t, ({ from, to }) => from - to),
    up: shares(coming, t, ({ from, to }) => to - from),
  };
}

/** What the shares add to the level at t, not rounded. */
export const above = (some: readonly Share[], t: number): number =>
  some.reduce((sum, share) => sum + left(share, t), 0);

/** How fast that fades, replicas a millisecond: `above` is linear between steps and the ends of their ramps. */
export const fading = (some: readonly Share[]): number =>
  some.reduce((sum, { step, height }) => sum + height / (step.rampSeconds * 1000), 0);

/** Those that add something at t, from the furthest step to the nearest. `gain` of a step: what it adds, negative where it takes. */
function shares(fromFurthest: readonly Step[], t: number, gain: (step: Step) => number): Share[] {
  const found: Share[] = [];
  for (const step of fromFurthest) {
    const change = gain(step);
    if (change > 0) found.push({ step, height: change });
    else takeFrom(found, -change, step.at);
  }
  return found.filter((share) => left(share, t) > 0);
}

function takeFrom(some: Share[], amount: number, at: number): void {
  let due = amount;
  for (let share = some.at(-1); share !== undefined && due > 0; share = some.at(-1)) {
    const has = left(share, at);
    if (has > due) {
      share.height *= (has - due) / has;
      return;
    }
    due -= has;
    some.pop();
  }
}

function left({ step, height }: Share, t: number): number {
  const away = Math.abs(t - step.at) / (step.rampSeconds * 1000);
  return away < 1 ? height * (1 - away) : 0;
}
