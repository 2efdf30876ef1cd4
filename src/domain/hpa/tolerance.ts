import type { Behavior } from './behavior.ts';
import type { ControllerFlags } from './controller-flags.ts';

/** How far usage may be from its target before the controller acts, by direction; shares of the target. */
export type Tolerances = { scaleUp: number; scaleDown: number };

export const tolerances = (behavior: Behavior | null, { tolerance }: ControllerFlags): Tolerances => ({
  scaleUp: behavior?.scaleUp.tolerance ?? tolerance,
  scaleDown: behavior?.scaleDown.tolerance ?? tolerance,
});

/** Both ends belong to it; NaN never does. */
export const within = ({ scaleUp, scaleDown }: Tolerances, ratio: number): boolean =>
  1 - scaleDown <= ratio && ratio <= 1 + scaleUp;
