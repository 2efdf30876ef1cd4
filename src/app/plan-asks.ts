import type { Row } from '../domain/rules/external-metric-value.ts';
import { promqlOf } from '../domain/rules/question.ts';
import type { Known } from './known.ts';

/** One query, for one question or for many. */
export type Ask = {
  promql: string;
  knowns: readonly Known[];
  /** Gives each question its rows. */
  split(rows: readonly Row[]): (known: Known) => readonly Row[];
};

/** The queries that answer questions of one source. */
export function planAsks(knowns: readonly Known[]): Ask[] {
  return knowns.map(alone);
}

const alone = (known: Known): Ask => ({
  promql: promqlOf(known.question),
  knowns: [known],
  split: (rows) => () => rows,
});
