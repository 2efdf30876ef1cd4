import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createBatching } from '../../../src/domain/batch/batching.ts';
import type { Question } from '../../../src/domain/rules/question.ts';
import { aQuestion, aRule } from './a-question.ts';

const rule = aRule('sum(rate(m{<<.LabelMatchers>>}[2m])) / sum(n{<<.LabelMatchers>>})');
const pairs = (all: readonly (readonly [string, string])[]): Question[] =>
  all.map(([namespace, service]) => aQuestion(rule, { namespace, selector: `service=${service}` }));
const encoded = (promql: string): number => new URLSearchParams({ query: promql }).toString().length;
const batches = (questions: readonly Question[], maxBytes = 16_384) =>
  createBatching().batchesOf(questions, { maxBytes });
const numbers = (count: number): number[] => Array.from({ length: count }, (_none, index) => index);

describe('queries of a group', () => {
  it('hold every question once, and stay below the limit as a form is encoded', () => {
    const all = pairs(numbers(2000).map((index) => [`team-${index}`, 'web.v1']));
    const made = batches(all);
    expect(made.flatMap(({ questions }) => questions)).toHaveLength(2000);
    expect(new Set(made.flatMap(({ questions }) => questions)).size).toBe(2000);
    expect(made.length).toBeLessThan(5);
    for (const { promql } of made) expect(encoded(promql)).toBeLessThanOrEqual(16_384);
    // and none is much shorter than it may be, but for the last
    for (const { promql } of made.slice(0, -1)) expect(encoded(promql)).toBeGreaterThan(16_000);
  });

  it('are the same for the same questions in any order', () => {
    const namespaces = fc.uniqueArray(fc.stringMatching(/^[a-z]([-a-z0-9]{0,4}[a-z0-9])?$/), {
      minLength: 1,
      maxLength: 30,
    });
    const services = fc.array(fc.stringMatching(/^[a-z]([.a-z]{0,3}[a-z])?$/), { minLength: 30, maxLength: 30 });
    fc.assert(
      fc.property(namespaces, services, fc.integer({ min: 300, max: 2000 }), (names, of, maxBytes) => {
        const all = pairs(names.map((name, index) => [name, of[index]!]));
        const made = batches(all, maxBytes);
        expect(batches(all.toReversed(), maxBytes).map(({ promql }) => promql)).toEqual(
          made.map(({ promql }) => promql),
        );
        expect(made.flatMap(({ questions }) => questions).toSorted(byNamespace)).toEqual(all.toSorted(byNamespace));
        for (const { promql, questions } of made) {
          if (questions.length > 1) expect(encoded(promql)).toBeLessThanOrEqual(maxBytes);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('ask for no more than 64 pairs a question, where each namespace has a service of its own', () => {
    const made = batches(pairs(numbers(300).map((index) => [`n${index}`, `s${index}`])));
    for (const { questions } of made) expect(questions.length).toBeLessThanOrEqual(64);
    expect(made).toHaveLength(5);
  });

  it('take all pairs at once where all are wanted', () => {
    const made = batches(
      pairs(numbers(50).flatMap((n) => numbers(4).map((s): [string, string] => [`n${n}`, `s${s}`]))),
    );
    expect(made.map(({ questions }) => questions.length)).toEqual([200]);
  });

  it('a question that is too long by itself is a query all the same', () => {
    expect(
      batches(
        pairs([
          ['a', 'x'],
          ['b', 'y'],
        ]),
        10,
      ).map(({ questions }) => questions.length),
    ).toEqual([1, 1]);
  });

  it('of no question there is none', () => {
    expect(batches([])).toEqual([]);
  });
});

const byNamespace = (a: Question, b: Question): number => (a.namespace!.value < b.namespace!.value ? -1 : 1);
