import type { Coverage } from './coverage.ts';
import { counterOf, gaugeOf, podCounterOf, podGaugeOf } from './series.ts';

/** A configuration file, as plain data; JSON is YAML. */
export type Configuration = Readonly<Record<List, readonly Record<string, unknown>[]>> & {
  resourceRules?: Readonly<Record<'cpu' | 'memory', object>> & { window: string };
};

type List = 'rules' | 'externalRules';

/** A way to write one key of a rule. at: epoch seconds at which data stands still, for queries over a range. */
type Choice = { name: string; write(family: number, at: number): unknown };

const choice = (name: string, write: Choice['write']): Choice => ({ name, write });

const SERIES_QUERIES: readonly Choice[] = [
  choice('a name with matchers', (family) => `${gaugeOf(family)}{namespace!=""}`),
  choice('a name alone', (family) => counterOf(family)),
  choice('__name__=', (family) => `{__name__="${counterOf(family)}",queue!="nothing"}`),
  choice('__name__=~', (family) => `{__name__=~"^m${family}_.*",namespace!=""}`),
];

const FILTERS: readonly Choice[] = [
  choice('absent', () => undefined),
  choice('empty', () => []),
  choice('is', () => [{ is: '(depth|jobs)' }]),
  choice('isNot', () => [{ isNot: '^jobs' }]),
  choice('several', (family) => [{ is: `^m${family}_` }, { isNot: '_sum$' }, { is: '(?i)D' }]),
];

const RESOURCES: readonly Choice[] = [
  choice('an override', () => ({ overrides: { namespace: { resource: 'namespace' } } })),
  choice('an override in plural with its group', () => ({ overrides: { ns: { group: '', resource: 'namespaces' } } })),
  choice('several overrides', () => ({
    overrides: { kube_namespace: { resource: 'namespace' }, queue: { group: 'apps', resource: 'deployment' } },
  })),
  choice('a template', () => ({ template: '<<.Resource>>' })),
  choice('a template with text and group', () => ({ template: 'kube_<<.Group>><<.Resource>>' })),
  choice('namespaced: true', () => ({ namespaced: true, overrides: { namespace: { resource: 'namespace' } } })),
  choice('namespaced: false', () => ({ namespaced: false })),
];

const NAMES: readonly Choice[] = [
  choice('absent', () => undefined),
  choice('matches without a group', () => ({ matches: 'm[0-9]+_[a-z]+' })),
  choice('matches with one group', (family) => ({ matches: `^(m${family}_.*)$` })),
  choice('as with ${1}', () => ({ matches: '^(.*)_[a-z]+$', as: '${1}_measured' })),
  choice('as with $1 and $2', () => ({ matches: '^(m[0-9]+)_([a-z]+).*$', as: 'of_$2.$1' })),
  choice('as with ${0}', () => ({ as: '${0}_x' })),
  choice('as with a named group', () => ({ matches: '^(?P<base>m[0-9]+_[a-z]*)', as: '${base}_named' })),
  choice('as with capitals', (family) => ({ as: `M${family}_\${0}` })),
  choice('as with $$', () => ({ matches: '^(.*)$', as: '${1}$$' })),
];

const SUM = 'sum(<<.Series>>{<<.LabelMatchers>>}) by (<<.GroupBy>>)';

