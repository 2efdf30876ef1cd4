import type { Finding } from '../policy/lint.ts';
import type { Question } from './question.ts';
import { promqlOf } from './question.ts';
import { describeError } from '../errors.ts';

/** What `tidecaster rules check` says of a file. */
export type RulesCheck = { rules: CheckedRule[]; findings: Finding[] };

/** One rule, tried out. */
export type CheckedRule = {
  /** file:line:column and path. */
  place: string;
  api: 'external.metrics.k8s.io' | 'custom.metrics.k8s.io' | 'metrics.k8s.io';
  /** What its series are listed by. */
  seriesQuery: string;
  /** How many series and names of series there are now; why nobody knows. */
  found: { type: 'series'; series: number; names: number } | { type: 'unknown'; why: string };
  /** How many metrics it serves now; `metrics` has the first of them. */
  serves: number;
  metrics: CheckedMetric[];
  notes: string[];
};

/** One metric of a rule, asked once as an HPA would. */
export type CheckedMetric = {
  /** As discovery names it: `queue_depth`, `pods/queue_depth`. */
  metric: string;
  series: string;
  /** What /api/v1/metadata says of the series. */
  seriesType: string | null;
  /** The read that was made up. objects: of a custom metric. */
  read: { namespace: string | null; selector: string; objects: readonly string[] };
  query: string | null;
  /** Whether reads share its query, and the query that they share then; null where there is none. */
  batch: CheckedBatch | null;
  answer: CheckedAnswer;
};

export type CheckedBatch = { type: 'together'; query: string } | { type: 'alone'; why: string };

/** items: the first of those that an HPA gets. values: Quantities. */
export type CheckedAnswer =
  | { type: 'answered'; rows: number; items: readonly CheckedItem[]; note: string | null }
  | { type: 'failed'; why: string }
  | { type: 'not asked'; why: string };

export type CheckedItem = { of: string; value: string; timestamp: string };

/** A question's PromQL, or why there is none. */
export function renderedQuery(question: Question): { type: 'query'; promql: string } | { type: 'none'; why: string } {
  try {
    const promql = promqlOf(question);
    return promql.trim() === '' ? { type: 'none', why: 'its template comes out empty' } : { type: 'query', promql };
  } catch (error) {
    return { type: 'none', why: describeError(error) };
  }
}
