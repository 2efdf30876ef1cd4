import type { Problem } from '../domain/errors.ts';
import type { CustomRule } from '../domain/rules/custom-rule.ts';
import type { MetricRule } from '../domain/rules/metric-rule.ts';
import type { ResourceRules } from '../domain/rules/resource-rules.ts';

/** Where metric rules come from: a file (adapters/files). */
export interface RulesSource {
  /** The rules in force now. The same object as before when nothing changed. Never throws: what is wrong is in `problems`. */
  read(): Promise<RulesReading>;
}

export type RulesReading = {
  /** The last good content, for external metrics. */
  rules: readonly MetricRule[];
  /** The last good content, for custom metrics. */
  customRules: readonly CustomRule[];
  /** The last good content, for metrics.k8s.io; null: not served. */
  resourceRules: ResourceRules | null;
  /** What is wrong with what stands in the file now; the last good rules stay in force. */
  problems: readonly Problem[];
};
