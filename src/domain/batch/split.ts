import type { Question } from '../rules/question.ts';
import type { Row } from '../rules/external-metric-value.ts';
import type { Batch } from './batch.ts';
import { valueOf } from './key.ts';

/** rows: of every question of the batch, none where the backend has none. */
export type Split = {
  rows: ReadonlyMap<Question, readonly Row[]>;
  /**
   * Rows that the query does not ask for: one of its labels is missing or has a value that is not in the query. Such a row may be another
   * tenant's, so it is dropped. A pair of values that are both in the query, though nobody asks for the pair, is none: such
   * rows are dropped as well, but not counted.
   */
  strays: number;
};

/** What each question's own query would have given. */
export function splitRows(batch: Batch, rows: readonly Row[]): Split {
  const { questions, labels, names, added } = batch;
  const byKey = new Map<string, Row[]>();
  const found = new Map<Question, readonly Row[]>();
  for (const question of questions) {
    const key = keyOf(labels, (label) => valueOf(question, label));
    let own = byKey.get(key);
    if (!own) byKey.set(key, (own = []));
    found.set(question, own);
  }
  const wanted = new Map(labels.map((label) => [label, new Set(questions.map((each) => valueOf(each, label)))]));
  let strays = 0;
  for (const row of rows) {
    const own = byKey.get(keyOf(labels, (label) => row.labels?.[label] ?? ''));
    if (own && (names === null || (row.labels?.[names] ?? '') !== ''))
      own.push(added.size === 0 ? row : without(row, added));
    else if (own || labels.some((label) => !wanted.get(label)!.has(row.labels?.[label] ?? ''))) strays++;
  }
  return { rows: found, strays };
}

/** No value has a NUL in it: they are label values of Kubernetes. */
const keyOf = (labels: readonly string[], value: (label: string) => string): string =>
  labels.length === 1 ? value(labels[0]!) : labels.map(value).join('\0');

function without({ labels, ...row }: Row, added: ReadonlySet<string>): Row {
  return { ...row, labels: Object.fromEntries(Object.entries(labels ?? {}).filter(([label]) => !added.has(label))) };
}
