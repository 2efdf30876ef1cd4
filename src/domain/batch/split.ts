import type { Row } from '../rules/external-metric-value.ts';
import type { Question } from '../rules/question.ts';
import { type Batch, keyOf } from './batch.ts';

/** rows: of every question of the batch, none where the backend has none. */
export type Split = {
  rows: ReadonlyMap<Question, readonly Row[]>;
  /**
   * Rows that the query does not ask for: one of its labels is missing or has a value that is not in the query. Such a row may
   * be another tenant's, so it is dropped. A pair of values that are both in the query, though nobody asks for the pair, is none:
   * such rows are dropped as well, but not counted.
   */
  strays: number;
};

/** What each question's own query would have given; of custom metrics, the rows of all objects. */
export function splitRows({ labels, byKey, values, names, added }: Batch, rows: readonly Row[]): Split {
  const found = new Map<string, Row[]>();
  let strays = 0;
  for (const row of rows) {
    const valueOf = (label: string): string => row.labels?.[label] ?? '';
    const key = keyOf(labels, valueOf);
    if (!byKey.has(key)) {
      if (labels.some((label) => !values.get(label)?.has(valueOf(label)))) strays++;
      continue;
    }
    if (names !== null && valueOf(names) === '') {
      strays++;
      continue;
    }
    const own = added.size === 0 ? row : without(row, added);
    const others = found.get(key);
    if (others) others.push(own);
    else found.set(key, [own]);
  }
  const split = new Map<Question, readonly Row[]>();
  for (const [key, questions] of byKey) {
    const own = found.get(key) ?? [];
    for (const question of questions) split.set(question, own);
  }
  return { rows: split, strays };
}

function without({ labels, timestamp, value }: Row, added: ReadonlySet<string>): Row {
  const kept = Object.entries(labels ?? {}).filter(([label]) => !added.has(label));
  return { labels: Object.fromEntries(kept), timestamp, value };
}
