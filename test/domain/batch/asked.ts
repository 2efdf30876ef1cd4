import { createBatching } from '../../../src/domain/batch/batching.ts';
import type { Batch } from '../../../src/domain/batch/batch.ts';
import { type Asked, aQuestion, aRule } from './a-question.ts';

const LIMITS = { maxBytes: 16_384 };
const SHOPS: Asked[] = [{ namespace: 'shop' }, { namespace: 'bank' }];

/** The queries of some reads of a rule, or why they are asked alone. */
function batches(template: string, reads: readonly Asked[]): Batch[] | string {
  const batching = createBatching();
  const rule = aRule(template);
  const questions = reads.map((read) => aQuestion(rule, read));
  const askings = questions.map((question) => batching.askingOf(question));
  for (const asking of askings) if (asking.type === 'alone') return `alone: ${asking.why}`;
  expect(new Set(askings.map((asking) => (asking.type === 'together' ? asking.group : ''))).size).toBe(1);
  return batching.batchesOf(questions, LIMITS);
}

/** The one query of some reads of a rule, or why they are asked alone. */
export function asked(template: string, reads: readonly Asked[] = SHOPS): string {
  const found = batches(template, reads);
  return typeof found === 'string' ? found : found.map(({ promql }) => promql).join(' ; ');
}

/** The labels that the rows of the one query have more than those of a single one; or why there is no such query. */
export function addedTo(template: string): string {
  const found = batches(template, SHOPS);
  return typeof found === 'string' ? found : found.map(({ added }) => [...added].join(' ')).join(' ; ');
}
