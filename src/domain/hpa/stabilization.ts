/** What the metrics proposed at one tick, before windows, limits and bounds. */
export type Recommendation = { replicas: number; at: number };

export type Stabilized = { replicas: number; recommendations: Recommendation[] };

/**
 * Without behavior: the highest recommendation of the window. It can even be above the current count, after somebody scaled
 * down by hand.
 */
export function stabilize(
  now: number,
  desired: number,
  recommendations: readonly Recommendation[],
  windowSeconds: number,
): Stabilized {
  const cutoff = now - windowSeconds * 1000;
  const recent = recommendations.filter(({ at }) => at >= cutoff).map(({ replicas }) => replicas);
  const old = recommendations.findLastIndex(({ at }) => at < cutoff);
  return {
    replicas: Math.max(desired, ...recent),
    recommendations: put(recommendations, old, { replicas: desired, at: now }),
  };
}

export type BehaviorWindows = { current: number; scaleUpSeconds: number; scaleDownSeconds: number };

/**
 * With behavior: the current count, moved no further than the lowest recommendation of the up window asks and no lower than
 * the highest of the down window allows.
 */
export function stabilizeWithBehavior(
  now: number,
  desired: number,
  recommendations: readonly Recommendation[],
  { current, scaleUpSeconds, scaleDownSeconds }: BehaviorWindows,
): Stabilized {
  const upCutoff = now - scaleUpSeconds * 1000;
  const downCutoff = now - scaleDownSeconds * 1000;
  const since = (cutoff: number): number[] =>
    recommendations.filter(({ at }) => at > cutoff).map(({ replicas }) => replicas);
  const lowest = Math.min(desired, ...since(upCutoff));
  const highest = Math.max(desired, ...since(downCutoff));
  const old = recommendations.findLastIndex(({ at }) => at < upCutoff && at < downCutoff);
  return {
    replicas: Math.min(Math.max(current, lowest), highest),
    recommendations: put(recommendations, old, { replicas: desired, at: now }),
  };
}

/** In place of the last outdated one, else at the end: one entry per tick. */
const put = (list: readonly Recommendation[], old: number, entry: Recommendation): Recommendation[] =>
  old === -1 ? [...list, entry] : list.with(old, entry);
