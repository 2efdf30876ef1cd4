import { describe, expect, it } from '@jest/globals';
import { lintRules } from '../../../src/domain/rules/lint-rules.ts';
import { type SeriesType, lintTypes } from '../../../src/domain/rules/lint-types.ts';
import type { MetricRule } from '../../../src/domain/rules/metric-rule.ts';
import { parseNaming } from '../../../src/domain/rules/naming.ts';
import { compileRegex } from '../../../src/domain/rules/regex.ts';
import { parseTemplate } from '../../../src/domain/rules/template.ts';
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
    const findings = lintRules(rules);
    expect(findings.map(({ message }) => message)).toEqual(messages.map((message) => expect.stringContaining(message)));
    expect(findings.every(({ severity }) => severity === 'warning')).toBe(true);
  });
});

describe('with the types that Prometheus gives', () => {
  it.each<[string, string, string, SeriesType, string[]]>([
    [
      'a gauge named like a counter may not be rated',
      'jobs_total',
      RATED,
      'gauge',
      ['jobs_total is a gauge, but the query rates it'],
    ],
    ['a gauge named like a counter is taken as it is', 'jobs_total', BARE, 'gauge', []],
    ['a counter named like a gauge is rated', 'hits', RATED, 'counter', []],
    [
      'a counter named like a gauge may not be taken as it is',
      'hits',
      BARE,
      'counter',
      ['hits is a counter, but the query does not rate it'],
    ],
    ['a quantile of a summary is taken as it is', 'latency', BARE, 'summary', []],
  ])('%s', (_what, series, query, type, messages) => {
    const findings = lintTypes([rule(series, query)], new Map([[series, type]]), () => [series]);
    expect(findings.map(({ message }) => message)).toEqual(messages.map((message) => expect.stringContaining(message)));
  });

  it('the parts of histograms and summaries are counters', () => {
    const types = new Map<string, SeriesType>([
      ['h', 'histogram'],
      ['s', 'summary'],
    ]);
    const series = ['h_bucket', 'h_count', 'h_sum', 's_count', 's_sum', 's', 'unknown_sum'];
    const findings = lintTypes([rule('{__name__=~".+"}', BARE)], types, () => series);
    expect(findings).toHaveLength(5);
  });
});
