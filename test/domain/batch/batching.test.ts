import { describe, expect, it } from '@jest/globals';
import { createBatching } from '../../../src/domain/batch/batching.ts';
import { type Asked, aQuestion, aRule } from './a-question.ts';
import { asked } from './asked.ts';

describe('one query asks for all namespaces', () => {
  it.each([
    ['m{<<.LabelMatchers>>}', 'm{namespace=~"bank|shop"}'],
    ['sum(m{<<.LabelMatchers>>}) by (<<.GroupBy>>)', 'sum by (namespace) (m{namespace=~"bank|shop"})'],
    ['sum(m{<<.LabelMatchers>>})', 'sum by (namespace) (m{namespace=~"bank|shop"})'],
    ['sum by (zone, namespace) (m{<<.LabelMatchers>>})', 'sum by (zone, namespace) (m{namespace=~"bank|shop"})'],
    ['max without (namespace, pod) (m{<<.LabelMatchers>>})', 'max without (pod) (m{namespace=~"bank|shop"})'],
    [
      'quantile(0.9, rate(m{<<.LabelMatchers>>}[5m] offset -1m))',
      'quantile by (namespace) (0.9, rate(m{namespace=~"bank|shop"}[5m] offset -1m))',
    ],
    [
      'sum(m{<<.LabelMatchers>>}) / on () sum(n{<<.LabelMatchers>>})',
      'sum by (namespace) (m{namespace=~"bank|shop"}) / on (namespace) sum by (namespace) (n{namespace=~"bank|shop"})',
    ],
    [
      'm{<<.LabelMatchers>>} * ignoring (namespace, a) group_left (namespace) n{<<.LabelMatchers>>}',
      'm{namespace=~"bank|shop"} * ignoring (a) group_left () n{namespace=~"bank|shop"}',
    ],
    [
      'm{<<.LabelMatchers>>} unless on (pod) sum by (pod) (n{<<.LabelMatchers>>})',
      'm{namespace=~"bank|shop"} unless on (pod, namespace) sum by (pod, namespace) (n{namespace=~"bank|shop"})',
    ],
    ['m{<<.LabelMatchers>>} / on (namespace) quota', 'm{namespace=~"bank|shop"} / on (namespace) quota'],
    [
      'sum(m{<<.LabelMatchers>>}) and on () vector(1)',
      'sum by (namespace) (m{namespace=~"bank|shop"}) and on () vector(1)',
    ],
    ['vector(1)', 'vector(1)'],
  ])('%s', (template, promql) => {
    expect(asked(template)).toBe(promql);
  });
});

