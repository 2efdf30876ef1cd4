import { InvalidError, NotFoundError, UnavailableError, placeText } from '../domain/errors.ts';
import { checkNamespace } from '../domain/namespace.ts';
import { DEFAULT_BACKEND } from '../domain/rules/backend.ts';
import { type ApiResource, findResource } from '../domain/rules/api-resource.ts';
import { type ResourceRules, type UsageRead, usageQueryOf } from '../domain/rules/resource-rules.ts';
import {
  type Measured,
  type NodeMetrics,
  type PodMetrics,
  type Told,
  type UsageRows,
  nodeMetrics,
  podMetrics,
} from '../domain/rules/resource-usage.ts';
import { parseSelector } from '../domain/rules/selector.ts';
import type { Clock } from '../ports/clock.ts';
import { type MetricsBackends, noBackends } from '../ports/metrics-backends.ts';
import type { MetricsSource } from '../ports/metrics-source.ts';
import type { ObjectMetadata, Objects, Where } from '../ports/objects.ts';
import type { RestMapper } from '../ports/rest-mapper.ts';
import type { QueryCache } from './query-cache.ts';

/** Answers metrics.k8s.io, by `resourceRules`. */
export type ResourceAnswerer = {
  /** Puts rules in force; null: the API is not served. */
  replace(rules: ResourceRules | null): void;
  serves(): boolean;
  /**
   * Pods that run, of a namespace (null: of all), that are selected; those without both numbers are left out.
   *
   * @throws InvalidError for a selector or namespace, UnavailableError
   */
  pods(where: { namespace: string | null; labelSelector: string }): Promise<PodMetrics[]>;
  /** @throws InvalidError, UnavailableError */
  nodes(labelSelector: string): Promise<NodeMetrics[]>;
  /** @throws NotFoundError where it does not run or has no numbers, InvalidError, UnavailableError */
  pod(namespace: string, name: string): Promise<PodMetrics>;
  /** @throws NotFoundError, UnavailableError */
  node(name: string): Promise<NodeMetrics>;
};

export type ResourceAnswererOptions = {
  /** Who is asked where the rules name no backend. */
  source: MetricsSource;
  backends?: MetricsBackends;
  objects: Objects;
  mapper: RestMapper;
  clock: Clock;
  /** What answers of one source are kept in for reads that follow soon. */
  cacheOf(source: MetricsSource, backend: string): QueryCache;
};

/** How long the cluster's resources are believed. */
const RESOURCES_MILLISECONDS = 30_000;

export function createResourceAnswerer(options: ResourceAnswererOptions): ResourceAnswerer {
  const { objects, mapper, clock } = options;
  const { source: byDefault, backends = noBackends, cacheOf } = options;
  let asked = { source: byDefault, cache: cacheOf(byDefault, DEFAULT_BACKEND) };
  let rules: ResourceRules | null = null;
  let known: { resources: readonly ApiResource[]; until: number } | null = null;

  async function resources(): Promise<readonly ApiResource[]> {
    const now = clock.monotonic();
    if (known && now < known.until) return known.resources;
    try {
      known = { resources: await mapper.resources(), until: now + RESOURCES_MILLISECONDS };
    } catch (error) {
      if (!known) throw error;
      // Pods and nodes do not go away: what was there answers on.
      known = { ...known, until: now + RESOURCES_MILLISECONDS };
    }
    return known.resources;
  }

  async function resourceOf(plural: 'pods' | 'nodes'): Promise<ApiResource> {
    const resource = findResource(await resources(), { group: '', resource: plural });
    if (resource) return resource;
    throw new UnavailableError(`the cluster has no ${plural}`);
  }

  async function list(plural: 'pods' | 'nodes', where: Where): Promise<readonly ObjectMetadata[]> {
    parseSelector(where.labelSelector);
    const resource = await resourceOf(plural);
    try {
      return await objects.list(resource, where);
    } catch (cause) {
      throw new UnavailableError(`cannot list ${plural}`, { cause, told: 'unable to list matching resources' });
    }
  }

  async function rowsOf(which: 'cpu' | 'memory', read: UsageRead): Promise<UsageRows['cpu']> {
    const { [which]: rule, place } = rules ?? fail('no resourceRules are in force');
    const query = usageQueryOf(rule, read, await resources());
    const where = `the rule at ${placeText(place)} (${which})`;
    if (query.type === 'none') throw new UnavailableError(`${where} makes no query: ${query.why}`);
    let result;
    try {
      result = await asked.cache.ask(query.promql);
    } catch (cause) {
      if (!(cause instanceof InvalidError)) throw cause;
      throw new UnavailableError(`${where} makes ${query.promql}`, { cause });
    }
    if (result.type !== 'vector') throw new UnavailableError(`${where} makes ${query.promql}, which is a scalar`);
    const container = read.namespace === null ? null : rule.containerLabel;
    return { rows: result.samples, label: query.label, container };
  }

  async function usage(read: UsageRead): Promise<UsageRows> {
    const [cpu, memory] = await Promise.all([rowsOf('cpu', read), rowsOf('memory', read)]);
    return { cpu, memory };
  }

  const told = (): Told => ({ now: clock.now().toSeconds(), windowSeconds: rules?.windowSeconds ?? 0 });

  /** One query for each resource and namespace. */
  async function measurePods(pods: readonly Measured[]): Promise<PodMetrics[]> {
    const resource = await resourceOf('pods');
    const byNamespace = Map.groupBy(pods, ({ namespace }) => namespace ?? '');
    const measured = await Promise.all(
      Array.from(byNamespace, async ([namespace, own]) => {
        const rows = await usage({ resource, namespace, names: own.map(({ name }) => name) });
        return own.flatMap((pod) => podMetrics(pod, rows, told()) ?? []);
      }),
    );
    return measured.flat();
  }

  async function measureNodes(nodes: readonly Measured[]): Promise<NodeMetrics[]> {
    if (nodes.length === 0) return [];
    const resource = await resourceOf('nodes');
    const rows = await usage({ resource, namespace: null, names: nodes.map(({ name }) => name) });
    return nodes.flatMap((node) => nodeMetrics(node, rows, told()) ?? []);
  }

  return {
    replace(next) {
      const source = next?.backend ? backends.source(next.backend) : byDefault;
      // What one backend said is never told as another's.
      if (source !== asked.source) asked = { source, cache: cacheOf(source, next?.backend?.name ?? DEFAULT_BACKEND) };
      rules = next;
    },
    serves: () => rules !== null,
    async pods({ namespace, labelSelector }) {
      if (namespace !== null) checkNamespace(namespace);
      return measurePods(await list('pods', { namespace, labelSelector, running: true }));
    },
    nodes: async (labelSelector) => measureNodes(await list('nodes', { namespace: null, labelSelector })),
    async pod(namespace, name) {
      checkNamespace(namespace);
      const pods = await list('pods', { namespace, labelSelector: '', running: true, name });
      const [found] = await measurePods(pods);
      return found ?? notFound('podmetrics', `${namespace}/${name}`);
    },
    async node(name) {
      const [found] = await measureNodes(await list('nodes', { namespace: null, labelSelector: '', name }));
      return found ?? notFound('nodemetrics', name);
    },
  };
}

/** Kubernetes' sentence. */
function notFound(resource: string, name: string): never {
  throw new NotFoundError(`${resource}.metrics.k8s.io "${name}" not found`);
}

function fail(message: string): never {
  throw new UnavailableError(message);
}
