import { describe, expect, it } from '@jest/globals';
import { createBatching } from '../../../src/domain/batch/batching.ts';
import type { Question } from '../../../src/domain/rules/question.ts';
import { type Asked, aQuestion, aRule } from './a-question.ts';
import { addedTo, asked } from './asked.ts';

/** `{*`: the matchers of the read. */
const template = (query: string): string => query.replaceAll('{*', '{<<.LabelMatchers>>');

describe('the namespace is carried through all that stands above the selectors', () => {
  it.each([
    ['abs(sum(m{*}))', 'abs(sum by (namespace) (m{#}))'],
    ['-sum(m{*})', '-sum by (namespace) (m{#})'],
    ['sum(m{* } offset 5m)', 'sum by (namespace) (m{#} offset 5m)'],
    ['sum(m{*} @ end() offset -5m)', 'sum by (namespace) (m{#} @ end() offset -5m)'],
    [
      'max_over_time(sum(m{*})[5m:1m] @ 100 offset 1m)',
      'max_over_time(sum by (namespace) (m{#})[5m:1m] @ 100 offset 1m)',
    ],
    ['sum without (namespace) (sum by (pod) (m{*}))', 'sum without () (sum by (pod, namespace) (m{#}))'],
    ['sum(m{*}) + sum(n{*})', 'sum by (namespace) (m{#}) + sum by (namespace) (n{#})'],
    ['sum(m{*}) * (time() - 1)', 'sum by (namespace) (m{#}) * (time() - 1)'],
    ['sum(m{*}) - -scalar(total)', 'sum by (namespace) (m{#}) - -scalar(total)'],
    ['clamp_max(sum(m{*}), scalar(total))', 'clamp_max(sum by (namespace) (m{#}), scalar(total))'],
    [
      'label_join(sum(m{*}), "x", "namespace", "pod")',
      'label_join(sum by (namespace) (m{#}), "x", "namespace", "pod")',
    ],
    ['m{*} / ignoring (namespace, zone) n{*}', 'm{#} / ignoring (zone) n{#}'],
    ['m{*} * on (pod) group_left (namespace) n{*}', 'm{#} * on (pod, namespace) group_left () n{#}'],
    ['m{*} * on (namespace) group_left (rack) n{*}', 'm{#} * on (namespace) group_left (rack) n{#}'],
    ['quota and on (namespace) m{*}', 'quota and on (namespace) m{#}'],
  ])('%s', (query, promql) => {
    expect(asked(template(query))).toBe(promql.replaceAll('{#', '{namespace=~"bank|shop"'));
  });
});

describe('a label that a single query would not give is known, to be taken off again', () => {
  it.each([
    ['m{*}', ''],
    ['sum(m{*})', 'namespace'],
    ['sum by (pod, namespace) (m{*})', ''],
    ['sum without (pod) (m{*})', ''],
    ['sum without (namespace) (m{*})', 'namespace'],
    ['sum without (zone) (sum by (pod) (m{*}))', 'namespace'],
    ['abs(-sum(m{*}) > 5)', 'namespace'],
    ['max_over_time(sum(m{*})[5m:])', 'namespace'],
    ['label_replace(sum(m{*}), "x", "of $1", "pod", "(.*)")', 'namespace'],
    // one to one: the labels that are matched by
    ['m{*} / n{*}', ''],
    ['m{*} / on (pod, namespace) n{*}', ''],
    ['m{*} / on (pod) n{*}', 'namespace'],
    ['m{*} / ignoring (namespace) n{*}', 'namespace'],
    ['sum(m{*}) / sum(n{*})', 'namespace'],
    // rows of the left, as they are
    ['m{*} and on (pod) n{*}', ''],
    ['m{*} and on (pod) sum by (pod) (n{*})', ''],
    ['sum by (pod) (m{*}) and on (pod) n{*}', 'namespace'],
    ['m{*} unless on (pod) sum by (pod) (n{*})', ''],
    ['sum(m{*}) or sum(n{*})', 'namespace'],
    ['m{*} or on (pod) n{*}', ''],
    // rows of the many, with what they take over
    ['m{*} * on (pod) group_left () n{*}', ''],
    ['m{*} * on (pod) group_left () sum by (pod) (n{*})', ''],
    ['m{*} * on (pod) group_left (namespace) n{*}', ''],
    ['m{*} * on (pod) group_left (namespace) sum by (pod) (n{*})', 'namespace'],
    ['sum by (pod) (m{*}) * on (pod) group_left () n{*}', 'namespace'],
    ['sum by (pod) (m{*}) * on (pod) group_left (namespace) n{*}', ''],
    ['m{*} * on (pod) group_right () n{*}', ''],
    ['m{*} * on (pod) group_right () sum by (pod) (n{*})', 'namespace'],
    ['m{*} * on (pod) group_right (namespace) sum by (pod) (n{*})', ''],
    ['sum by (pod) (m{*}) * on (pod) group_right () n{*}', ''],
    ['sum by (pod) (m{*}) * on (pod) group_right (namespace) n{*}', 'namespace'],
    // beside what is the same for all
    ['m{*} * on (namespace) quota', ''],
    ['sum(m{*}) and on () total', 'namespace'],
    ['sum by (node) (m{*}) * on (node) group_left (rack) node_info', 'namespace'],
  ])('%s: %s', (query, added) => {
    expect(addedTo(template(query))).toBe(added);
  });
});