describe('asked alone, with a reason that the author of the rule understands', () => {
  it.each([
    ['scalar(m{<<.LabelMatchers>>})', 'scalar() makes one number of all rows'],
    ['sum(m{<<.LabelMatchers>>}) or vector(0)', 'values: { empty: zero }'],
    ['sum(m{<<.LabelMatchers>>}) or other', 'its rows would be given once for all'],
    ['quota unless on (namespace) m{<<.LabelMatchers>>}', 'its rows would be given once for all'],
    ['sum(m{<<.LabelMatchers>>}) / sum(total)', 'sum(total), on one side of /, is the same whatever is asked for'],
    ['m{<<.LabelMatchers>>} / on (pod) n', 'does not carry namespace'],
    ['sum(m{<<.LabelMatchers>>}) and n', 'does not carry namespace'],
    ['absent(m{<<.LabelMatchers>>})', 'absent() makes a row where there is none'],
    ['topk(3, m{<<.LabelMatchers>>})', 'topk picks among all rows'],
    ['count_values("v", m{<<.LabelMatchers>>})', 'count_values picks among all rows'],
    ['sort_desc(m{<<.LabelMatchers>>})', 'sort_desc() orders all rows'],
    [
      'sum by (namespace) (m{<<.LabelMatchers>>}) + sum(m{<<.LabelMatchers>>})',
      'on one side of + have the label namespace',
    ],
    [
      'm{<<.LabelMatchers>>} or on (pod) sum by (pod) (m{<<.LabelMatchers>>})',
      'on one side of or have the label namespace',
    ],
    ['label_replace(m{<<.LabelMatchers>>}, "namespace", "a", "pod", ".*")', 'writes namespace'],
    ['label_replace(sum(m{<<.LabelMatchers>>}), "x", "$1", "namespace", "(.*)")', 'reads namespace'],
    [
      'label_replace(m{<<.LabelMatchers>>}, "x", "<<index .LabelValuesByName "namespace">>", "", "")',
      'elsewhere than into matchers',
    ],
    ['m{<<.LabelMatchers>>,other="<<index .LabelValuesByName "namespace">>"}', 'elsewhere than into matchers'],
    ['m{namespace=~"<<index .LabelValuesByName "namespace">>-.*"}', 'elsewhere than into matchers'],
    ['m{namespace!="<<index .LabelValuesByName "namespace">>"}', 'elsewhere than into matchers'],
    ['m_<<index .LabelValuesByName "namespace">>', 'elsewhere than into matchers'],
    ['m{<<.LabelMatchers>>} + fill(0) n{<<.LabelMatchers>>}', 'fills in rows'],
    ['m{<<.LabelMatchers>>}[5m]', 'it gives a range, not rows'],
    ['histogram_quantiles(m{<<.LabelMatchers>>}, "q", 0.5)', 'histogram_quantiles() is not known to keep labels'],
    ['m{<<.LabelMatchers>>} +', 'no PromQL that can be read here'],
    [
      '<<if eq (index .LabelValuesByName "namespace") "bank">>n<<else>>m<<end>>{<<.LabelMatchers>>}',
      'more with the values than to insert them',
    ],
    [
      'm{<<.LabelMatchers>>,<<slice (index .LabelValuesByName "namespace") 0 1>>="x"}',
      'more with the values than to insert them',
    ],
    ['<<define "x">><<end>>', 'its template comes out empty'],
  ])('%s', (template, why) => {
    expect(asked(template)).toMatch(/^alone: /);
    expect(asked(template)).toContain(why);
  });

  it.each<[string, Asked, string]>([
    ['a selector on the namespace label', { selector: 'namespace=bank' }, 'namespace is asked for twice'],
    ['a label that is asked for twice', { selector: 'a=1,a=2' }, 'a is asked for twice'],
    ['what PromQL cannot say', { selector: 'a>1' }, 'cannot be asked of Prometheus'],
    ['a value that hides as a placeholder', { selector: 'a!=tidecasterkey0x' }, 'elsewhere than into matchers'],
    [
      'a set that hides as one',
      { selector: 'namespace in (tidecasterkey0x)' },
      'more with the values than to insert them',
    ],
  ])('%s', (_what, read, why) => {
    expect(asked('sum(m{<<.LabelMatchers>>})', [read])).toContain(`alone: `);
    expect(asked('sum(m{<<.LabelMatchers>>})', [read])).toContain(why);
  });

  it('a value with a dot, where the template makes a pattern of it', () => {
    const template = 'sum(m{service=~"<<.LabelValuesByName.service>>"})';
    expect(asked(template, [{ selector: 'service=a-b' }, { selector: 'service=c' }])).toBe(
      'sum by (service) (m{service=~"a-b|c"})',
    );
    expect(asked(template, [{ selector: 'service=a.b' }])).toContain('service="a.b" is a pattern');
  });
});

