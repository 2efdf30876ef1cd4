import { quantityOf } from '../quantity.ts';

/**
 * One item of an ExternalMetricValueList. timestamp: RFC 3339, UTC, whole seconds. value: a Quantity. A neighbour's item may
 * have a window, in seconds, and lack the timestamp.
 */
export type ExternalMetricValue = {
  metricName: string;
  /** All labels of the row; null for a scalar, which has none. */
  metricLabels: Readonly<Record<string, string>> | null;
  timestamp: string | null;
  window?: number;
  value: string;
};

/** A row as the source gives it: epoch seconds of the evaluation, and a number that may be none. */
export type Row = { labels: Readonly<Record<string, string>> | null; timestamp: number; value: number };

/**
 * The rows of an answer as items. A row that is no number (NaN, infinite, beyond int64) is left out: the HPA sums the items,
 * and takes an empty list for an error, so that it holds instead of following a number that nobody measured.
 */
export function externalMetricValues(metricName: string, rows: readonly Row[]): ExternalMetricValue[] {
  return rows.flatMap(({ labels, timestamp, value }) => {
    const quantity = quantityOf(value);
    if (quantity === null) return [];
    return [{ metricName, metricLabels: labels, timestamp: rfc3339(timestamp), value: quantity }];
  });
}

/** Epoch seconds as RFC 3339, UTC, whole seconds. */
export const rfc3339 = (seconds: number): string => `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`;
