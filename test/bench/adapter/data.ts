import type { Read } from '../client/verdict.ts';
import type { Scale } from './scale.ts';

/** What series, objects and reads are made of. A kind of read: External of an HPA, or Pods. */
export type Kind = 'external' | 'pods';
export const KINDS: readonly Kind[] = ['external', 'pods'];

const SERVICE = 'streaming-service';
export const namespaceOf = (index: number): string => `tenant-${String(index).padStart(4, '0')}`;
export const podOf = (index: number): string => `web-${index}`;
export const POD_LABELS = { app: 'web' };

/** Odd, so that a Quantity writes it digit by digit and each pod's differs. */
const valueOf = (namespace: number, pod: number): number => 100 * namespace + 2 * pod + 1;

const upTo = (count: number): number[] => Array.from({ length: count }, (_none, index) => index);

/** Prometheus' text format: one gauge, a series a pod. */
export function exposition({ namespaces, podsPerNamespace }: Scale): string {
  const lines = upTo(namespaces).flatMap((namespace) =>
    upTo(podsPerNamespace).map(
      (pod) =>
        `concurrent_viewers{namespace="${namespaceOf(namespace)}",pod="${podOf(pod)}",service="${SERVICE}"} ${valueOf(namespace, pod)}\n`,
    ),
  );
  return `# TYPE concurrent_viewers gauge\n${lines.join('')}`;
}

const SERIES = 'concurrent_viewers{namespace!="",pod!=""}';
const SUM = 'sum(<<.Series>>{<<.LabelMatchers>>}) by (<<.GroupBy>>)';
const manyName = (metric: number): string => `viewers_${metric}`;

/** The configuration file of both adapters: a rule for pods, one for External, and one for each metric of the run with many keys. */
export function configuration({ metrics }: Scale): object {
  const resources = { overrides: { namespace: { resource: 'namespace' }, pod: { resource: 'pod' } } };
  const rule = { seriesQuery: SERIES, resources, metricsQuery: SUM };
  return {
    rules: [rule],
    externalRules: [rule, ...upTo(metrics).map((metric) => ({ ...rule, name: { as: manyName(metric) } }))],
  };
}

/** The keys of one rule: one in each namespace. */
export function readsOf(kind: Kind, scale: Scale): Read[] {
  switch (kind) {
    case 'external':
      return externalReads('concurrent_viewers', scale);
    case 'pods':
      return upTo(scale.namespaces).map((namespace) => podsRead(namespace, scale));
  }
}

/** The keys of many rules, one rule after another, so that neighbours in time are of one rule. */
export const manyReads = (scale: Scale): Read[] =>
  upTo(scale.metrics).flatMap((metric) => externalReads(manyName(metric), scale));

const externalReads = (metric: string, { namespaces, podsPerNamespace }: Scale): Read[] =>
  upTo(namespaces).map((namespace) => {
    const sum = upTo(podsPerNamespace).reduce((sum, pod) => sum + valueOf(namespace, pod), 0);
    return {
      path: `/apis/external.metrics.k8s.io/v1beta1/namespaces/${namespaceOf(namespace)}/${metric}?labelSelector=service%3D${SERVICE}`,
      expected: { type: 'external', value: String(sum) },
    };
  });

const podsRead = (namespace: number, { podsPerNamespace }: Scale): Read => ({
  path: `/apis/custom.metrics.k8s.io/v1beta2/namespaces/${namespaceOf(namespace)}/pods/%2A/concurrent_viewers?labelSelector=app%3D${POD_LABELS.app}`,
  expected: {
    type: 'pods',
    values: Object.fromEntries(upTo(podsPerNamespace).map((pod) => [podOf(pod), String(valueOf(namespace, pod))])),
  },
});
