import { InvalidError, NotFoundError, UnavailableError, describeError, placeText } from '../domain/errors.ts';
import { groupResourceText, isNamespaces, parseGroupResource } from '../domain/rules/api-resource.ts';
import { type CustomMetricValue, customMetricValues } from '../domain/rules/custom-metric-value.ts';
import { type CustomQuery, type CustomRead, customQueryOf } from '../domain/rules/custom-rule.ts';
import { type CustomMetric, nameText } from '../domain/rules/custom-table.ts';
import type { Row } from '../domain/rules/external-metric-value.ts';
import { parseSelector } from '../domain/rules/selector.ts';
import type { Log } from '../ports/log.ts';
import type { Objects } from '../ports/objects.ts';
import type { CustomRegistry } from './custom-registry.ts';
import { type RuleRowsOptions, createRuleRows } from './rule-rows.ts';

/**
 * What an HPA asks for. namespace: null for what is root-scoped. resource: as in the path, such as `pods` or `jobs.batch`.
 * object: a name, or `*` for all that labelSelector selects.
 */
export type CustomRequest = {
  namespace: string | null;
  resource: string;
  object: string;
  metric: string;
  labelSelector: string;
  metricLabelSelector: string;
};

/** Answers reads of custom metrics. */
export type CustomAnswerer = {
  /** Whether there are rules, so that the API is served at all. */
  serves(): boolean;
  /**
   * The items of one read: exactly one for an object by name, those of the objects that have one for `*`.
   *
   * @throws InvalidError for a namespace or selector that does not parse, NotFoundError for a metric that no rule gives, an
   *   object without a value and a selector that selects nothing, UnavailableError when objects or numbers cannot be had
   */
  answer(request: CustomRequest): Promise<CustomMetricValue[]>;
  /** What can be read, for discovery, such as `pods/concurrent_viewers`. Never asks anybody. */
  metricNames(): { name: string; namespaced: boolean }[];
};

export type CustomAnswererOptions = RuleRowsOptions & { objects: Objects; registry: CustomRegistry; log: Log };

export function createCustomAnswerer(options: CustomAnswererOptions): CustomAnswerer {
  const { objects, registry, log } = options;
  const askBy = createRuleRows(options);

  async function find({ namespace, resource, metric }: CustomRequest): Promise<CustomMetric> {
    const wanted = { resource: parseGroupResource(resource), namespaced: namespace !== null, name: metric };
    const found = await registry.find(wanted);
    if (found.type === 'served') return found.metric;
    if (found.type === 'unknown') throw notFound(metric, resource);
    throw new UnavailableError(
      `no rule gives ${resource}/${metric} so far, but series or the cluster's resources were never listed`,
    );
  }

  /** The objects that are asked for. @throws UnavailableError */
  async function namesOf({ resource }: CustomMetric, request: CustomRequest): Promise<string[]> {
    const { namespace, labelSelector, object } = request;
    if (object !== '*') return OBJECT_NAME.test(object) ? [object] : [];
    try {
      const found = await objects.list(resource, { namespace, labelSelector });
      return found.map(({ name }) => name);
    } catch (cause) {
      const message = `cannot list ${groupResourceText(resource)}`;
      throw new UnavailableError(message, { cause, told: 'unable to list matching resources' });
    }
  }

  /** Null where the rule makes no query of this read: prometheus-adapter then has no such metric, and only logs why. */
  function queryOf({ rule, association, ...metric }: CustomMetric, read: CustomRead): CustomQuery & { type: 'query' } {
    let query: CustomQuery;
    try {
      query = customQueryOf(rule, association, read);
    } catch (error) {
      query = { type: 'none', why: describeError(error) };
    }
    if (query.type === 'query') return query;
    log.warn({ metric: nameText(metric), rule: placeText(rule.place), why: query.why }, 'no query of this read');
    throw notFound(metric.name, groupResourceText(metric.resource));
  }

  async function rowsOf({ rule }: CustomMetric, promql: string): Promise<readonly Row[]> {
    const rows = await askBy(rule, promql);
    if (rows.every(({ labels }) => labels !== null)) return rows;
    throw new UnavailableError(`the rule at ${placeText(rule.place)} makes ${promql}, which is a scalar of no object`);
  }

  return {
    serves: () => registry.hasRules(),
    metricNames: () => registry.metrics().map((metric) => ({ name: nameText(metric), namespaced: metric.namespaced })),
    async answer(request) {
      const { object, metric: metricName } = request;
      checkNamespace(request);
      const requirements = parseSelector(request.metricLabelSelector);
      parseSelector(request.labelSelector);
      const metric = await find(request);
      const names = await namesOf(metric, request);
      if (names.length === 0) throw notFound(metricName, request.resource, object);
      const { series, resource } = metric;
      const { namespace } = request;
      const { promql, label } = queryOf(metric, { series, resource, namespace, names, requirements });
      const rows = await rowsOf(metric, promql);
      const items = customMetricValues(rows, { metricName, resource, namespace, names, label, requirements });
      if (items.length === 0 && object !== '*') throw notFound(metricName, request.resource, object);
      return items;
    },
  };
}

/** Objects' names go into PromQL; no object has another (RBAC's may have a colon). */
const OBJECT_NAME = /^[A-Za-z0-9][-A-Za-z0-9_.:]{0,252}$/;
const DNS_LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

/** The namespace goes into PromQL and into a path of the API server. @throws InvalidError */
function checkNamespace({ namespace, resource, object }: CustomRequest): void {
  const name = isNamespaces(parseGroupResource(resource)) && object !== '*' ? object : namespace;
  if (name === null || DNS_LABEL.test(name)) return;
  throw new InvalidError(`the namespace ${JSON.stringify(name)} is not one, expected at most 63 of a-z, 0-9 and "-"`);
}

/** prometheus-adapter's sentences. */
function notFound(metric: string, resource: string, object = '*'): NotFoundError {
  const of = object === '*' ? resource : `${resource} ${object}`;
  return new NotFoundError(`the server could not find the metric ${metric} for ${of}`);
}
