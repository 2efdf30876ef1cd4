import type { V2MetricSpec, V2PodsMetricSource } from '@kubernetes/client-node';
import { parse } from 'yaml';
import { CONTAINER_METRICS, METRICS, type MetricName } from '../../src/adapters/model/metrics.ts';
import { BITS_PER_VIEWER } from '../../src/adapters/model/workload.ts';
import { SERVICES } from '../../src/adapters/model/services.ts';
import { parseRules } from '../../src/config/rules.ts';
import { parseQuantity } from '../../src/domain/quantity.ts';
import { associate } from '../../src/domain/rules/association.ts';
import { customQueryOf } from '../../src/domain/rules/custom-rule.ts';
import { customTable, nameText } from '../../src/domain/rules/custom-table.ts';
import { queryOf } from '../../src/domain/rules/metric-rule.ts';
import { nameTable } from '../../src/domain/rules/name-table.ts';
import { usageQueryOf } from '../../src/domain/rules/resource-rules.ts';
import { parseSelector } from '../../src/domain/rules/selector.ts';
import { RESOURCES } from '../domain/rules/cluster-resources.ts';
import { deployments, hpas, read } from './manifests.ts';

const FILE = 'k8s-manifests/autoscaling/custom-metrics.yaml';
const { rules, customRules, resourceRules, problems } = parseRules(FILE, read(FILE));
type Rule = { seriesQuery: string; metricsQuery: string };
const text = parse(read(FILE)) as { externalRules: Rule[]; rules: Rule[] };
const exported = new Map(Object.entries(METRICS));
const listed = new Map(rules.map(({ seriesQuery, pinnedSeries }) => [seriesQuery, [pinnedSeries ?? '']]));
const served = nameTable(rules, listed);
const asked = hpas.flatMap(({ object: { metadata, spec } }) =>
  spec.metrics!.flatMap(({ external }) => (external ? [[metadata!.name!, external.metric] as const] : [])),
);

/** A query with the matchers of each selector in one order: PromQL does not mind which. */
const tidy = (query: string): string =>
  query.replaceAll(
    /\{([^}]*)\}/g,
    (_, matchers: string) =>
      `{${matchers
        .split(',')
        .toSorted((a, b) => (a < b ? -1 : 1))
        .join(',')}}`,
  );

it('the rules are without a fault, and no two serve one name', () => {
  expect(problems).toEqual([]);
  expect(served.overlaps).toEqual([]);
});

it('the rules serve concurrent_viewers, bandwidth and storage_io', () => {
  expect([...served.metrics.keys()]).toEqual(['concurrent_viewers', 'bandwidth', 'storage_io']);
});

it('the rules serve the viewers of each pod, and of the namespace', () => {
  const series = { name: 'concurrent_viewers', labels: ['namespace', 'pod', 'region', 'service'] };
  const shapes = new Map(customRules.map(({ seriesQuery }) => [seriesQuery, [series]]));
  expect([...customTable(customRules, shapes, RESOURCES).metrics.values()].map(nameText)).toEqual([
    'namespaces/concurrent_viewers',
    'pods/concurrent_viewers',
  ]);
});

it.each([...text.rules, ...text.externalRules])(
  '$seriesQuery is exported; a counter is rated, a gauge is not',
  ({ seriesQuery, metricsQuery }) => {
    const metric = exported.get(seriesQuery.split('{')[0]!);
    expect(metric).toBeDefined();
    expect(metricsQuery.includes('rate(')).toBe(metric!.type === 'counter');
  },
);

const usage = (which: 'cpu' | 'memory', [namespace, resource]: [string | null, string], names: string[]) =>
  usageQueryOf(
    resourceRules![which],
    { resource: RESOURCES.find((one) => one.resource === resource)!, namespace, names },
    RESOURCES,
  );

it.each<[string | null, string, string]>([
  ['streaming', 'pods', 'container!="",container!="POD",namespace="streaming",pod="a"'],
  [null, 'nodes', 'id="/",node="a"'],
])('cpu and memory (namespace %s, %s) are asked for by what the kubelets export', (namespace, resource, matchers) => {
  const by = resource === 'pods' ? 'pod,container' : 'node';
  const promql = (of: string): object => expect.objectContaining({ promql: `sum by (${by}) (${of})` });
  const [cpu, memory] = Object.keys(CONTAINER_METRICS);
  expect(usage('cpu', [namespace, resource], ['a'])).toEqual(promql(`rate(${cpu}{${matchers}}[1m])`));
  expect(usage('memory', [namespace, resource], ['a'])).toEqual(promql(`${memory}{${matchers}}`));
});

it('the window that readers are told is the range of the rates', () => {
  expect(resourceRules!.windowSeconds).toBe(60);
});