describe('the selector', () => {
  it.each<[string, Asked[], string]>([
    [
      'equalities vary, each with its label',
      [{ selector: 'service=web' }, { namespace: 'bank', selector: 'service=api' }],
      'sum by (service, namespace) (m{service=~"api|web",namespace=~"bank|shop"})',
    ],
    [
      'all else is the same for the whole group',
      [{ selector: 'a=,b!=1,c in (x,y),d,!e,f=1' }, { namespace: 'bank', selector: 'a=,b!=1,c in (x,y),d,!e,f=2' }],
      'sum by (f, namespace) (m{a="",b!="1",c=~"x|y",d!="",e="",f=~"1|2",namespace=~"bank|shop"})',
    ],
    [
      'a dot is no wildcard',
      [{ selector: 'v=1.0' }, { selector: 'v=1-0' }],
      'sum by (v, namespace) (m{v=~"1-0|1\\\\.0",namespace="shop"})',
    ],
    ['one value is an equality', [{ selector: 'v=1.0' }], 'sum by (v, namespace) (m{v="1.0",namespace="shop"})'],
    [
      'names that are no identifiers are quoted',
      [{ selector: 'app.kubernetes.io/name=web' }],
      'sum by ("app.kubernetes.io/name", namespace) (m{"app.kubernetes.io/name"="web",namespace="shop"})',
    ],
    [
      'a rule for all namespaces alike',
      [
        { namespace: null, selector: 'q=1' },
        { namespace: null, selector: 'q=2' },
      ],
      'sum by (q) (m{q=~"1|2"})',
    ],
  ])('%s', (_what, reads, promql) => {
    expect(asked('sum(m{<<.LabelMatchers>>})', reads)).toBe(promql);
  });

  it('what is asked by other operators, values of them, or labels is another group', () => {
    const batching = createBatching();
    const rule = aRule('sum(m{<<.LabelMatchers>>})');
    const selectors = ['', 'a=1', 'a=', 'b=1', 'a!=1', 'a!=2', 'a in (1)', 'a', '!a', 'a=1,b=1'];
    const groups = selectors.map((selector) => batching.askingOf(aQuestion(rule, { selector })));
    expect(groups.every(({ type }) => type === 'together')).toBe(true);
    expect(new Set(groups.map((each) => JSON.stringify(each))).size).toBe(selectors.length);
  });

  it('equal rules are two all the same: their backends may differ', () => {
    const batching = createBatching();
    const [a, b] = [aRule('m{<<.LabelMatchers>>}'), aRule('m{<<.LabelMatchers>>}')];
    expect(batching.askingOf(aQuestion(a))).not.toEqual(batching.askingOf(aQuestion(b)));
    expect(batching.askingOf(aQuestion(a))).toEqual(batching.askingOf(aQuestion(a, { namespace: 'bank' })));
  });
});

describe('the objects of a custom metric', () => {
  const PODS: Asked[] = [{ pods: ['a', 'b.c'] }, { namespace: 'bank', pods: ['d'] }];

  it.each([
    ['sum(m{<<.LabelMatchers>>}) by (<<.GroupBy>>)', 'sum by (pod, namespace) (m{namespace=~"bank|shop",pod!=""})'],
    ['m{<<.LabelMatchers>>}', 'm{namespace=~"bank|shop",pod!=""}'],
    [
      'sum by (pod) (m{<<.LabelMatchers>>}) / on (pod) max by (pod) (n{<<.LabelMatchers>>})',
      'sum by (pod, namespace) (m{namespace=~"bank|shop",pod!=""}) / on (pod, namespace) max by (pod, namespace) (n{namespace=~"bank|shop",pod!=""})',
    ],
    [
      'm{<<.LabelMatchers>>} * on (node) group_left () n',
      'm{namespace=~"bank|shop",pod!=""} * on (node) group_left () n',
    ],
  ])('%s asks for all of them', (template, promql) => {
    expect(asked(template, PODS)).toBe(promql);
  });

  it('of several, whichever form the template gives them', () => {
    const template = 'm{namespace="<<.LabelValuesByName.namespace>>",pod=~"<<.LabelValuesByName.pod>>"}';
    expect(asked(template, [{ pods: ['a'] }, { pods: ['b', 'c'] }])).toBe('m{namespace="shop",pod!=""}');
  });

  it.each([
    ['sum(m{<<.LabelMatchers>>})', 'adds up rows of different pod'],
    ['sum without (pod) (m{<<.LabelMatchers>>})', 'adds up rows of different pod'],
    ['m{<<.LabelMatchers>>} / on (namespace) n{<<.LabelMatchers>>}', '/ matches rows of different pod'],
    ['m{<<.LabelMatchers>>} / n{namespace="<<.LabelValuesByName.namespace>>"}', 'asks for namespace but not for pod'],
    [
      'm{namespace="<<.LabelValuesByName.namespace>>",pod="<<.LabelValuesByName.pod>>"}',
      'elsewhere than into matchers',
    ],
  ])('%s depends on which', (template, why) => {
    expect(asked(template, PODS)).toContain(`alone: `);
    expect(asked(template, PODS)).toContain(why);
  });

  it('a selector on the label that names them is asked alone', () => {
    expect(asked('m{<<.LabelMatchers>>}', [{ pods: ['a'], selector: 'pod=b' }])).toBe('alone: pod is asked for twice');
  });
});