const METRICS_QUERIES: readonly Choice[] = [
  choice('.Series, .LabelMatchers, .GroupBy', () => SUM),
  choice('rows with their names', () => '<<.Series>>{<<.LabelMatchers>>}'),
  choice('grouped by a label', () => 'max(<< .Series >>{<< .LabelMatchers >>}) by (queue)'),
  choice('a rate at a time', (_family, at) => `sum(rate(<<.Series>>{<<.LabelMatchers>>}[30s] @ ${at})) by (queue)`),
  choice('a scalar', () => 'scalar(sum(<<.Series>>{<<.LabelMatchers>>}))'),
  choice('a number', () => '1.5'),
  choice('a matcher behind', () => '<<.Series>>{<<.LabelMatchers>>,queue!=""}'),
  choice('a matcher before', () => 'count(<<.Series>>{queue!="x",<<.LabelMatchers>>}) by (region)'),
  choice('.GroupBySlice', () => 'label_replace(vector(1), "group", "<<.GroupBySlice>>", "", "")'),
  choice('.LabelValuesByName', () => 'label_replace(vector(0.0004), "values", "<<.LabelValuesByName>>", "", "")'),
  choice(
    'index .LabelValuesByName',
    () => 'label_replace(vector(-0.29), "value", "<<index .LabelValuesByName "queue">>", "", "")',
  ),
  choice(
    'if, else and a comment',
    () =>
      'sum(<<.Series>><</* all of it */>>{<<if .LabelMatchers>><<.LabelMatchers>><<else>>queue!=""<<end>>}) by (region)',
  ),
  choice(
    'range over .LabelValuesByName',
    () => 'count(<<.Series>>{<<range $label, $values := .LabelValuesByName>><<$label>>=~"<<$values>>",<<end>>})',
  ),
  choice(
    'printf, len and eq',
    () =>
      'sum(<<printf "%s{%s}" .Series .LabelMatchers>>) * <<len .LabelValuesByName>> + <<if eq .GroupBy "">>0<<else>>1<<end>>',
  ),
  choice(
    'with, and spaces trimmed',
    () => 'sum(<<.Series>>{<<- with index .LabelValuesByName "queue" ->> queue=~"<<.>>" <<- end >>})',
  ),
  choice('a matrix', () => '<<.Series>>{<<.LabelMatchers>>}[30s]'),
  choice('no PromQL', () => 'sum(<<.Series>>{<<.LabelMatchers>>}'),
  choice('no rows', () => '<<.Series>>{<<.LabelMatchers>>} > 1e300'),
];

const POD_SERIES_QUERIES: readonly Choice[] = [
  choice('a name with matchers', (family) => `${podGaugeOf(family)}{namespace!="",pod!=""}`),
  choice('__name__=~', (family) => `{__name__=~"^p${family}_.*",pod!=""}`),
  choice('a name alone', (family) => podCounterOf(family)),
];

const POD_RESOURCES: readonly Choice[] = [
  choice('overrides', () => ({ overrides: { namespace: { resource: 'namespace' }, pod: { resource: 'pod' } } })),
  choice('overrides in plural with their group', () => ({
    overrides: { kube_namespace: { group: '', resource: 'namespaces' }, kube_pod: { group: '', resource: 'pods' } },
  })),
  choice('an override of what has no namespace', () => ({ overrides: { node: { resource: 'node' } } })),
  choice('a template', () => ({ template: 'kube_<<.Resource>>' })),
  choice('a template and an override', () => ({
    template: 'kube_<<.Resource>>',
    overrides: { node: { resource: 'nodes' } },
  })),
];

const POD_NAMES: readonly Choice[] = [
  choice('absent', () => undefined),
  choice('matches with one group', (family) => ({ matches: `^(p${family}_.*)$` })),
  choice('as with ${1}', () => ({ matches: '^(.*)_[a-z]+$', as: '${1}_Per_Second' })),
];

const POD_METRICS_QUERIES: readonly Choice[] = [
  choice('a sum', () => SUM),
  choice('rows', () => '<<.Series>>{<<.LabelMatchers>>}'),
  choice(
    'a rate at a time',
    (_family, at) => `sum(rate(<<.Series>>{<<.LabelMatchers>>}[30s] @ ${at})) by (<<.GroupBy>>)`,
  ),
  choice('index .GroupBySlice', () => 'max(<<.Series>>{<<.LabelMatchers>>}) by (<<index .GroupBySlice 0>>)'),
  choice(
    'range .LabelValuesByName',
    () =>
      'sum(<<.Series>>{<<range $label, $values := .LabelValuesByName>><<$label>>=~"<<$values>>",<<end>>}) by (<<.GroupBy>>)',
  ),
  choice(
    'printf and if',
    () =>
      '<<if .LabelMatchers>>sum(<<printf "%s{%s}" .Series .LabelMatchers>>) by (<<.GroupBy>>)<<else>>vector(1)<<end>>',
  ),
  choice('a scalar', () => 'scalar(vector(<<len .Series>>))'),
  choice('no rows', () => '<<.Series>>{<<.LabelMatchers>>} > 1e300'),
  choice('no PromQL', () => 'sum(<<.Series>>{<<.LabelMatchers>>}'),
];

