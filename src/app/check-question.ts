import type { Finding } from '../domain/policy/lint.ts';
import { warning } from '../domain/rules/lint-rules.ts';
import type { Question } from '../domain/rules/question.ts';
import { type CheckedBatch, type CheckedMetric, renderedQuery } from '../domain/rules/rule-check.ts';
import { answerOf } from './check-answer.ts';
import type { CheckWorld } from './check-world.ts';
import { MAX_BYTES } from './plan-asks.ts';

type Told = Pick<CheckedMetric, 'query' | 'batch' | 'answer'>;

/**
 * Asks one question as a read would. Findings: a query that cannot be made, is refused, or has no rows.
 *
 * @param labels by which rows have to name what they are of; null where they need not
 */
export async function checkQuestion(
  question: Question,
  { labels, world }: { labels: readonly string[] | null; world: CheckWorld },
): Promise<{ told: Told; findings: Finding[]; error: unknown }> {
  const { rule } = question;
  const rendered = renderedQuery(question);
  if (rendered.type === 'none') {
    const told: Told = { query: null, batch: null, answer: { type: 'failed', why: rendered.why } };
    return { told, findings: [{ severity: 'error', place: rule.place, message: rendered.why }], error: null };
  }
  const { promql } = rendered;
  const { answer, error } = await answerOf({ rule, promql, labels }, world);
  return {
    told: { query: promql, batch: batchOf(question, world), answer },
    findings: faultsOf(question, promql, answer),
    error,
  };
}

/** How a question is asked: the query that it would share, or why it is asked alone. */
export function batchOf(question: Question, { batching }: Pick<CheckWorld, 'batching'>): CheckedBatch {
  const asking = batching.askingOf(question);
  if (asking.type === 'alone') return asking;
  const [batch] = batching.batchesOf([question], { maxBytes: MAX_BYTES });
  return batch ? { type: 'together', query: batch.promql } : { type: 'alone', why: 'it makes no batch' };
}

function faultsOf({ rule: { place } }: Question, promql: string, answer: CheckedMetric['answer']): Finding[] {
  if (answer.type === 'failed') return [{ severity: 'error', place, message: `${promql}: ${answer.why}` }];
  if (answer.type === 'not asked') return [];
  if (answer.rows === 0) return [warning(place, `${promql} has no rows now`)];
  return answer.note === null ? [] : [warning(place, `${promql}: ${answer.note}`)];
}
