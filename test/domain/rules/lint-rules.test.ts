import { describe, expect, it } from '@jest/globals';
import { lintRules } from '../../../src/domain/rules/lint-rules.ts';
import { type SeriesType, typeFault } from '../../../src/domain/rules/lint-types.ts';
import type { Finding } from '../../../src/domain/policy/lint.ts';
import type { MetricRule } from '../../../src/domain/rules/metric-rule.ts';
import { parseNaming } from '../../../src/domain/rules/naming.ts';
import { compileRegex } from '../../../src/domain/rules/regex.ts';
import { parseTemplate } from '../../../src/domain/rules/template.ts';
import { aCustomRule, labelsOf } from './a-custom-rule.ts';
import { aResourceRule } from './a-resource-rule.ts';
import { aRule } from './a-rule.ts';

const rule = (seriesQuery: string, query: string, about: Partial<MetricRule> = {}): MetricRule =>
  aRule({ seriesQuery, metricsQuery: parseTemplate(query), ...about });
const RATED = 'sum(rate(<<.Series>>{<<.LabelMatchers>>}[2m]))';
const BARE = 'sum(<<.Series>>{<<.LabelMatchers>>})';
const BACKEND = { name: 'far', url: 'http://far', tenant: null, headers: {}, caFile: null, clientCertificate: null };

describe('what lint says of rules', () => {
  it.each<[string, MetricRule[], string[]]>([
    ['nothing of a gauge as it is and a rated counter', [rule('viewers', BARE), rule('bytes_total', RATED)], []],
    ['a counter by its name that is not rated', [rule('bytes_total', BARE)], ['bytes_total is a counter by its name']],
    [
      'a gauge by its name that is rated',
      [rule('viewers', RATED)],
      ['viewers is no counter by its name, but the query rates it'],
    ],
    [
      'nothing of the sum of a histogram',
      [rule('latency_sum', RATED), rule('latency_sum', BARE, { naming: parseNaming('', 'x') })],
      [],
    ],
    [
      'nothing of a rate around a subquery of it',
      [rule('bytes_total', 'max_over_time(rate(<<.Series>>{<<.LabelMatchers>>}[1m])[5m:])')],
      [],
    ],
    ['a series of another name beside it is another matter', [rule('viewers', `${BARE} / sum(rate(x_total[1m]))`)], []],
    ['a capital in the name', [rule('QueueDepth', BARE)], ['in lower case: it is found, and answered as queuedepth']],
    ['what is no PromQL', [rule('viewers', 'sum(<<.Series>>{<<.LabelMatchers>>}')], ['which is no PromQL']],
    [
      'a query that heeds no selector',
      [rule('viewers', 'sum(<<.Series>>)')],
      ['selector and namespace make no difference'],
    ],
    [
      'nothing of a plain query that answers every namespace alike on purpose',
      [rule('viewers', 'sum(x)', { plain: true, namespaceLabel: null, allowedNamespaces: ['n'] })],
      [],
    ],
    [
      'nothing of a query that takes values by name',
      [rule('viewers', 'sum(<<.Series>>{namespace="<<.LabelValuesByName.namespace>>"})')],
      [],
    ],
    [
      'a rule that every namespace may read, but not one that names those that may',
      [
        rule('a', BARE, { namespaceLabel: null }),
        rule('b', BARE, { namespaceLabel: null, allowedNamespaces: ['streaming'] }),
      ],
      ['every namespace may read it'],
    ],
    [
      'a comma that prometheus-adapter would send without a selector',
      [
        rule('a', 'sum(<<.Series>>{<<.LabelMatchers>>,x="y"})', { namespaceLabel: null, allowedNamespaces: ['n'] }),
        rule('b', 'sum(<<.Series>>{<<.LabelMatchers>>,x="y"})'),
        rule('c', 'sum(<<.Series>>{<<.LabelMatchers>>,})', { namespaceLabel: null, allowedNamespaces: ['n'] }),
      ],
      ['a comma stands behind <<.LabelMatchers>>'],
    ],
    [
      'a rule that serves nothing',
      [rule('viewers', BARE, { seriesFilters: [{ type: 'isNot', regex: compileRegex('view') }] })],
      ['serves nothing'],
    ],
    [
      'a name that two rules give, also in other letters',
      [rule('viewers', BARE), rule('VIEWERS', BARE)],
      [
        'in lower case',
        'gives viewers, which the rule at rules.yaml:2:3 externalRules[0] gives too: the last one answers',
      ],
    ],
    [
      'a token over plain http, once for a backend',
      [
        rule('a', BARE, { backend: { ...BACKEND, bearerTokenFile: '/token' } }),
        rule('b', BARE, { backend: { ...BACKEND, bearerTokenFile: '/token' } }),
      ],
      ['its backend far gets a bearer token over plain http'],
    ],
  ])('%s', (_what, rules, messages) => {
    const findings = lintRules({ rules, customRules: [], resourceRules: null });
    expect(findings.map(({ message }) => message)).toEqual(messages.map((message) => expect.stringContaining(message)));
    expect(findings.every(({ severity }) => severity === 'warning')).toBe(true);
  });
});

