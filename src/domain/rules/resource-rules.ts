import type { Place } from '../errors.ts';
import type { ApiResource } from './api-resource.ts';
import { type ResourceLabels, associate } from './association.ts';
import type { Backend } from './backend.ts';
import { type CustomQuery, customQueryOf } from './custom-rule.ts';
import type { Template } from './template.ts';

/** `resourceRules` in prometheus-adapter's configuration: what metrics.k8s.io answers, for `kubectl top` and HPAs on cpu. */
export type ResourceRules = {
  place: Place;
  /** Who is asked; null: the Prometheus of --prometheus-url. */
  backend: Backend | null;
  cpu: ResourceRule;
  memory: ResourceRule;
  /** Over how long usage is measured. Only told to readers, never put into a query, as prometheus-adapter does. */
  windowSeconds: number;
};

/** How one resource is asked for. containerLabel: of the label that names a container. Cores, bytes. */
export type ResourceRule = {
  containerQuery: Template;
  nodeQuery: Template;
  labels: ResourceLabels;
  containerLabel: string;
};

/** Whose usage is asked: pods of one namespace, or nodes (namespace null). */
export type UsageRead = { resource: ApiResource; namespace: string | null; names: readonly string[] };

/**
 * The PromQL of one resource's usage: of containers, grouped by pod and container, or of nodes. Matchers are the namespace and
 * the names; nothing can be selected by.
 */
export function usageQueryOf(rule: ResourceRule, read: UsageRead, resources: readonly ApiResource[]): CustomQuery {
  const ofNodes = read.namespace === null;
  return customQueryOf(
    { metricsQuery: ofNodes ? rule.nodeQuery : rule.containerQuery },
    associate(rule.labels, resources),
    { ...read, series: '', requirements: [], groupBy: ofNodes ? [] : [rule.containerLabel] },
  );
}
