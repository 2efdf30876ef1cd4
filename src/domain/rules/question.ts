import type { MetricRule } from './metric-rule.ts';
import { type NamespaceMatcher, matchersOf, withNames } from './matchers.ts';
import type { Requirement } from './selector.ts';
import { renderTemplate } from './template.ts';

/** What of a rule a question needs: where it stands, its query, who is asked, and what is done where there is no number. */
export type AskedRule = Pick<MetricRule, 'place' | 'metricsQuery' | 'backend' | 'values'>;

/** One thing that is asked of a rule: what its template is filled with. Whoever reads the same asks the same question. */
export type Question = {
  rule: AskedRule;
  /** The series' name. */
  series: string;
  /** Of ?labelSelector= for external metrics, of ?metricLabelSelector= for custom ones. */
  requirements: readonly Requirement[];
  /** null: the rule answers every namespace alike, or what is asked for is root-scoped. */
  namespace: NamespaceMatcher | null;
  /** The objects of a custom metric and the label that names them; null for an external one. */
  objects: NamedObjects | null;
  /** What rows are told apart by: .GroupBy of the template. */
  groupBy: readonly string[];
};

/** names: none for all objects that there are, which only a batch can ask for. */
export type NamedObjects = { label: string; names: readonly string[] };

export const isOfAllObjects = ({ objects }: Pick<Question, 'objects'>): boolean => objects?.names.length === 0;

/**
 * The PromQL of one question: matchers of the selector, then of the namespace, then of the objects' names.
 *
 * @throws InvalidError for a selector that PromQL cannot say, and where the template fails
 */
export function promqlOf(question: Omit<Question, 'rule'> & { rule: Pick<AskedRule, 'metricsQuery'> }): string {
  const { rule, series, requirements, namespace, objects, groupBy } = question;
  const matchers = matchersOf(requirements, namespace);
  const all = objects === null ? matchers : withNames(matchers, objects.label, objects.names);
  return renderTemplate(rule.metricsQuery, { series, ...all, groupBy });
}
