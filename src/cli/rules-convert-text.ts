import { Document, type Node, isMap, isSeq } from 'yaml';
import type {
  Conversion,
  ConvertedHpa,
  ConvertedPolicy,
  ConvertedQuery,
  HpaMetric,
  Noted,
} from '../domain/keda/conversion.ts';
import type { Backend } from '../domain/rules/backend.ts';

/** The files that a conversion is written as, in their order; those without content are left out. */
export function convertedFiles({ backends, queries, hpas, policies, leftOut }: Conversion): Map<string, string> {
  const files = new Map<string, string>();
  if (queries.length > 0) files.set('rules.yaml', rulesText(backends, queries, leftOut));
  if (hpas.length > 0) files.set('hpas.yaml', hpas.map((hpa) => manifest(hpa, hpaManifest)).join('---\n'));
  if (policies.length > 0)
    files.set('policies.yaml', policies.map((policy) => manifest(policy, policyManifest)).join('---\n'));
  return files;
}

function rulesText(
  backends: readonly Noted<Backend>[],
  queries: readonly Noted<ConvertedQuery>[],
  leftOut: readonly string[],
): string {
  const document = new Document({
    tidecaster: {
      ...(backends.length > 0 && { backends: backends.map(({ value }) => backendEntry(value)) }),
      queries: queries.map(({ value }) => queryEntry(value)),
    },
  });
  for (const [key, noted] of [
    ['backends', backends],
    ['queries', queries],
  ] as const) {
    const list = document.getIn(['tidecaster', key]);
    if (isSeq<Node>(list)) for (const [index, item] of list.items.entries()) comment(item, noted[index]?.notes ?? []);
  }
  if (leftOut.length > 0) document.commentBefore = [' Not converted:', ...leftOut.map((one) => ` - ${one}`)].join('\n');
  return document.toString(STYLE);
}

const STYLE = { lineWidth: 0 } as const;

/** On the first key, so that it stands below the dash. */
function comment(item: Node, notes: readonly string[]): void {
  const [first] = isMap<Node>(item) ? item.items : [];
  if (first && notes.length > 0) first.key.commentBefore = notes.map((note) => ` ${oneLine(note)}`).join('\n');
}

const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ');

function manifest<T>({ value, notes }: Noted<T>, make: (value: T) => object): string {
  const document = new Document(make(value));
  document.commentBefore = notes.map((note) => ` ${oneLine(note)}`).join('\n');
  return document.toString(STYLE);
}

function backendEntry({ name, url, tenant, headers, caFile, clientCertificate, bearerTokenFile }: Backend): object {
  return {
    name,
    url,
    ...(tenant !== null && { tenant }),
    ...(Object.keys(headers).length > 0 && { headers }),
    ...(caFile !== null && { caFile }),
    ...clientCertificate,
    ...(bearerTokenFile !== null && { bearerTokenFile }),
  };
}

const queryEntry = ({ name, query, allowedNamespace, backend, empty }: ConvertedQuery): object => ({
  name,
  query,
  namespaceLabel: null,
  allowedNamespaces: [allowedNamespace],
  ...(backend !== null && { backend }),
  values: { empty, nan: empty, infinite: empty },
});

function hpaManifest(hpa: ConvertedHpa): object {
  const { namespace, name, labels, target, minReplicas, maxReplicas, metrics, behavior } = hpa;
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name, namespace, ...(Object.keys(labels).length > 0 && { labels }) },
    spec: {
      scaleTargetRef: target,
      ...(minReplicas !== null && { minReplicas }),
      maxReplicas,
      metrics: metrics.map(metricEntry),
      ...(behavior !== null && { behavior }),
    },
  };
}

function metricEntry(metric: HpaMetric): object {
  if (metric.type === 'External') {
    const { target, value } = metric;
    const wanted = target === 'Value' ? { type: target, value } : { type: target, averageValue: value };
    return { type: 'External', external: { metric: { name: metric.metric }, target: wanted } };
  }
  const { resource, container, target, value } = metric;
  const wanted =
    target === 'Utilization'
      ? { type: target, averageUtilization: Number(value) }
      : { type: target, averageValue: value };
  return container === null
    ? { type: 'Resource', resource: { name: resource, target: wanted } }
    : { type: 'ContainerResource', containerResource: { name: resource, container, target: wanted } };
}

const policyManifest = (policy: ConvertedPolicy): object => ({
  apiVersion: 'streaming.io/v1alpha1',
  kind: 'AutoscalingPolicy',
  metadata: { name: policy.name, namespace: policy.namespace },
  spec: {
    targetRef: { kind: 'HorizontalPodAutoscaler', name: policy.hpa },
    timeZone: policy.timeZone,
    minReplicas: policy.minReplicas,
    maxReplicas: policy.maxReplicas,
    schedules: policy.schedules,
  },
});
