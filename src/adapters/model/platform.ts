/**
 * A streaming platform in memory: viewers come and go, pods export series, HPAs tick every 15 s, pods take time to start. It
 * has no life of its own: whoever looks at it brings it up to the clock's now. Deterministic for a clock, a seed and a start.
 */
import type { Condition } from '../../domain/hpa/conditions.ts';
import type { HpaState } from '../../domain/hpa/hpa-state.ts';
import type { Reading } from '../../domain/hpa/observation.ts';
import { parseQuantity, quantityOf } from '../../domain/quantity.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Cluster } from '../../ports/cluster.ts';
import type { LeaseStore } from '../../ports/lease-store.ts';
import type { MetricWants } from '../../ports/metric-wants.ts';
import type { MetricsSource } from '../../ports/metrics-source.ts';
import type { Objects } from '../../ports/objects.ts';
import type { RestMapper } from '../../ports/rest-mapper.ts';
import { NodePool } from './deployment.ts';
import { modelLeaseStore } from './lease-store.ts';
import { type Load, type Surge, total, USUAL_PEAK, type Viewers, viewersAt } from './load.ts';
import { modelMetricWants } from './metric-wants.ts';
import { ModelCluster, type OtherPeople } from './model-cluster.ts';
import type { ModelHpa } from './model-hpa.ts';
import { modelMetrics, queryAt } from './model-metrics.ts';
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
  const services = new Map<ModelHpa, Service>();
  let at = start - WARM_UP;
  let born = false;
  const cluster = new ModelCluster({ nodes: new NodePool(), now: () => (born ? advance() : at), sync });

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
    store.append(at, exporters.observe(at, viewersAt(load, at), fleet));
    for (const hpa of cluster.all) sync(hpa, at);
  }

  function sync(hpa: ModelHpa, t: number): void {
    const service = services.get(hpa);
    hpa.tick(t, service ? [read(store, service, t)] : []);
  }

  for (const service of SERVICES) {
    const target = { namespace: service.namespace, name: service.hpa.name };
    const replicas = neededFor(service, total(viewersAt(load, at)));
    const hpa = cluster.create(target, { spec: service.hpa.spec, manager: null, replicas });
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
        return { namespace, name, pods: deployment.pods(now).map((pod) => pod.name) };
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

/** What the external metrics API would answer. */
function read(store: SeriesStore, { query }: Service, at: number): Reading {
  const result = queryAt(store, query, at);
  const values = result.type === 'scalar' ? [result.value] : result.samples.map(({ value }) => value);
  const quantities = values.map((value) => parseQuantity(quantityOf(value) ?? ''));
  const numbers = quantities.filter((quantity) => quantity !== null);
  if (numbers.length === quantities.length) return { type: 'Values', values: numbers };
  return { type: 'Unreadable', message: `${query} gives what is no number` };
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
