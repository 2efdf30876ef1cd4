import type { Decision } from '../domain/decision.ts';
import { loadOf } from '../domain/hpa/metric-reading.ts';
import type { Plan } from '../domain/plan.ts';
import { targetKey } from '../domain/target.ts';

/** What the page draws of one pass. `load` is the first metric's value in all, null where it could not be read. */
export type Moment = { at: number; floor: number | null; replicas: number; load: number | null };

/** The last passes of this process, by HPA: for the eye only, no decision reads them. */
export type PlanHistory = { add(plan: Plan): void; of(target: Decision['target']): readonly Moment[] };

/** @param capacity how many passes are kept */
export function planHistory(capacity: number): PlanHistory {
  const moments = new Map<string, Moment[]>();
  return {
    of: (target) => moments.get(targetKey(target)) ?? [],
    add({ at, decisions }) {
      for (const decision of decisions) {
        if (!decision.observed) continue;
        const key = targetKey(decision.target);
        const kept = moments.get(key) ?? [];
        kept.push({
          at: at.toMillis(),
          floor: decision.floor ?? decision.observed.minReplicas,
          replicas: decision.observed.currentReplicas,
          load: loadOf(decision.observed),
        });
        moments.set(key, kept.slice(-capacity));
      }
    },
  };
}
