/** The platform that the model plays: the same six services, HPAs and numbers as in k8s-manifests/. */
import { behavior } from '../../domain/hpa/behavior.ts';
import type { HpaSpec } from '../../domain/hpa/hpa-spec.ts';
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
  /** The query that answers the HPA's metric, as a metric rule would write it. */
  query: string;
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
  metric: 'concurrent_viewers' | 'bandwidth';
  of: string;
  averageValue: string;
  maxReplicas: number;
};

const viewersPerPod = (averageValue: string, maxReplicas: number): Scaling => ({
  metric: 'concurrent_viewers',
  of: 'streaming-service',
  averageValue,
  maxReplicas,
});

export const SERVICES: readonly Service[] = [
  service('streaming-service', 'player', viewersPerPod('1000', 100)),
  service('cdn-gateway', 'gateway', {
    metric: 'bandwidth',
    of: 'cdn-gateway',
    averageValue: '5G',
    maxReplicas: 100,
  }),
  service('video-api', 'api', viewersPerPod('5000', 40)),
  service('user-service', 'sessions', viewersPerPod('5000', 40)),
  service('recommendation-engine', 'recommender', viewersPerPod('8000', 25)),
  service('analytics-service', 'analytics', viewersPerPod('20000', 10)),
];

/** What a service of that name does; null for a stranger. */
export const roleOf = (name: string): Role | null => SERVICES.find((each) => each.name === name)?.role ?? null;

function service(name: string, role: Role, scaling: Scaling): Service {
  const { metric, of, averageValue, maxReplicas } = scaling;
  const matchers = `{namespace="${NAMESPACE}",service="${of}"}`;
  const query =
    metric === 'bandwidth' ? `8 * sum(rate(cdn_bytes_total${matchers}[1m])) by ()` : `sum(${metric}${matchers}) by ()`;
  const spec: HpaSpec = {
    namespace: NAMESPACE,
    minReplicas: 1,
    maxReplicas,
    metrics: [
      {
        type: 'External',
        metric: { name: metric, selector: { service: of } },
        target: { type: 'AverageValue', averageValue: parseQuantity(averageValue)! },
      },
    ],
    behavior: BEHAVIOR,
  };
  return {
    namespace: NAMESPACE,
    name,
    role,
    podSize: POD_SIZES[role],
    scaling,
    hpa: { name: `${name}-hpa`, spec },
    query,
  };
}

/** The replicas that so many viewers need. */
export function neededFor({ scaling, hpa }: Service, viewers: number): number {
  const usage = scaling.metric === 'bandwidth' ? viewers * BITS_PER_VIEWER : viewers;
  const needed = Math.ceil((usage * 1000) / Number(parseQuantity(scaling.averageValue)!));
  return Math.min(Math.max(needed, hpa.spec.minReplicas), hpa.spec.maxReplicas);
}
