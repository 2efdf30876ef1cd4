import type { CheckedBatch, CheckedItem } from './rule-check.ts';

/** Which metric is asked about, in the words of an HPA. metric: of an external one, or RESOURCE/METRIC. namespace: '' for what is root-scoped. */
export type AskedMetric = {
  namespace: string;
  metric: string;
  /** Of the series of an external metric, of the objects of a custom one; '' = all. */
  selector: string;
  /** Of a custom metric: a name, or `*`. */
  object: string;
  /** Of the series of a custom metric. */
  metricSelector: string;
};

/** What is known of one metric that somebody reads, for people. null: not known. */
export type ExplainedMetric = {
  /** Where the rule stands that answers it. */
  rule: string | null;
  /** Who is asked; `default` is the Prometheus of --prometheus-url. */
  backend: string | null;
  query: string | null;
  batch: CheckedBatch | null;
  /** The rows in memory: how many, and the first of them. */
  rows: number | null;
  items: readonly CheckedItem[];
  /** How old the rows are, in seconds. */
  ageSeconds: number | null;
  /** Why the last query failed. */
  error: string | null;
  wantedBy: 'hpa' | 'reads' | 'nobody';
  /** Of a custom metric that was not read by this selector: what is in memory by the selectors that it was read by, the latest first. */
  reads: readonly ExplainedRead[];
  /** Why nothing is asked for it. */
  why: string | null;
};

/** Of a read of a custom metric: what selects its objects ('' = all of them), and what is in memory of them. */
export type ExplainedRead = Pick<ExplainedMetric, 'query' | 'rows' | 'items' | 'ageSeconds' | 'error'> & {
  selector: string;
};
