import { describe, expect, it } from '@jest/globals';
import { createBatching } from '../../../src/domain/batch/batching.ts';
import { splitRows } from '../../../src/domain/batch/split.ts';
import type { Question } from '../../../src/domain/rules/question.ts';
import { aQuestion, aRule } from './a-question.ts';

const row = (labels: Record<string, string> | null, value = 1) => ({ labels, value, timestamp: 1000 });

function batchOf(questions: readonly Question[]) {
  const [batch, ...more] = createBatching().batchesOf(questions, { maxBytes: 16_384 });
  expect(more).toEqual([]);
  return batch!;
}

describe('rows of a batch', () => {
  const summed = aRule('sum(m{<<.LabelMatchers>>}) by (zone)');
  const [shop, bank] = [aQuestion(summed), aQuestion(summed, { namespace: 'bank' })];

  it('go to their questions, without the labels that were added', () => {
    const { rows, strays } = splitRows(batchOf([shop, bank]), [
      row({ zone: 'a', namespace: 'shop' }, 1),
      row({ zone: 'b', namespace: 'shop' }, 2),
    ]);
    expect(rows.get(shop)).toEqual([row({ zone: 'a' }, 1), row({ zone: 'b' }, 2)]);
    expect(rows.get(bank)).toEqual([]);
    expect(strays).toBe(0);
  });

  it('keep the labels that a single query gives as well, and are the very same', () => {
    const rule = aRule('m{<<.LabelMatchers>>}');
    const question = aQuestion(rule);
    const own = row({ zone: 'a', namespace: 'shop' });
    expect(splitRows(batchOf([question, aQuestion(rule, { namespace: 'bank' })]), [own]).rows.get(question)![0]).toBe(
      own,
    );
  });

  it.each([
    ['of nobody', { zone: 'a', namespace: 'vault' }],
    ['of a namespace that contains ours', { zone: 'a', namespace: 'shop2' }],
    ['without the label', { zone: 'a' }],
    ['with an empty one', { zone: 'a', namespace: '' }],
    ['with what all objects have', { zone: 'a', constructor: 'shop' }],
    ['without labels', null],
  ])('%s are dropped and counted', (_what, labels) => {
    const { rows, strays } = splitRows(batchOf([shop, bank]), [row(labels)]);
    expect(strays).toBe(1);
    expect([...rows.values()].flat()).toEqual([]);
  });

  it('of a pair that nobody asked for are dropped, and are no strays', () => {
    const web = aQuestion(summed, { namespace: 'shop', selector: 'service=web' });
    const api = aQuestion(summed, { namespace: 'bank', selector: 'service=api' });
    const { rows, strays } = splitRows(batchOf([web, api]), [
      row({ namespace: 'shop', service: 'web' }, 1),
      row({ namespace: 'shop', service: 'api' }, 2),
      row({ namespace: 'shop', service: 'other' }, 3),
      row({ namespace: 'bank' }, 4),
    ]);
    expect(rows.get(web)).toEqual([row({}, 1)]);
    expect(rows.get(api)).toEqual([]);
    expect(strays).toBe(2);
  });

  it('go to all who ask the same', () => {
    const twin = aQuestion(summed);
    const { rows } = splitRows(batchOf([shop, twin]), [row({ namespace: 'shop' })]);
    expect(rows.get(shop)).toHaveLength(1);
    expect(rows.get(twin)).toEqual(rows.get(shop));
  });

  it('of a query in which nothing varies go to all, a scalar as well', () => {
    const rule = aRule('time()');
    const [one, other] = [aQuestion(rule), aQuestion(rule, { namespace: 'bank' })];
    const batch = batchOf([one, other]);
    expect(batch.promql).toBe('time()');
    const { rows, strays } = splitRows(batch, [row(null)]);
    expect([rows.get(one), rows.get(other), strays]).toEqual([[row(null)], [row(null)], 0]);
  });

  it('of objects that were not named are given too; one that names none is a stray', () => {
    const rule = aRule('sum(m{<<.LabelMatchers>>}) by (<<.GroupBy>>)');
    const pods = aQuestion(rule, { pods: ['a'] });
    const { rows, strays } = splitRows(batchOf([pods]), [
      row({ namespace: 'shop', pod: 'a' }),
      row({ namespace: 'shop', pod: 'b' }),
      row({ namespace: 'shop' }),
    ]);
    expect(rows.get(pods)).toEqual([row({ pod: 'a' }), row({ pod: 'b' })]);
    expect(strays).toBe(1);
  });
});
