import type { ScalingRules } from './behavior.ts';

/** One change of scale in one direction. outdated is a mark for reuse; it does not stop the event from counting. */
export type ScaleEvent = { change: number; at: number; outdated: boolean };

/** How many replicas were added (or removed) within the period. */
export function changeWithin(now: number, events: readonly ScaleEvent[], periodSeconds: number): number {
  const cutoff = now - periodSeconds * 1000;
  return events.filter(({ at }) => at > cutoff).reduce((sum, { change }) => sum + change, 0);
}

/** The events with this change; it takes the place of the last outdated one, so the list stays as long as it has to be. */
export function storeScaleEvent(
  now: number,
  events: readonly ScaleEvent[],
  change: number,
  { policies }: ScalingRules,
): ScaleEvent[] {
  const cutoff = now - Math.max(0, ...policies.map(({ periodSeconds }) => periodSeconds)) * 1000;
  const marked = events.map((event) => (event.at < cutoff ? { ...event, outdated: true } : event));
  const event = { change, at: now, outdated: false };
  const reused = marked.findLastIndex(({ outdated }) => outdated);
  return reused === -1 ? [...marked, event] : marked.with(reused, event);
}
