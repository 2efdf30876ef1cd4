import { describeError } from '../domain/errors.ts';
import { quantityOf } from '../domain/quantity.ts';
import { type Row, rfc3339 } from '../domain/rules/external-metric-value.ts';
import type { AskedRule } from '../domain/rules/question.ts';
import type { CheckedAnswer } from '../domain/rules/rule-check.ts';
import { judge } from '../domain/rules/value-policy.ts';
import type { SourceOf } from './check-listings.ts';
import { rowsIn } from './rows-in.ts';

/** As many items as show what an answer looks like. */
const SHOWN = 3;

/** A rule's query, asked once. labels: by which its rows name what they are of; null where they need not. */
export type Ask = { rule: Pick<AskedRule, 'backend' | 'values'>; promql: string; labels: readonly string[] | null };

/** Asks it, and says what an HPA gets. now: epoch seconds. error: what was thrown. */
export async function answerOf(
  { rule, promql, labels }: Ask,
  { sourceOf, now }: { sourceOf: SourceOf; now: number },
): Promise<{ answer: CheckedAnswer; error: unknown }> {
  const source = sourceOf(rule.backend);
  if ('type' in source) return { answer: { type: 'not asked', why: source.why }, error: null };
  let rows: readonly Row[];
  try {
    rows = rowsIn(await source.query(promql));
  } catch (error) {
    return { answer: { type: 'failed', why: describeError(error) }, error };
  }
  const named = labels === null ? rows : rows.filter((row) => labels.every((label) => row.labels?.[label]));
  const judgement = judge(rule.values, named, () => now);
  const answered = judgement.type === 'answer' ? judgement.rows : [];
  const items = answered.flatMap((row) => {
    const value = quantityOf(row.value);
    return value === null ? [] : [{ of: labelText(row), value, timestamp: rfc3339(row.timestamp) }];
  });
  const notes = [
    ...(named.length < rows.length
      ? [`${rows.length - named.length} rows have no label ${labels?.join(' and ')}`]
      : []),
    ...(judgement.type === 'answer' ? [] : [`${judgement.why}: ${judgement.type}`]),
    ...(judgement.type === 'answer' && items.length < named.length ? ['what is no number is left out'] : []),
  ];
  return {
    answer: {
      type: 'answered',
      rows: rows.length,
      items: items.slice(0, SHOWN),
      note: notes.length === 0 ? null : notes.join('; '),
    },
    error: null,
  };
}

/** As PromQL writes labels. */
export const labelText = ({ labels }: Row): string =>
  `{${Object.entries(labels ?? {})
    .map(([label, value]) => `${label}=${JSON.stringify(value)}`)
    .join(', ')}}`;
