import type { Row } from '../domain/rules/external-metric-value.ts';
import { promqlOf } from '../domain/rules/question.ts';
import type { MetricsSource } from '../ports/metrics-source.ts';
import type { Known } from './known.ts';
import type { Ask } from './plan-asks.ts';
import { rowsIn, rowsOfItsObjects } from './rows-in.ts';

/**
 * Asks one question of a batch alone, and the batch again, at the instant at which the batch was evaluated. Again, because series
 * may have come in since. null where nothing could be compared: a backend that fails says nothing about batches.
 */
export async function compareOne(
  source: MetricsSource,
  { ask, known, at }: { ask: Ask; known: Known; at: number },
): Promise<'equal' | 'mismatch' | null> {
  const { question } = known;
  try {
    const [batched, single] = await Promise.all([source.query(ask.promql(), at), source.query(promqlOf(question), at)]);
    const own = (rows: readonly Row[]): readonly Row[] => rowsOfItsObjects(question, rows);
    return sameRows(own(ask.split(rowsIn(batched))(known)), own(rowsIn(single))) ? 'equal' : 'mismatch';
  } catch {
    return null;
  }
}

/** Whether both hold the same rows, in any order. */
function sameRows(a: readonly Row[], b: readonly Row[]): boolean {
  const texts = (rows: readonly Row[]): string[] => rows.map(textOf).toSorted();
  const theirs = texts(b);
  return a.length === b.length && texts(a).every((text, at) => text === theirs[at]);
}

/**
 * Two sums of the same numbers may differ in their last digits, as each is added up in an order of its own; an HPA reads thousandths.
 */
const textOf = ({ labels, value }: Row): string =>
  JSON.stringify([
    labels && Object.entries(labels).toSorted(byName),
    Number.isFinite(value) ? value.toPrecision(12) : `${value}`,
  ]);

const byName = ([a]: [string, string], [b]: [string, string]): number => (a < b ? -1 : a > b ? 1 : 0);
