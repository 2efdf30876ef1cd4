import { type ApiResource, groupResourceText } from './api-resource.ts';
import type { Association, ResourceLabels } from './association.ts';
import type { MetricRule } from './metric-rule.ts';
import { type NamedObjects, type Question, promqlOf } from './question.ts';
import type { Requirement } from './selector.ts';
import type { Template } from './template.ts';

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

/** What one read asks, of a rule that may be less than whole; why not, where the rule makes no query of it. */
export type CustomQuestion<Rule> =
  | { type: 'question'; question: Omit<Question, 'rule'> & { rule: Rule; objects: NamedObjects } }
  | { type: 'none'; why: string };

/** The PromQL of one read and the label by which its rows name objects; why not, where the rule makes none of it. */
export type CustomQuery = { type: 'query'; promql: string; label: string } | { type: 'none'; why: string };

/** The core resource, whose label holds the namespace of every other one. */
export const NAMESPACES: ApiResource = {
  group: '',
  version: 'v1',
  resource: 'namespaces',
  singular: 'namespace',
  kind: 'Namespace',
  namespaced: false,
};

/** The objects' names as matchers beside those of the selector and the namespace; grouped by the label that names them. */
export function customQuestionOf<Rule>(rule: Rule, association: Association, read: CustomRead): CustomQuestion<Rule> {
  const { series, resource, namespace, names, requirements, groupBy = [] } = read;
  const label = association.labelOf(resource);
  if (label === null) return { type: 'none', why: `no label is named for ${groupResourceText(resource)}` };
  const ofNamespace = namespace === null ? null : association.labelOf(NAMESPACES);
  if (namespace !== null && ofNamespace === null) return { type: 'none', why: 'no label is named for namespaces' };
  const within = namespace === null || ofNamespace === null ? null : { label: ofNamespace, value: namespace };
  const objects = { label, names };
  const question = { rule, series, requirements, namespace: within, objects, groupBy: [label, ...groupBy] };
  return { type: 'question', question };
}

/**
 * The query of such a question.
 *
 * @throws InvalidError for a selector that PromQL cannot say
 */
export function customQueryOf(
  rule: Pick<CustomRule, 'metricsQuery'>,
  association: Association,
  read: CustomRead,
): CustomQuery {
  const asked = customQuestionOf(rule, association, read);
  if (asked.type === 'none') return asked;
  const promql = promqlOf(asked.question);
  return promql.trim() === ''
    ? { type: 'none', why: 'its template comes out empty' }
    : { type: 'query', promql, label: asked.question.objects.label };
}