describe('what lint says of rules for objects and of cpu and memory', () => {
  const custom = (query: string, about = {}): Finding[] =>
    lintRules({
      rules: [],
      customRules: [aCustomRule({ metricsQuery: parseTemplate(query), ...about })],
      resourceRules: null,
    });

  it.each<[string, string, object, string[]]>([
    ['nothing of rows by <<.GroupBy>>', `${BARE} by (<<.GroupBy>>)`, {}, []],
    ['nothing of rows by a label of an override', `${BARE} by (pod)`, {}, []],
    ['nothing of rows with all their labels', '<<.Series>>{<<.LabelMatchers>>}', {}, []],
    ['nothing of the greatest rows', 'topk(3, <<.Series>>{<<.LabelMatchers>>})', {}, []],
    ['rows that name no object', BARE, {}, ['name no object: expected an aggregation by (<<.GroupBy>>)']],
    [
      'rows without the label of their object',
      'sum without (tidecaster_object, namespace, pod) (<<.Series>>{<<.LabelMatchers>>})',
      {},
      ['name no object'],
    ],
    [
      'a counter by its name that is not rated',
      `${BARE} by (pod)`,
      { seriesQuery: 'bytes_total' },
      ['bytes_total is a counter by its name'],
    ],
    [
      'what is no PromQL',
      'sum(',
      { labels: labelsOf({ template: '<<.Resource>>' }) },
      ['which is no PromQL', 'no difference'],
    ],
  ])('%s', (_what, query, about, messages) => {
    expect(custom(query, about).map(({ message }) => message)).toEqual(
      messages.map((message) => expect.stringContaining(message)),
    );
  });

  it('names which query of cpu and memory it speaks of', () => {
    const cpu = { ...aResourceRule.cpu, containerQuery: parseTemplate('sum(cpu{<<.LabelMatchers>>}) by (pod)') };
    const memory = { ...aResourceRule.memory, nodeQuery: parseTemplate('sum(memory) by (<<.GroupBy>>)') };
    const findings = lintRules({ rules: [], customRules: [], resourceRules: { ...aResourceRule, cpu, memory } });
    expect(findings.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^cpu.containerQuery: its rows name no container/),
      expect.stringMatching(/^memory.nodeQuery: selector and namespace make no difference/),
    ]);
    expect(lintRules({ rules: [], customRules: [], resourceRules: aResourceRule })).toEqual([]);
  });
});

describe('with the types that Prometheus gives', () => {
  it.each<[string, string, string, SeriesType, string | null]>([
    [
      'a gauge named like a counter may not be rated',
      'jobs_total',
      RATED,
      'gauge',
      'jobs_total is a gauge, but the query rates it',
    ],
    ['a gauge named like a counter is taken as it is', 'jobs_total', BARE, 'gauge', null],
    ['a counter named like a gauge is rated', 'hits', RATED, 'counter', null],
    [
      'a counter named like a gauge may not be taken as it is',
      'hits',
      BARE,
      'counter',
      'hits is a counter, but the query does not rate it',
    ],
    ['a quantile of a summary is taken as it is', 'latency', BARE, 'summary', null],
  ])('%s', (_what, series, query, type, message) => {
    const promql = query.replace('<<.Series>>', series).replace('<<.LabelMatchers>>', 'x="y"');
    const fault = typeFault(promql, series, new Map([[series, type]]));
    expect(fault).toEqual(message === null ? null : expect.stringContaining(message));
  });

  it('the parts of histograms and summaries are counters', () => {
    const types = new Map<string, SeriesType>([
      ['h', 'histogram'],
      ['s', 'summary'],
    ]);
    const series = ['h_bucket', 'h_count', 'h_sum', 's_count', 's_sum', 's', 'unknown_sum'];
    expect(series.filter((name) => typeFault(`sum(${name})`, name, types) !== null)).toHaveLength(5);
  });
});
