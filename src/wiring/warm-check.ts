import type { Clock } from '../ports/clock.ts';
import type { Check } from '../server/health.ts';

/** An unready adapter blocks the deletion of every namespace of the cluster, so that the wait has an end. */
const LONGEST_MILLISECONDS = 20_000;

/**
 * Keeps a replica from being ready before the numbers that HPAs name are in its memory, or 20 s have passed. Once ready it stays so:
 * what comes later is asked for by whoever reads it.
 */
export function warmCheck(clock: Pick<Clock, 'monotonic'>, state: { synced(): boolean; cold(): number }): Check {
  const startedAt = clock.monotonic();
  let warm = false;
  return {
    name: 'warm',
    type: 'required',
    scope: 'ready',
    probe() {
      warm ||= state.synced() && state.cold() === 0;
      warm ||= clock.monotonic() - startedAt >= LONGEST_MILLISECONDS;
      if (warm) return null;
      return state.synced()
        ? `${state.cold()} of the metrics that HPAs name were not asked for yet`
        : 'the HPAs were not read yet';
    },
  };
}
