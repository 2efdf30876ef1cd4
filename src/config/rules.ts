import { z } from 'zod';
import type { Place, Problem } from '../domain/errors.ts';
import type { CustomRule } from '../domain/rules/custom-rule.ts';
import type { MetricRule } from '../domain/rules/metric-rule.ts';
import { namespaceLabel } from '../domain/rules/namespace-label.ts';
import { customRule, toCustomRule } from './custom-rules.ts';
import { discoveryFields, making, resources } from './discovery-rule.ts';
import { byPlace, parseYaml } from './yaml.ts';

/** One entry of `externalRules`, for external.metrics.k8s.io. */
const externalRule = z.strictObject({
  ...discoveryFields,
  resources: resources.prefault({}).transform(making(namespaceLabel)),
});

/** A key of prometheus-adapter's for an API that is not served; an empty list asks for nothing, so it may stay. */
const notServed = (key: string, api: string): z.ZodType =>
  z.unknown().superRefine((value, context) => {
    if (value === undefined || value === null || (Array.isArray(value) && value.length === 0)) return;
    context.addIssue({ code: 'custom', message: `${key} (${api}) is not served by this version`, input: value });
  });

/** prometheus-adapter's configuration file. */
const rulesDocument = z.strictObject({
  externalRules: z.array(externalRule).default([]),
  // A key without a value is an empty list to Go.
  rules: z
    .array(customRule)
    .nullish()
    .transform((rules) => rules ?? []),
  resourceRules: notServed('resourceRules', 'metrics.k8s.io').optional(),
});

/**
 * rules: those for external metrics, `externalRules` in the file. customRules: `rules` in the file. Both are empty when there is
 * any problem: a file is refused whole.
 */
export type RuleFile = { rules: MetricRule[]; customRules: CustomRule[]; problems: Problem[] };

/** Reads metric rules in prometheus-adapter's own schema. Every fault of the file is found at once. */
export function parseRules(file: string, text: string): RuleFile {
  const { documents, problems } = parseYaml(file, text, rulesDocument);
  const more = documents
    .slice(1)
    .map(({ place }) => ({ place: place(), message: 'a second document, expected one in a rules file' }));
  const all = [...problems, ...more].toSorted(byPlace);
  if (all.length > 0) return { rules: [], customRules: [], problems: all };
  const rules = documents.flatMap(({ value, place }) =>
    value.externalRules.map((rule, index) => toRule(rule, place(['externalRules', index]))),
  );
  const customRules = documents.flatMap(({ value, place }) =>
    value.rules.map((rule, index) => toCustomRule(rule, place(['rules', index]))),
  );
  return { rules, customRules, problems: [] };
}

function toRule(rule: z.output<typeof externalRule>, place: Place): MetricRule {
  return {
    place,
    seriesQuery: rule.seriesQuery.text,
    pinnedSeries: rule.seriesQuery.pinned,
    seriesFilters: rule.seriesFilters,
    naming: rule.name,
    namespaceLabel: rule.resources,
    metricsQuery: rule.metricsQuery,
  };
}
