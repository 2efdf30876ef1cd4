import type { V2HorizontalPodAutoscaler, V2MetricIdentifier, V2MetricSpec } from '@kubernetes/client-node';
import { describeError } from '../../domain/errors.ts';
import {
  type MetricName,
  type MetricWant,
  type NamedMetric,
  distinctWants,
  metricWant,
} from '../../domain/hpa/metric-want.ts';
import type { ApiResource } from '../../domain/rules/api-resource.ts';
import type { MetricWants } from '../../ports/metric-wants.ts';
import type { RestMapper } from '../../ports/rest-mapper.ts';
import { type ReflectorOptions, type Store, startReflector } from './reflector.ts';

/** Milliseconds in which changes gather before they are told: a deployment of many HPAs is one change. */
const GATHER = 300;

/** Milliseconds between looks for kinds that the cluster does not have: a CRD may have come. */
const UNKNOWN = 15_000;

/** What is kept of an HPA. */
type Kept = { namespace: string; name: string; metrics: readonly NamedMetric[] };

export type MetricWantsOptions = ReflectorOptions & { mapper: RestMapper };

/**
 * What the HPAs of all namespaces name, followed by a watch.
 *
 * RBAC: list and watch on horizontalpodautoscalers.autoscaling.
 */
export function kubernetesMetricWants(options: MetricWantsOptions): MetricWants {
  const { clock, log, mapper } = options;
  return {
    follow(changed) {
      const hpas = new HpaStore(() => wake());
      const closing = new AbortController();
      const { signal } = closing;
      let resources: readonly ApiResource[] = [];
      /** The cluster's resources were read a moment ago. */
      let resting = false;
      let told: string | null = null;
      let waking = Promise.withResolvers<void>();
      const wake = (): void => waking.resolve();

      async function wants(): Promise<MetricWant[]> {
        const named = hpas.named(resources);
        if (!named.unknownKinds || resting) return distinctWants(named.wants);
        resting = true;
        void lookAgain();
        try {
          resources = await mapper.resources();
        } catch (error) {
          log.warn({ error: describeError(error) }, 'resources of the cluster not read, metrics of objects wait');
        }
        return distinctWants(hpas.named(resources).wants);
      }

      async function lookAgain(): Promise<void> {
        await clock.sleep(UNKNOWN, signal);
        resting = false;
        wake();
      }

      async function run(): Promise<void> {
        for (;;) {
          await waking.promise;
          await clock.sleep(GATHER, signal);
          if (signal.aborted) return;
          waking = Promise.withResolvers<void>();
          const all = await wants();
          const text = JSON.stringify(all);
          if (signal.aborted || text === told) continue;
          told = text;
          changed(all);
        }
      }

      const reflector = startReflector({ ...HPAS, into: hpas }, options);
      const running = run();
      return {
        synced: () => told !== null,
        async close() {
          closing.abort();
          wake();
          await Promise.all([reflector.close(), running]);
        },
      };
    },
  };
}

const HPAS = {
  name: 'horizontalpodautoscalers',
  path: '/apis/autoscaling/v2/horizontalpodautoscalers',
  accept: { list: 'application/json', watch: 'application/json' },
  read: keptOf,
};

/** The HPAs' metrics; says when one changed, which a new status is not. */
class HpaStore implements Store<Kept> {
  #hpas = new Map<string, Kept>();
  readonly #changed: () => void;

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  replace(hpas: readonly Kept[]): void {
    this.#hpas = new Map(hpas.map((hpa) => [keyOf(hpa), hpa]));
    this.#changed();
  }

  put(hpa: Kept): void {
    const before = this.#hpas.get(keyOf(hpa));
    if (before && JSON.stringify(before.metrics) === JSON.stringify(hpa.metrics)) return;
    this.#hpas.set(keyOf(hpa), hpa);
    this.#changed();
  }

  remove(hpa: Kept): void {
    if (this.#hpas.delete(keyOf(hpa))) this.#changed();
  }

  named(resources: readonly ApiResource[]): { wants: MetricWant[]; unknownKinds: boolean } {
    const named = [...this.#hpas.values()].flatMap(({ namespace, metrics }) =>
      metrics.map((metric) => metricWant(namespace, metric, resources)),
    );
    const wants = named.flatMap((each) => (each.type === 'want' ? [each.want] : []));
    return { wants, unknownKinds: named.some(({ type }) => type === 'unknownKind') };
  }
}

const keyOf = ({ namespace, name }: Kept): string => `${namespace}/${name}`;

/** Null for what is no HPA. */
function keptOf(object: unknown): Kept | null {
  const { metadata, spec } = object as V2HorizontalPodAutoscaler;
  if (metadata?.namespace === undefined || metadata.name === undefined) return null;
  return { namespace: metadata.namespace, name: metadata.name, metrics: (spec?.metrics ?? []).flatMap(namedMetric) };
}

/** Resource and ContainerResource are read from metrics.k8s.io, and name no metric of ours. */
function namedMetric({ type, external, object, pods }: V2MetricSpec): NamedMetric[] {
  if (type === 'External' && external) return [{ type, metric: metricName(external.metric) }];
  if (type === 'Pods' && pods) return [{ type, metric: metricName(pods.metric) }];
  if (type !== 'Object' || !object) return [];
  const { apiVersion = '', kind, name } = object.describedObject;
  return [{ type, metric: metricName(object.metric), describedObject: { apiVersion, kind, name } }];
}

const metricName = ({ name, selector }: V2MetricIdentifier): MetricName => ({ name, selector: selector ?? null });
