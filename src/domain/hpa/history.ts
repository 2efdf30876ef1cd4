import type { ScaleEvent } from './scale-events.ts';
import type { Recommendation } from './stabilization.ts';

/**
 * What the controller remembers of one HPA between ticks, in memory: it is lost when the controller restarts. Old entries stay
 * until they are reused, and count again when a window or period is made longer.
 */
export type History = {
  recommendations: readonly Recommendation[];
  scaleUps: readonly ScaleEvent[];
  scaleDowns: readonly ScaleEvent[];
};

/** After a start of the controller. */
export const NO_HISTORY: History = { recommendations: [], scaleUps: [], scaleDowns: [] };