/** What a generated rule is made of, one choice of each key; by the list that it stands in. */
export const KEYS: Readonly<Record<List, Readonly<Record<string, readonly Choice[]>>>> = {
  externalRules: {
    seriesQuery: SERIES_QUERIES,
    seriesFilters: FILTERS,
    resources: RESOURCES,
    name: NAMES,
    metricsQuery: METRICS_QUERIES,
  },
  rules: {
    seriesQuery: POD_SERIES_QUERIES,
    seriesFilters: FILTERS,
    resources: POD_RESOURCES,
    name: POD_NAMES,
    metricsQuery: POD_METRICS_QUERIES,
  },
};

/** Series of cores and of bytes, of containers and of nodes, as the exporter has them. */
const USAGE_SERIES = { cpu: 'cores', memory: 'bytes' } as const;

/** A way to write one key of a resourceRule. unit: the end of its series' names. */
type UsageChoice = { name: string; write(unit: string, at: number): unknown };

const usage = (name: string, write: UsageChoice['write']): UsageChoice => ({ name, write });

/** What a generated resourceRule is made of; cpu and memory draw from the same. */
export const USAGE_KEYS: Readonly<Record<string, readonly UsageChoice[]>> = {
  containerQuery: [
    usage('a sum', (unit) => `sum(used_${unit}{<<.LabelMatchers>>}) by (<<.GroupBy>>)`),
    usage(
      'rows at a time, a matcher before',
      (unit, at) => `max_over_time(used_${unit}{pod!="",<<.LabelMatchers>>}[30s] @ ${at})`,
    ),
    usage(
      'range .GroupBySlice',
      (unit) => `sum by (<<range .GroupBySlice>><<.>>,<<end>>) (used_${unit}{<<.LabelMatchers>>})`,
    ),
    usage('no rows', (unit) => `used_${unit}{<<.LabelMatchers>>} > 1e300`),
  ],
  nodeQuery: [
    usage('a sum', (unit) => `sum(node_used_${unit}{<<.LabelMatchers>>}) by (<<.GroupBy>>)`),
    usage('rows', (unit) => `node_used_${unit}{<<.LabelMatchers>>}`),
    usage('no rows', (unit) => `node_used_${unit}{<<.LabelMatchers>>} > 1e300`),
    usage('no PromQL', (unit) => `sum(node_used_${unit}{<<.LabelMatchers>>}`),
  ],
  resources: [
    usage('overrides', () => ({
      overrides: { namespace: { resource: 'namespace' }, pod: { resource: 'pod' }, node: { resource: 'node' } },
    })),
    usage('overrides in plural with their group', () => ({
      overrides: {
        kube_namespace: { group: '', resource: 'namespaces' },
        kube_pod: { group: '', resource: 'pods' },
        kube_node: { group: '', resource: 'nodes' },
      },
    })),
    usage('a template', () => ({ template: 'kube_<<.Resource>>' })),
    usage('a template and an override', () => ({
      template: 'kube_<<.Resource>>',
      overrides: { node: { resource: 'nodes' } },
    })),
  ],
  containerLabel: [usage('container', () => 'container'), usage('another', () => 'kube_container')],
};

export const WINDOWS = [{ name: '30s' }, { name: '2m30s' }] as const;

/** A configuration of so many rules in each list, each of series of its own. */
export function generateConfiguration(coverage: Coverage, rules: number, at: number): Configuration {
  const listOf = (list: List): Record<string, unknown>[] =>
    Array.from({ length: rules }, (_none, family) => {
      const written = Object.entries(KEYS[list]).map(([key, choices]): [string, unknown] => [
        key,
        coverage.choose(`${list}.${key}`, choices).write(family, at),
      ]);
      return Object.fromEntries(written.filter(([, value]) => value !== undefined));
    });
  const usageOf = (resource: keyof typeof USAGE_SERIES): object =>
    Object.fromEntries(
      Object.entries(USAGE_KEYS).map(([key, choices]) => [
        key,
        coverage.choose(`resourceRules.${key}`, choices).write(USAGE_SERIES[resource], at),
      ]),
    );
  const { name: window } = coverage.choose('resourceRules.window', WINDOWS);
  return {
    rules: listOf('rules'),
    externalRules: listOf('externalRules'),
    resourceRules: { cpu: usageOf('cpu'), memory: usageOf('memory'), window },
  };
}

