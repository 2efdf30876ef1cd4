import { describe, expect, it } from '@jest/globals';
import type { SourceOf } from '../../src/app/check-listings.ts';
import { checkRules } from '../../src/app/check-rules.ts';
import type { CheckRulesOptions } from '../../src/app/check-world.ts';
import { parseRules } from '../../src/config/rules.ts';
import { InvalidError, UnavailableError } from '../../src/domain/errors.ts';
import type { RulesCheck } from '../../src/domain/rules/rule-check.ts';
import type { Labels, QueryResult } from '../../src/ports/metrics-source.ts';
import { RESOURCES } from '../domain/rules/cluster-resources.ts';

const SERIES: readonly Labels[] = [
  { __name__: 'viewers', namespace: 'streaming', pod: 'web-1', service: 'web' },
  { __name__: 'viewers', namespace: 'streaming', pod: 'web-0', service: 'web' },
  { __name__: 'viewers', namespace: 'arena', pod: 'web-9', service: 'web' },
  { __name__: 'QueueDepth', namespace: 'jobs' },
];
const AT = Date.UTC(2026, 10, 24, 12) / 1000;
const rows = (...samples: [number, Labels][]): QueryResult => ({
  type: 'vector',
  samples: samples.map(([value, labels]) => ({ labels, timestamp: AT, value })),
});

/** A Prometheus with these series that answers each query with the same rows. */
const prometheus = (answer: (promql: string) => QueryResult = () => rows([1200, {}])): SourceOf => {
  const source = {
    query: async (promql: string) => answer(promql),
    series: async (selector: string) =>
      SERIES.filter(({ __name__: name }) => selector.includes(name!) || selector.includes('.+')),
  };
  return () => source;
};

async function check(text: string, about: Partial<CheckRulesOptions> = {}): Promise<RulesCheck> {
  const file = parseRules('rules.yaml', text);
  expect(file.problems).toEqual([]);
  return checkRules({
    file,
    sourceOf: prometheus(),
    types: new Map([['viewers', 'gauge']]),
    resources: RESOURCES,
    sample: { namespace: null, selector: '' },
    mostMetrics: 3,
    now: AT,
    progress: () => {},
    ...about,
  });
}

const messages = ({ findings }: RulesCheck): string[] => findings.map(({ message }) => message);
const EXTERNAL = (query: string, seriesQuery = 'viewers{namespace!=""}', more = ''): string =>
  `externalRules: [{seriesQuery: '${seriesQuery}', resources: {overrides: {namespace: {resource: namespace}}}, metricsQuery: '${query}'${more}}]`;
const CUSTOM = (query: string, more = ''): string =>
  `rules: [{seriesQuery: 'viewers', resources: {overrides: {namespace: {resource: namespace}, pod: {resource: pod}${more}}}, metricsQuery: '${query}'}]`;
const SUM = 'sum(<<.Series>>{<<.LabelMatchers>>})';

