import type { Row } from './external-metric-value.ts';

/**
 * Whether two rows have the same labels. PromQL gives no such vector: which of the two counts nobody knows, and an HPA would add
 * them up.
 */
export function hasRepeatedRows(rows: readonly Row[]): boolean {
  if (rows.length < 2) return false;
  const seen = new Set(rows.map(({ labels }) => JSON.stringify(Object.entries(labels ?? {}).toSorted(byName))));
  return seen.size < rows.length;
}

const byName = ([a]: [string, string], [b]: [string, string]): number => (a < b ? -1 : 1);
