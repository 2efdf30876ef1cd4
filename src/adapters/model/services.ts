/** The platform that the model plays: the same six services, HPAs and numbers as in k8s-manifests/. */
import { behavior } from '../../domain/hpa/behavior.ts';
import type { AverageValueTarget, HpaSpec, MetricSpec } from '../../domain/hpa/hpa-spec.ts';
import { parseQuantity } from '../../domain/quantity.ts';
import type { Role } from './exporter.ts';
import { POD_SIZES, type PodSize } from './kubelet.ts';
import { BITS_PER_VIEWER } from './workload.ts';

export type Service = {
  namespace: string;
  name: string;
  role: Role;
  podSize: PodSize;
  scaling: Scaling;
  hpa: { name: string; spec: HpaSpec };
  /** What answers each of the HPA's metrics, in their order: the query of a metric rule, without the names of the pods. */
  queries: readonly string[];
};

const NAMESPACE = 'streaming';

/** Up: fourfold or a hundred at once. Down: a tenth a minute, after five quiet minutes. */
const BEHAVIOR = behavior({
  scaleUp: {
    policies: [
      { type: 'Percent', value: 300, periodSeconds: 15 },
      { type: 'Pods', value: 100, periodSeconds: 15 },
    ],
  },
  scaleDown: { stabilizationWindowSeconds: 300, policies: [{ type: 'Percent', value: 10, periodSeconds: 60 }] },
});

/** What an HPA scales by: a metric of some service, and how much of it a pod is to have (a Quantity). */
export type Scaling = {
  /** Pods: of its own pods, one by one. External: of a service as a whole. */
  type: 'Pods' | 'External';
  metric: 'concurrent_viewers' | 'bandwidth';
  of: string;
  averageValue: string;
  maxReplicas: number;
};

const allViewers = (averageValue: string, maxReplicas: number): Scaling => ({
  type: 'External',
  metric: 'concurrent_viewers',
  of: 'streaming-service',
  averageValue,
  maxReplicas,
});

/** Beside every main metric. */
const CPU: MetricSpec = { type: 'Resource', name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } };

/** Of every pod in the namespace. */
const CPU_QUERY = `sum by (pod,container) (rate(container_cpu_usage_seconds_total{container!="",container!="POD",namespace="${NAMESPACE}"}[1m]))`;

export const SERVICES: readonly Service[] = [
  service('streaming-service', 'player', { ...allViewers('1000', 100), type: 'Pods' }),
  service('cdn-gateway', 'gateway', {
    type: 'External',
    metric: 'bandwidth',
    of: 'cdn-gateway',
    averageValue: '5G',
    maxReplicas: 100,
  }),
  service('video-api', 'api', allViewers('5000', 40)),
  service('user-service', 'sessions', allViewers('5000', 40)),
  service('recommendation-engine', 'recommender', allViewers('8000', 25)),
  service('analytics-service', 'analytics', allViewers('20000', 10)),
];

/** What a service of that name does; null for a stranger. */
export const roleOf = (name: string): Role | null => SERVICES.find((each) => each.name === name)?.role ?? null;

function service(name: string, role: Role, scaling: Scaling): Service {
  const spec: HpaSpec = {
    namespace: NAMESPACE,
    minReplicas: 1,
    maxReplicas: scaling.maxReplicas,
    metrics: [mainMetric(scaling), CPU],
    behavior: BEHAVIOR,
  };
  const queries = [mainQuery(scaling), CPU_QUERY];
  return {
    namespace: NAMESPACE,
    name,
    role,
    podSize: POD_SIZES[role],
    scaling,
    hpa: { name: `${name}-hpa`, spec },
    queries,
  };
}

function mainMetric({ type, metric: name, of, averageValue }: Scaling): MetricSpec {
  const target: AverageValueTarget = { type: 'AverageValue', averageValue: parseQuantity(averageValue)! };
  return type === 'Pods'
    ? { type, metric: { name, selector: null }, target }
    : { type, metric: { name, selector: { service: of } }, target };
}

function mainQuery({ type, metric, of }: Scaling): string {
  if (type === 'Pods') return `sum(${metric}{namespace="${NAMESPACE}"}) by (pod)`;
  const matchers = `{namespace="${NAMESPACE}",service="${of}"}`;
  return metric === 'bandwidth'
    ? `8 * sum(rate(cdn_bytes_total${matchers}[1m])) by ()`
    : `sum(${metric}${matchers}) by ()`;
}

/** The replicas that so many viewers need. */
export function neededFor({ scaling, hpa }: Service, viewers: number): number {
  const usage = scaling.metric === 'bandwidth' ? viewers * BITS_PER_VIEWER : viewers;
  const needed = Math.ceil((usage * 1000) / Number(parseQuantity(scaling.averageValue)!));
  return Math.min(Math.max(needed, hpa.spec.minReplicas), hpa.spec.maxReplicas);
}