it('bandwidth is in bits, of a counter of bytes', () => {
  const bandwidth = served.metrics.get('bandwidth')!;
  expect(bandwidth.series).toMatch(/_bytes_total$/);
  const query = queryOf(bandwidth.rule, { series: bandwidth.series, namespace: 'streaming', requirements: [] });
  expect(query).toMatch(/^8 \* sum\(rate\(/);
});

it.each(asked)('%s asks for a metric that is served', (_, { name }) => {
  expect(served.metrics.has(name)).toBe(true);
});

it.each(asked)('%s selects by the label `service`, of a service that exports the series', (_, { name, selector }) => {
  expect(Object.keys(selector!.matchLabels!)).toEqual(['service']);
  const role = SERVICES.find((service) => service.name === selector!.matchLabels!.service)?.role;
  expect(role).toBe(name === 'bandwidth' ? 'gateway' : 'player');
});

it('viewers are asked for pod by pod, of a rule that serves them', () => {
  const [{ metric }] = hpas.flatMap(({ object }) => object.spec.metrics!.flatMap(({ pods }) => pods ?? [])) as [
    V2PodsMetricSource,
  ];
  expect(metric).toEqual({ name: 'concurrent_viewers' });
});

/** What the server would ask Prometheus for one metric of an HPA, of one pod where it is of pods. */
function rendered({ external, pods, resource }: V2MetricSpec, namespace: string): string {
  if (external) {
    const { series, rule } = served.metrics.get(external.metric.name)!;
    const requirements = parseSelector(`service=${external.metric.selector!.matchLabels!.service}`);
    return queryOf(rule, { series, namespace, requirements });
  }
  const ofPods = { resource: RESOURCES.find((one) => one.resource === 'pods')!, namespace, names: ['a'] };
  const rule = customRules.find(({ seriesQuery }) => seriesQuery.startsWith(`${pods?.metric.name}{`));
  const query = rule
    ? customQueryOf(rule, associate(rule.labels, RESOURCES), {
        ...ofPods,
        series: pods!.metric.name,
        requirements: [],
        groupBy: [],
      })
    : usageQueryOf(resourceRules![resource!.name as 'cpu'], ofPods, RESOURCES);
  if (query.type === 'none') throw new Error(query.why);
  return query.promql;
}

describe.each(SERVICES)('the demo plays $hpa.name', ({ hpa, queries, podSize, name, namespace }) => {
  const { spec } = hpas.find(({ object }) => object.metadata?.name === hpa.name)!.object;

  it('with the same metrics, of the same size', () => {
    const metrics = spec.metrics!.map(({ external, pods, resource }) => {
      if (resource) return { type: 'Resource', name: resource.name, target: resource.target };
      const { metric, target } = (external ?? pods)!;
      return {
        type: external ? 'External' : 'Pods',
        metric: { name: metric.name, selector: metric.selector?.matchLabels ?? null },
        target: { type: 'AverageValue', averageValue: parseQuantity(target.averageValue!) },
      };
    });
    expect(hpa.spec.metrics).toEqual(metrics);
  });

  it('with the queries of the rules, but for the names of pods', () => {
    const rules = spec.metrics!.map((metric) => rendered(metric, namespace).replace(',pod="a"', ''));
    expect(queries.map(tidy)).toEqual(rules.map(tidy));
  });

  it('with the same bounds and behavior', () => {
    expect(hpa.spec.maxReplicas).toBe(spec.maxReplicas);
    expect(hpa.spec.behavior).toMatchObject(spec.behavior!);
  });

  it('with pods that request as much', () => {
    const { object } = deployments.find((one) => one.object.metadata?.name === name)!;
    const { requests } = object.spec!.template.spec!.containers[0]!.resources!;
    expect(parseQuantity(requests!.cpu!)).toBe(BigInt(podSize.cpu * 1000));
    expect(parseQuantity(requests!.memory!)).toBe(BigInt(podSize.memory) * 1000n);
  });

  it('with a size that says for how many viewers a pod is there', () => {
    const { target } = (spec.metrics![0]!.external ?? spec.metrics![0]!.pods)!;
    const goal = Number(parseQuantity(target.averageValue!)) / 1000;
    expect(podSize.viewers).toBe(Math.floor(goal >= 1e9 ? goal / BITS_PER_VIEWER : goal));
  });
});

it.each<[MetricName, 'gauge' | 'counter']>([
  ['concurrent_viewers', 'gauge'],
  ['video_quality_score', 'gauge'],
  ['recommendation_accuracy', 'gauge'],
  ['buffering_events_total', 'counter'],
])('the workloads export %s as a %s', (name, type) => {
  expect(METRICS[name].type).toBe(type);
});

it.each([...exported])('%s ends in _total if and only if it is a counter', (name, { type }) => {
  expect(name.endsWith('_total')).toBe(type === 'counter');
});

it('concurrent_viewers_total lives on as an alias of the gauge', () => {
  const file = parse(read('k8s-manifests/monitoring/prometheus/recording-rules.yaml')) as {
    groups: { rules: { record: string; expr: string }[] }[];
  };
  const alias = file.groups.flatMap((group) => group.rules).find(({ record }) => record === 'concurrent_viewers_total');
  expect(alias?.expr).toBe('concurrent_viewers');
});
