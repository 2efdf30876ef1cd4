import type { Condition } from '../support/fault-backend.ts';

/** A time in which the flapping backend is bad; epoch milliseconds. until: null while it lasts. */
export type Outage = { condition: Condition; from: number; until: number | null };

/** Seconds. */
export type OutageBounds = { staleness: number; refresh: number; queryTimeout: number };

/**
 * Whether a read of the flapping backend may be an error: what was known when it went is older than the bound, which needs an outage
 * of that length less two refreshes; and it may be one until the backend has been asked again, after whoever hung on it.
 */
export function mayFail(
  outages: readonly Outage[],
  { askedAt, answeredAt }: { askedAt: number; answeredAt: number },
  { staleness, refresh, queryTimeout }: OutageBounds,
): boolean {
  return outages.some(({ from, until }) => {
    const old = from + (staleness - 2 * refresh) * 1000;
    if (until !== null && until < old) return false;
    const askedAgain = until === null ? Infinity : until + (2 * refresh + queryTimeout) * 1000;
    return answeredAt >= old && askedAt <= askedAgain;
  });
}
