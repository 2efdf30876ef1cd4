import type { Batching } from '../domain/batch/batching.ts';
import type { Finding } from '../domain/policy/lint.ts';
import type { ApiResource } from '../domain/rules/api-resource.ts';
import type { LintedRules } from '../domain/rules/lint-rules.ts';
import type { SeriesType } from '../domain/rules/lint-types.ts';
import type { MetricRule } from '../domain/rules/metric-rule.ts';
import type { CheckedRule } from '../domain/rules/rule-check.ts';
import type { Sample } from '../domain/rules/sample-read.ts';
import type { Listing, SourceOf } from './check-listings.ts';

export type CheckRulesOptions = {
  file: LintedRules;
  sourceOf: SourceOf;
  /** By name of series; of the Prometheus that answers where a rule names no backend. */
  types: ReadonlyMap<string, SeriesType>;
  resources: readonly ApiResource[];
  sample: Sample;
  /** How many metrics of each rule are asked for. */
  mostMetrics: number;
  /** Epoch seconds. */
  now: number;
  /** Called as each rule is done. */
  progress(done: number, of: number): void;
};

/** What the checks of the single rules have in common. */
export type CheckWorld = Pick<CheckRulesOptions, 'sourceOf' | 'types' | 'sample' | 'mostMetrics' | 'now'> & {
  batching: Batching;
  list(seriesQuery: string, rule: Pick<MetricRule, 'backend'>): Promise<Listing>;
};

/** What a rule's check gives. error: what the Prometheus that was asked threw last. */
export type Checked = { rule: CheckedRule; findings: Finding[]; error: unknown };
