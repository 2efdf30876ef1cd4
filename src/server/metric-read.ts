import type { ParsedUrlQuery } from 'node:querystring';
import type { CustomRequest } from '../app/answer-custom-metric.ts';
import type { MetricRequest } from '../app/answer-metric.ts';
import { NAMESPACE_SUBRESOURCES, SPECIAL_VERBS } from '../domain/access/attributes.ts';
import { CUSTOM_GROUP, EXTERNAL_GROUP } from './discovery.ts';
import { firstOf } from './request-target.ts';

export type CustomVersion = 'v1beta1' | 'v1beta2';

/** A read of numbers, as its path names it. */
export type MetricRead =
  | { type: 'external'; request: MetricRequest }
  | { type: 'custom'; version: CustomVersion; request: CustomRequest }
  /** To Kubernetes a resource of a namespace without a name, never an object of the root. */
  | { type: 'custom-invalid' };

/**
 * What is read at a path; null where it is none of the metrics' own. segments: decoded. Where the authorizer reads a path otherwise
 * than by its namespace, resource and metric (domain/access/attributes.ts), nothing is read.
 */
export function metricRead(segments: readonly string[], query: ParsedUrlQuery): MetricRead | null {
  const [apis, group, version, ...rest] = segments;
  if (apis !== 'apis') return null;
  if (group === EXTERNAL_GROUP && version === 'v1beta1') return externalRead(rest, query);
  if (group === CUSTOM_GROUP && (version === 'v1beta1' || version === 'v1beta2')) {
    return customRead(version, rest, query);
  }
  return null;
}

function externalRead(rest: readonly string[], query: ParsedUrlQuery): MetricRead | null {
  const [namespaces, namespace, metric, ...more] = rest;
  if (namespaces !== 'namespaces' || namespace === undefined || metric === undefined || more.length > 0) return null;
  if (NAMESPACE_SUBRESOURCES.includes(metric)) return null;
  return { type: 'external', request: { namespace, metric, selector: firstOf(query, 'labelSelector') } };
}

/** What a path names. namespace: null where it is root-scoped. */
type Named = Pick<CustomRequest, 'namespace' | 'resource' | 'object' | 'metric'>;

function customRead(version: CustomVersion, rest: readonly string[], query: ParsedUrlQuery): MetricRead | null {
  const named = namedBy(rest);
  if (named === null || named === 'invalid') return named && { type: 'custom-invalid' };
  const labelSelector = firstOf(query, 'labelSelector');
  const metricLabelSelector = firstOf(query, 'metricLabelSelector');
  return { type: 'custom', version, request: { ...named, labelSelector, metricLabelSelector } };
}

/** `*` may come encoded as %2A. */
function namedBy(rest: readonly string[]): Named | 'invalid' | null {
  const [first = '', second = '', third = '', fourth = '', fifth = ''] = rest;
  switch (rest.length) {
    case 3:
      if (first === 'namespaces') return 'invalid';
      if (SPECIAL_VERBS.includes(first)) return null;
      return { namespace: null, resource: first, object: second, metric: third };
    case 4:
      if (first !== 'namespaces' || third !== 'metrics') return null;
      return { namespace: null, resource: 'namespaces', object: second, metric: fourth };
    case 5:
      if (first !== 'namespaces' || NAMESPACE_SUBRESOURCES.includes(third)) return null;
      return { namespace: second, resource: third, object: fourth, metric: fifth };
    default:
      return null;
  }
}
