/**
 * A streaming platform in memory: viewers come and go, pods export series, HPAs tick every 15 s, pods take time to start. It
 * has no life of its own: whoever looks at it brings it up to the clock's now. Deterministic for a clock, a seed and a start.
 */
import type { Condition } from '../../domain/hpa/conditions.ts';
import type { HpaState } from '../../domain/hpa/hpa-state.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Cluster } from '../../ports/cluster.ts';
import type { LeaseStore } from '../../ports/lease-store.ts';
import type { MetricWants } from '../../ports/metric-wants.ts';
import type { MetricsSource } from '../../ports/metrics-source.ts';
import type { Objects } from '../../ports/objects.ts';
import type { RestMapper } from '../../ports/rest-mapper.ts';
import { NodePool } from './deployment.ts';
import { kubelet } from './kubelet.ts';
import { modelLeaseStore } from './lease-store.ts';
import { type Load, type Surge, total, USUAL_PEAK, type Viewers, viewersAt } from './load.ts';
import { modelMetricWants } from './metric-wants.ts';
import { ModelCluster, type OtherPeople } from './model-cluster.ts';
import type { ModelHpa } from './model-hpa.ts';
import { type MetricsReader, metricsReader } from './metrics-reader.ts';
import { modelMetrics } from './model-metrics.ts';
import { RESOURCES, modelObjects, modelRestMapper } from './model-objects.ts';
import { SeriesStore } from './series-store.ts';
import { neededFor, type Service, SERVICES } from './services.ts';
import { bandwidthOf, workload } from './workload.ts';

export type ModelOptions = {
  clock: Clock;
  seed: number;
  /** When the model's life begins, epoch milliseconds; by then it has been running for a while. Default: the clock's now. */
  start?: number;
  /** Viewers at the top of the day. */
  peak?: number;
  surges?: readonly Surge[];
};

export type ModelPlatform = {
  cluster: Cluster;
  metrics: MetricsSource;
  leaseStore: LeaseStore;
  restMapper: RestMapper;
  objects: Objects;
  wants: MetricWants;
  otherPeople: OtherPeople;
  /** What there is to see now. */
  snapshot(): Snapshot;
};

/** at: epoch milliseconds. */
export type Snapshot = { at: number; viewers: Viewers; services: ServiceSnapshot[] };

export type ServiceSnapshot = {
  namespace: string;
  name: string;
  hpa: HpaState;
  /** All that watch: every service serves them all. */
  viewers: number;
  /** Bits a second that it sends. */
  bandwidth: number;
  desiredReplicas: number;
  readyReplicas: number;
  /** Of the last rescale, in the HPA controller's words. */
  why: string;
  conditions: readonly Condition[];
};

/** The HPA controller's sync period, and the scrape interval. */
const TICK = 15_000;
/** How long it has been running at its start: longer than the longest window of an HPA. */
const WARM_UP = 10 * 60_000;
/** After a longer pause (a laptop that slept) it goes on from this long ago. */
const CATCH_UP = 3_600_000;

export function createModelPlatform(options: ModelOptions): ModelPlatform {
  const { clock, seed, start = clock.now().toMillis(), peak = USUAL_PEAK, surges = [] } = options;
  const load: Load = { seed, peak, origin: start, surges };
  const store = new SeriesStore();
  const exporters = workload();
  const kubelets = kubelet();
  const services = new Map<ModelHpa, Service>();
  let at = start - WARM_UP;
  let born = false;
  const cluster = new ModelCluster({
    nodes: new NodePool(),
    now: () => (born ? advance() : at),
    sync: (hpa, t) => tick(hpa, t, metricsReader(store, t)),
  });

  function advance(): number {
    const now = clock.now().toMillis();
    if (now - at > CATCH_UP + TICK) at = now - CATCH_UP;
    while (at + TICK <= now) step();
    return now;
  }

  /** Pods are scraped, then every HPA ticks. */
  function step(): void {
    at += TICK;
    const fleet = [...services].map(([{ deployment }, { namespace, name, role }]) => {
      return { namespace, service: name, role, pods: deployment.ready(at) };
    });
    const viewers = viewersAt(load, at);
    const inContainers = fleet.map((service) => ({ ...service, cores: null }));
    store.append(at, [...exporters.observe(at, viewers, fleet), ...kubelets.observe(at, viewers, inContainers)]);
    const read = metricsReader(store, at);
    for (const hpa of cluster.all) tick(hpa, at, read);
  }

  function tick(hpa: ModelHpa, t: number, read: MetricsReader): void {
    const service = services.get(hpa);
    hpa.tick(t, service ? read(service, hpa.deployment.pods(t)) : []);
  }

  for (const service of SERVICES) {
    const target = { namespace: service.namespace, name: service.hpa.name };
    const replicas = neededFor(service, total(viewersAt(load, at)));
    const hpa = cluster.create(target, {
      spec: service.hpa.spec,
      manager: null,
      replicas,
      size: service.podSize,
    });
    hpa.deployment.settle();
    services.set(hpa, service);
  }
  while (at + TICK <= start) step();
  born = true;

  return {
    cluster,
    metrics: modelMetrics(store, advance),
    leaseStore: modelLeaseStore(),
    restMapper: modelRestMapper,
    objects: modelObjects(() => {
      const now = advance();
      return [...services].map(([{ deployment }, { namespace, name }]) => {
        return { namespace, name, pods: deployment.pods(now) };
      });
    }),
    wants: modelMetricWants(
      {
        hpas: () => cluster.all.map(({ target, metrics }) => ({ namespace: target.namespace, metrics })),
        onChange: (changed) => cluster.onChange(changed),
      },
      RESOURCES,
    ),
    otherPeople: cluster,
    snapshot() {
      const now = advance();
      const viewers = viewersAt(load, now);
      return {
        at: now,
        viewers,
        services: [...services].map(([hpa, service]) => look(hpa, service, { viewers, now })),
      };
    },
  };
}

function look(hpa: ModelHpa, service: Service, { viewers, now }: { viewers: Viewers; now: number }): ServiceSnapshot {
  return {
    namespace: service.namespace,
    name: service.name,
    hpa: hpa.state,
    viewers: total(viewers),
    bandwidth: bandwidthOf(service.role, viewers),
    desiredReplicas: hpa.deployment.replicas,
    readyReplicas: hpa.deployment.ready(now).length,
    why: hpa.why,
    conditions: hpa.conditions,
  };
}
