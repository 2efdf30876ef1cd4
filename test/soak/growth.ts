/** One look at the server's process. at: from 0 to 1, where in the run. */
export type Sample = { at: number; values: Readonly<Record<Resource, number>> };

/**
 * heapMegabytes: in use right after a full garbage collection. rssMegabytes: resident. descriptors: open files and sockets. handles: what keeps
 * its event loop alive. lagMilliseconds: how long timers of 10 ms took since the last look, the median.
 */
export type Resource = 'heapMegabytes' | 'rssMegabytes' | 'descriptors' | 'handles' | 'lagMilliseconds';

/**
 * How much the floor of the last quarter lies above that of the second: what comes and goes with load leaves a floor where it is, what is
 * kept lifts it. The first quarter is for warming up. by: how many times as much, or how much more. NaN where a quarter has no sample.
 */
export function growthOf(samples: readonly Sample[], resource: Resource, by: 'ratio' | 'difference'): number {
  const [before, after] = [floorOf(samples, resource, 1), floorOf(samples, resource, 3)];
  return by === 'ratio' ? after / before : after - before;
}

/** The least of a quarter, of 0 to 3; NaN where it has no sample. */
export function floorOf(samples: readonly Sample[], resource: Resource, quarter: number): number {
  const inside = samples.filter(({ at }) => at >= quarter / 4 && at < (quarter + 1) / 4);
  return inside.length === 0 ? NaN : Math.min(...inside.map(({ values }) => values[resource]));
}