describe('rules that are tried out', () => {
  it('say series, metric, query and answer of a read that the series suggest', async () => {
    const { rules, findings } = await check(EXTERNAL(SUM));
    expect(findings).toEqual([]);
    expect(rules).toEqual([
      {
        place: 'rules.yaml:1:17 externalRules[0]',
        api: 'external.metrics.k8s.io',
        seriesQuery: 'viewers{namespace!=""}',
        found: { type: 'series', series: 3, names: 1 },
        serves: 1,
        metrics: [
          {
            metric: 'viewers',
            series: 'viewers',
            seriesType: 'gauge',
            read: { namespace: 'arena', selector: '', objects: [] },
            query: 'sum(viewers{namespace="arena"})',
            batch: { type: 'together', query: 'sum by (namespace) (viewers{namespace="arena"})' },
            answer: {
              type: 'answered',
              rows: 1,
              items: [{ of: '{}', value: '1200', timestamp: '2026-11-24T12:00:00Z' }],
              note: null,
            },
          },
        ],
        notes: [],
      },
    ]);
  });

  it('say why a read is asked alone', async () => {
    const { rules } = await check(EXTERNAL('topk(1, <<.Series>>{<<.LabelMatchers>>})'));
    expect(rules[0]?.metrics[0]?.batch).toMatchObject({ type: 'alone', why: expect.stringContaining('topk') });
  });

  it('ask for the namespace and selector that a person names', async () => {
    const { rules } = await check(EXTERNAL(SUM), { sample: { namespace: 'jobs', selector: 'service=web' } });
    expect(rules[0]?.metrics[0]?.query).toBe('sum(viewers{service="web",namespace="jobs"})');
  });

  it('keep to the namespaces that a rule allows', async () => {
    const { rules } = await check(EXTERNAL(SUM, 'viewers', ', tidecaster: {allowedNamespaces: [streaming]}'));
    expect(rules[0]?.metrics[0]?.read.namespace).toBe('streaming');
  });

  it('for objects ask for those that the series name, and look for them in the rows', async () => {
    const sourceOf = prometheus(() => rows([10, { pod: 'web-9' }], [20, {}]));
    const { rules, findings } = await check(CUSTOM(`${SUM} by (<<.GroupBy>>)`), { sourceOf });
    const asked = rules[0]?.metrics.map(({ metric, query, answer }) => ({ metric, query, answer }));
    expect(asked).toMatchObject([
      { metric: 'namespaces/viewers', query: 'sum(viewers{namespace=~"arena|streaming"}) by (namespace)' },
      {
        metric: 'pods/viewers',
        query: 'sum(viewers{namespace="arena",pod="web-9"}) by (pod)',
        answer: { rows: 2, items: [{ of: '{pod="web-9"}', value: '10' }], note: '1 rows have no label pod' },
      },
    ]);
    expect(findings.map(({ message }) => message)).toContainEqual(expect.stringContaining('1 rows have no label pod'));
  });

  it('of cpu and memory are asked for what their queries name', async () => {
    const usage = (series: string): string =>
      `{containerQuery: 'sum by (<<.GroupBy>>) (${series}{<<.LabelMatchers>>})', nodeQuery: 'sum by (<<.GroupBy>>) (nodes{<<.LabelMatchers>>})', ` +
      `containerLabel: container, resources: {overrides: {namespace: {resource: namespace}, pod: {resource: pod}, node: {resource: node}}}}`;
    const sourceOf = prometheus(() => rows([0.5, { pod: 'web-9', container: 'web' }]));
    const { rules } = await check(`resourceRules: {cpu: ${usage('viewers')}, memory: ${usage('viewers')}}`, {
      sourceOf,
    });
    expect(rules.map(({ place }) => place.replace(/.* /, ''))).toEqual([
      'resourceRules.cpu.containerQuery',
      'resourceRules.cpu.nodeQuery',
      'resourceRules.memory.containerQuery',
      'resourceRules.memory.nodeQuery',
    ]);
    expect(rules[0]?.metrics).toMatchObject([
      {
        metric: 'pods/cpu',
        query: 'sum by (pod,container) (viewers{namespace="arena",pod="web-9"})',
        answer: { items: [{ value: '500m' }] },
      },
    ]);
    expect(rules[1]).toMatchObject({
      found: { type: 'series', series: 0, names: 0 },
      notes: ['no series names one of nodes, so that there is nobody to ask for'],
    });
  });

  it('of plain PromQL take the namespace from the series that the query names', async () => {
    const text = `tidecaster: {queries: [{name: load, query: 'max(viewers{<<.LabelMatchers>>}) / 2', namespaceLabel: namespace}]}`;
    const { rules, findings } = await check(text);
    expect(findings).toEqual([]);
    expect(rules[0]).toMatchObject({
      found: { type: 'series', series: 3 },
      metrics: [{ metric: 'load', query: 'max(viewers{namespace="arena"}) / 2' }],
    });
  });

  it.each<[string, string, Partial<CheckRulesOptions>, string]>([
    ['no series', EXTERNAL(SUM, 'gone'), {}, 'there is no series of gone'],
    [
      'no rows',
      EXTERNAL(SUM),
      { sourceOf: prometheus(() => rows()) },
      'sum(viewers{namespace="arena"}) has no rows now',
    ],
    [
      'a row that is no number',
      EXTERNAL(SUM),
      { sourceOf: prometheus(() => rows([Number.NaN, {}])) },
      'what is no number is left out',
    ],
    ['a capital in a name that was listed', EXTERNAL(SUM, '{__name__=~".+"}'), {}, 'the metric is QueueDepth'],
    ['a gauge that is rated', EXTERNAL('sum(rate(<<.Series>>{<<.LabelMatchers>>}[1m]))'), {}, 'viewers is a gauge'],
    [
      'a resource that the cluster has not',
      CUSTOM(`${SUM} by (<<.GroupBy>>)`, ', service: {resource: ship}'),
      {},
      'the label service is to name ship',
    ],
    [
      'a metric that two rules give',
      EXTERNAL(SUM, '{__name__=~".+"}').replace(
        /\]$/,
        `, {seriesQuery: '{__name__=~"viewers.+"}', resources: {overrides: {namespace: {resource: namespace}}}, metricsQuery: '${SUM}'}]`,
      ),
      {},
      'gives viewers, which the rule at rules.yaml',
    ],
  ])('warn of %s', async (_what, text, about, message) => {
    const found = await check(text, about);
    expect(messages(found)).toContainEqual(expect.stringContaining(message));
    expect(found.findings.every(({ severity }) => severity === 'warning')).toBe(true);
  });

  it('fail where the query is refused, and the others are still tried', async () => {
    const sourceOf = prometheus((promql) => {
      if (promql.includes('QueueDepth')) throw new InvalidError('bad query');
      return rows([1, {}]);
    });
    const { rules, findings } = await check(EXTERNAL(SUM, '{__name__=~".+"}'), { sourceOf });
    expect(findings).toContainEqual(
      expect.objectContaining({ severity: 'error', message: 'sum(QueueDepth{namespace="jobs"}): bad query' }),
    );
    expect(rules[0]?.metrics.map(({ answer }) => answer.type)).toEqual(['failed', 'answered']);
  });

  it('throw where nobody answers at all', async () => {
    const away = (): Promise<never> => Promise.reject(new UnavailableError('away'));
    await expect(check(EXTERNAL(SUM), { sourceOf: () => ({ query: away, series: away }) })).rejects.toThrow(
      UnavailableError,
    );
  });

  it('without a Prometheus say the query of rules that pin their series, and ask nobody', async () => {
    const sourceOf: SourceOf = () => ({ type: 'none', why: 'nobody is asked' });
    const { rules, findings } = await check(EXTERNAL(SUM), { sourceOf });
    expect(findings).toEqual([]);
    expect(rules[0]).toMatchObject({
      found: { type: 'unknown', why: 'nobody is asked' },
      metrics: [{ query: 'sum(viewers{namespace="default"})', answer: { type: 'not asked' } }],
    });
  });

  it('ask for the first metrics of a rule and count the others', async () => {
    const { rules } = await check(EXTERNAL(SUM, '{__name__=~".+"}'), { mostMetrics: 1 });
    expect(rules[0]).toMatchObject({ serves: 2, metrics: [{ metric: 'queuedepth' }] });
  });
});
