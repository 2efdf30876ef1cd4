import type { RE2JS } from 're2js';
import type { Place } from '../errors.ts';
import type { Backend } from './backend.ts';
import { type Naming, applyNaming } from './naming.ts';
import { type Question, promqlOf } from './question.ts';
import { matchesSomewhere } from './regex.ts';
import type { Requirement } from './selector.ts';
import type { Template } from './template.ts';
import type { ValuePolicy } from './value-policy.ts';

/** One entry of externalRules in prometheus-adapter's configuration, or one of our plain queries, checked and made ready. */
export type MetricRule = {
  /** Where it stands, for logs and messages. */
  place: Place;
  /** The series that it serves, a selector for /api/v1/series. */
  seriesQuery: string;
  /** The one series name that seriesQuery pins; null when the names have to be listed. */
  pinnedSeries: string | null;
  /** Whether it is one of our plain queries: seriesQuery then is its name, not a series of the backend. */
  plain: boolean;
  /** All must pass; on the series' name, unanchored. */
  seriesFilters: readonly SeriesFilter[];
  naming: Naming;
  /** The label that holds the namespace; null when the rule answers every namespace alike. */
  namespaceLabel: string | null;
  /** Whom it answers; null: every namespace. */
  allowedNamespaces: readonly string[] | null;
  metricsQuery: Template;
  /** Who is asked; null: the Prometheus of --prometheus-url. */
  backend: Backend | null;
  values: ValuePolicy;
};

export type SeriesFilter = { type: 'is' | 'isNot'; regex: RE2JS };

/** The name under which a rule serves a series, null when it does not. */
export function metricNameOf(rule: Pick<MetricRule, 'seriesFilters' | 'naming'>, series: string): string | null {
  const passes = rule.seriesFilters.every(({ type, regex }) => matchesSomewhere(regex, series) === (type === 'is'));
  return passes ? applyNaming(rule.naming, series) : null;
}

export type Read = { series: string; namespace: string; requirements: readonly Requirement[] };

/** What one read of an external metric asks. */
export function questionOf(rule: MetricRule, { series, namespace, requirements }: Read): Question {
  const inNamespace = rule.namespaceLabel === null ? null : { label: rule.namespaceLabel, value: namespace };
  return { rule, series, requirements, namespace: inNamespace, objects: null, groupBy: [] };
}

/**
 * The PromQL of one read: the selector's matchers, then the namespace's.
 *
 * @throws InvalidError for a selector that PromQL cannot say
 */
export const queryOf = (rule: MetricRule, read: Read): string => promqlOf(questionOf(rule, read));
