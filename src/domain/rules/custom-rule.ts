import { type ApiResource, groupResourceText } from './api-resource.ts';
import type { Association, ResourceLabels } from './association.ts';
import { matchersOf, withNames } from './matchers.ts';
import type { MetricRule } from './metric-rule.ts';
import type { Requirement } from './selector.ts';
import { type Template, renderTemplate } from './template.ts';

/** One entry of `rules` in prometheus-adapter's configuration, checked and made ready. */
export type CustomRule = Pick<
  MetricRule,
  'place' | 'seriesQuery' | 'seriesFilters' | 'naming' | 'backend' | 'values'
> & {
  labels: ResourceLabels;
  metricsQuery: Template;
};

/** namespace: null for what is root-scoped. names: of the objects, at least one. requirements: of ?metricLabelSelector=. */
export type CustomRead = {
  series: string;
  resource: ApiResource;
  namespace: string | null;
  names: readonly string[];
  requirements: readonly Requirement[];
  /** What rows are told apart by, beside the objects' label. */
  groupBy?: readonly string[];
};

/** The PromQL of one read and the label by which its rows name objects; why not, where the rule makes none of it. */
export type CustomQuery = { type: 'query'; promql: string; label: string } | { type: 'none'; why: string };

const NAMESPACES: ApiResource = {
  group: '',
  version: 'v1',
  resource: 'namespaces',
  singular: 'namespace',
  kind: 'Namespace',
  namespaced: false,
};

/**
 * Matchers of the selector, then of the namespace, then of the objects' names; grouped by the label that names them.
 *
 * @throws InvalidError for a selector that PromQL cannot say
 */
export function customQueryOf(
  { metricsQuery }: Pick<CustomRule, 'metricsQuery'>,
  association: Association,
  read: CustomRead,
): CustomQuery {
  const { series, resource, namespace, names, requirements, groupBy = [] } = read;
  const label = association.labelOf(resource);
  if (label === null) return { type: 'none', why: `no label is named for ${groupResourceText(resource)}` };
  const ofNamespace = namespace === null ? null : association.labelOf(NAMESPACES);
  if (namespace !== null && ofNamespace === null) return { type: 'none', why: 'no label is named for namespaces' };
  const within = namespace === null || ofNamespace === null ? null : { label: ofNamespace, value: namespace };
  const matchers = withNames(matchersOf(requirements, within), label, names);
  const promql = renderTemplate(metricsQuery, { series, ...matchers, groupBy: [label, ...groupBy] });
  return promql.trim() === ''
    ? { type: 'none', why: 'its template comes out empty' }
    : { type: 'query', promql, label };
}