describe('asked alone', () => {
  const SAME = 'is the same whatever is asked for';
  it.each([
    ['m{*} + fill_left(0) n{*}', 'fills in rows'],
    ['m{*} + fill_right(0) n{*}', 'fills in rows'],
    ['m{*} + on (namespace) fill_left(0) quota', 'fills in rows'],
    ['m{*} + on (namespace) fill_right(0) quota', 'fills in rows'],
    ['top and on (pod) m{*}', SAME],
    ['sum by (pod) (m{*}) and top', SAME],
    ['vector(0) or sum(m{*})', SAME],
    ['sum(m{*}) > bool on () vector(0)', SAME],
    // the rows of the many would be given once for all
    ['node_info * on (node) group_left () m{*}', SAME],
    ['m{*} * on (node) group_right () node_info', SAME],
    ['m{*} * on (node) group_left (namespace) node_info', 'overwrites namespace'],
    ['node_info * on (node) group_right (namespace) m{*}', 'overwrites namespace'],
    ['sum(m{*}) * (1 + vector(2))', SAME],
    ['sum(m{*}) * (vector(2) + 1)', SAME],
    ['sum(m{*}) * -vector(2)', SAME],
    ['sum by (pod) (m{*}) / on (pod, namespace) n{*}', 'have the label namespace'],
    ['m{*} / ignoring (pod) sum by (pod) (n{*})', 'have the label namespace'],
    ['label_join(sum by (node) (m{*}), "x", "-", "node", "namespace")', 'reads namespace'],
    ['label_join(m{*}, "namespace", "-", "node")', 'writes namespace'],
    ['round(m{*}, n{*})', 'takes two arguments that depend on what is asked for'],
    ['quantile(m{*}, n)', 'the parameter of quantile depends'],
    ['quantile(scalar(m{*}), n)', 'scalar() makes one number'],
    ['quantile(scalar(m{*}), n{*})', 'scalar() makes one number'],
    ['sum(absent_over_time(m{*}[5m]))', 'absent_over_time() makes a row where there is none'],
    ['count_values by (namespace) ("v", m{*})', 'picks among all rows'],
    ['bottomk by (namespace) (1, m{*})', 'picks among all rows'],
    ['limitk(1, m{*})', 'picks among all rows'],
    ['limit_ratio(0.5, m{*})', 'picks among all rows'],
    ['m{*}[5m:1m]', 'it gives a range, not rows'],
  ])('%s', (query, why) => {
    expect(asked(template(query))).toMatch(/^alone: /);
    expect(asked(template(query))).toContain(why);
  });

  it.each(['histogram_quantile(0.9, h{*})', 'histogram_fraction(0, 1, h{*})'])(
    '%s of one le, which it would drop',
    (query) => {
      const reads: Asked[] = [{ selector: 'le=1' }, { selector: 'le=2' }];
      expect(asked(template(query), reads)).toContain('drops le, by which is asked');
      expect(asked(template(query))).not.toContain('alone');
    },
  );

  it('what is asked for by the name of the metric, which most functions drop', () => {
    const question = { ...aQuestion(aRule(template('rate(m{*}[5m])'))), namespace: { label: '__name__', value: 'm' } };
    expect(createBatching().askingOf(question)).toEqual({ type: 'alone', why: '__name__ is asked for twice' });
  });
});

it('questions of one rule share a query only where all is the same but the values', () => {
  const rule = aRule('sum(<<.Series>>{<<.LabelMatchers>>}) by (<<.GroupBy>>)');
  const base = { ...aQuestion(rule), groupBy: ['zone'] };
  const ofPods = { ...base, objects: { label: 'pod', names: ['a'] }, groupBy: ['pod', 'service'] };
  const questions: Question[] = [
    base,
    { ...base, series: 'n' },
    { ...base, groupBy: ['node'] },
    { ...base, namespace: null },
    { ...base, namespace: { label: 'ns', value: 'shop' } },
    ofPods,
    { ...ofPods, objects: { label: 'service', names: ['a'] } },
  ];
  const batching = createBatching();
  const askings = questions.map((question) => batching.askingOf(question));
  expect(askings.map(({ type }) => type)).toEqual(questions.map(() => 'together'));
  expect(new Set(askings.map((asking) => JSON.stringify(asking))).size).toBe(questions.length);
});