/**
 * The rules that prometheus-adapter's own documentation shows (docs/externalmetrics.md, docs/sample-config.yaml, docs/walkthrough.md of
 * v0.12.0, Apache-2.0), two rules that give one metric, of which the last must answer, a rule for objects that are no pods, and
 * resourceRules.
 */
export const documentedConfiguration: Configuration = {
  rules: [
    {
      // docs/walkthrough.md
      seriesQuery: 'p0_jobs_total{namespace!="",pod!=""}',
      resources: { overrides: { namespace: { resource: 'namespace' }, pod: { resource: 'pod' } } },
      name: { matches: '^(.*)_total', as: '${1}_per_second' },
      metricsQuery: 'sum(rate(<<.Series>>{<<.LabelMatchers>>}[2m])) by (<<.GroupBy>>)',
    },
    {
      seriesQuery: 'p1_jobs_total',
      resources: { template: '<<.Resource>>' },
      metricsQuery: SUM,
    },
    {
      // a scalar that is NaN
      seriesQuery: 'p2_jobs_total',
      resources: { template: '<<.Resource>>' },
      metricsQuery: 'scalar(<<.Series>>{<<.LabelMatchers>>} > 1e300)',
    },
    {
      seriesQuery: 'p3_jobs_total{svc!=""}',
      resources: {
        overrides: {
          namespace: { resource: 'namespace' },
          svc: { resource: 'service' },
          deploy: { group: 'apps', resource: 'deployments' },
        },
      },
      name: { matches: '^p3_(.*)$', as: 'of_objects_$1' },
      metricsQuery: SUM,
    },
  ],
  resourceRules: {
    cpu: {
      containerQuery: 'sum by (<<.GroupBy>>) (used_cores{<<.LabelMatchers>>})',
      nodeQuery: 'sum by (<<.GroupBy>>) (node_used_cores{<<.LabelMatchers>>})',
      resources: {
        overrides: { namespace: { resource: 'namespace' }, pod: { resource: 'pod' }, node: { resource: 'node' } },
      },
      containerLabel: 'container',
    },
    memory: {
      containerQuery: 'sum by (<<.GroupBy>>) (used_bytes{<<.LabelMatchers>>})',
      nodeQuery: 'sum by (<<.GroupBy>>) (node_used_bytes{<<.LabelMatchers>>})',
      resources: { template: 'kube_<<.Resource>>' },
      containerLabel: 'container',
    },
    window: '90s',
  },
  externalRules: [
    {
      seriesQuery: '{__name__="queue_consumer_lag",name!=""}',
      metricsQuery: 'sum(<<.Series>>{<<.LabelMatchers>>}) by (name)',
      resources: { overrides: { namespace: { resource: 'namespace' } } },
    },
    {
      seriesQuery: '{__name__="queue_depth",topic!=""}',
      metricsQuery: 'sum(<<.Series>>{<<.LabelMatchers>>}) by (name)',
      resources: { namespaced: false },
    },
    ...[1, 2].map((factor) => ({
      seriesQuery: 'm0_depth{queue!=""}',
      metricsQuery: `${factor} * max(<<.Series>>{<<.LabelMatchers>>}) by (queue)`,
      resources: { template: '<<.Resource>>' },
    })),
    {
      // the trap of a matcher behind no matcher
      seriesQuery: 'm1_depth',
      metricsQuery: 'sum(<<.Series>>{<<.LabelMatchers>>,queue!=""})',
      resources: { namespaced: false },
    },
    {
      // namespaced, but no label is named for the namespace: the first rule of docs/sample-config.yaml is like this
      seriesQuery: '{__name__="m2_depth",queue!=""}',
      metricsQuery: 'sum(<<.Series>>{<<.LabelMatchers>>}) by (queue)',
    },
    {
      // Go reads $1_x as the group 1_x, which is not there
      seriesQuery: 'm3_depth{namespace!=""}',
      metricsQuery: SUM,
      name: { matches: '^(m3)_depth$', as: 'named_$1_x' },
      resources: { template: '<<.Resource>>' },
    },
    {
      // never seen by Prometheus
      seriesQuery: 'm99_depth{namespace!=""}',
      metricsQuery: SUM,
      resources: { template: '<<.Resource>>' },
    },
  ],
};
