import type { MetricWant } from '../hpa/metric-want.ts';

/** A read that somebody makes of an adapter. labelSelector: of objects; '' for all. Selectors are canonical (canonicalSelector). */
export type LiveRead =
  Extract<MetricWant, { type: 'external' }> | (Extract<MetricWant, { type: 'custom' }> & { labelSelector: string });

/** An HPA selects the pods of its target; all pods of the namespace are read in their place, of which they are some. */
export const readOfHpa = (want: MetricWant): LiveRead =>
  want.type === 'external' ? want : { ...want, labelSelector: '' };
