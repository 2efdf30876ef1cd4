import type { Row } from '../domain/rules/external-metric-value.ts';

/** The last answer of each query that was all numbers, for rules that fall back on it. */
export type LastGood = {
  /** askedAt: when the answer was asked for, in milliseconds of the monotonic clock. */
  keep(promql: string, rows: readonly Row[], askedAt: number): void;
  /** Null when there is none, or it is older. */
  within(promql: string, seconds: number): readonly Row[] | null;
};

/** capacity: most rows kept in all answers together; the one that was asked for longest ago goes first. */
export function createLastGood(monotonic: () => number, capacity = 50_000): LastGood {
  const kept = new Map<string, { rows: readonly Row[]; askedAt: number }>();
  let rowsKept = 0;

  function drop(promql: string): void {
    rowsKept -= kept.get(promql)?.rows.length ?? 0;
    kept.delete(promql);
  }

  return {
    keep(promql, rows, askedAt) {
      drop(promql);
      if (rows.length > capacity) return;
      kept.set(promql, { rows, askedAt });
      rowsKept += rows.length;
      for (const oldest of kept.keys()) {
        if (rowsKept <= capacity) return;
        drop(oldest);
      }
    },
    within(promql, seconds) {
      const last = kept.get(promql);
      return last !== undefined && monotonic() - last.askedAt <= seconds * 1000 ? last.rows : null;
    },
  };
}
