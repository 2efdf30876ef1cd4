import type { Row } from '../domain/rules/external-metric-value.ts';
import type { QueryResult } from '../ports/metrics-source.ts';

/** The rows of a result; a scalar is one without labels. */
export const rowsIn = (result: QueryResult): readonly Row[] =>
  result.type === 'vector' ? result.samples : [{ ...result, labels: null }];
