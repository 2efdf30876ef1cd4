import type { Row } from '../domain/rules/external-metric-value.ts';
import type { Question } from '../domain/rules/question.ts';
import type { QueryResult } from '../ports/metrics-source.ts';

/** The rows of a result; a scalar is one without labels. */
export const rowsIn = (result: QueryResult): readonly Row[] =>
  result.type === 'vector' ? result.samples : [{ ...result, labels: null }];

/** Those of the objects that a question names: a shared query gives the rows of all. All of a question that is of no objects. */
export function rowsOfItsObjects({ objects }: Pick<Question, 'objects'>, rows: readonly Row[]): readonly Row[] {
  if (objects === null) return rows;
  const names = new Set(objects.names);
  return rows.filter(({ labels }) => names.has(labels?.[objects.label] ?? ''));
}
