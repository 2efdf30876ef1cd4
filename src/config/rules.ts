import { z } from 'zod';
import { InvalidError, type Place, type Problem } from '../domain/errors.ts';
import type { MetricRule, SeriesFilter } from '../domain/rules/metric-rule.ts';
import { namespaceLabel } from '../domain/rules/namespace-label.ts';
import { parseNaming } from '../domain/rules/naming.ts';
import { compileRegex } from '../domain/rules/regex.ts';
import { pinnedSeries } from '../domain/rules/series-query.ts';
import { parseTemplate } from '../domain/rules/template.ts';
import { byPlace, parseYaml } from './yaml.ts';

/** A step of zod's pipe that makes a domain value; an InvalidError becomes an issue at that place. */
function making<From, To>(make: (from: From) => To) {
  return (from: From, context: z.RefinementCtx<From>): To => {
    try {
      return make(from);
    } catch (error) {
      if (!(error instanceof InvalidError)) throw error;
      context.addIssue({ code: 'custom', message: error.message, input: from });
      return z.NEVER;
    }
  };
}

const seriesFilter = z
  .strictObject({ is: z.string().optional(), isNot: z.string().optional() })
  .transform(making(toFilter));

const resources = z
  .strictObject({
    namespaced: z.boolean().default(true).describe('false answers every namespace alike.'),
    overrides: z
      .record(z.string(), z.strictObject({ group: z.string().optional(), resource: z.string() }))
      .default({})
      .describe('Label -> the resource it names. External metrics use the one for the namespace.'),
    template: z.string().default('').describe('The label of any resource, such as kube_<<.Resource>>.'),
  })
  .transform(making(namespaceLabel));

const naming = z
  .strictObject({ matches: z.string().default(''), as: z.string().default('') })
  .transform(making(({ matches, as }) => parseNaming(matches, as)));

const discoveryRule = z.strictObject({
  seriesQuery: z
    .string()
    .transform(making((text) => ({ text, pinned: pinnedSeries(text) })))
    .describe('Selector of the series that the rule serves.'),
  seriesFilters: z
    .array(seriesFilter)
    .default([])
    .describe('Patterns on the name of a series, unanchored; all must pass.'),
  resources: resources.prefault({}),
  name: naming.prefault({}).describe("How a series' name becomes the metric's."),
  metricsQuery: z
    .string()
    .min(1)
    .transform(making(parseTemplate))
    .describe('PromQL with <<.Series>>, <<.LabelMatchers>> and <<.GroupBy>>.'),
});

/** A key of prometheus-adapter's for an API that is not served; an empty list asks for nothing, so it may stay. */
const notServed = (key: string, api: string): z.ZodType =>
  z.unknown().superRefine((value, context) => {
    if (value === undefined || value === null || (Array.isArray(value) && value.length === 0)) return;
    context.addIssue({ code: 'custom', message: `${key} (${api}) is not served by this version`, input: value });
  });

/** prometheus-adapter's configuration file. */
const rulesDocument = z.strictObject({
  externalRules: z.array(discoveryRule).default([]),
  rules: notServed('rules', 'custom.metrics.k8s.io').optional(),
  resourceRules: notServed('resourceRules', 'metrics.k8s.io').optional(),
});

/** `rules` is empty when there is any problem: a file is refused whole. */
export type RuleFile = { rules: MetricRule[]; problems: Problem[] };

/** Reads metric rules in prometheus-adapter's own schema. Every fault of the file is found at once. */
export function parseRules(file: string, text: string): RuleFile {
  const { documents, problems } = parseYaml(file, text, rulesDocument);
  const more = documents
    .slice(1)
    .map(({ place }) => ({ place: place(), message: 'a second document, expected one in a rules file' }));
  const all = [...problems, ...more].toSorted(byPlace);
  if (all.length > 0) return { rules: [], problems: all };
  const rules = documents.flatMap(({ value, place }) =>
    value.externalRules.map((rule, index) => toRule(rule, place(['externalRules', index]))),
  );
  return { rules, problems: [] };
}

function toRule(rule: z.output<typeof discoveryRule>, place: Place): MetricRule {
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

/** @throws InvalidError */
function toFilter({ is, isNot }: { is?: string | undefined; isNot?: string | undefined }): SeriesFilter {
  if (is !== undefined && isNot === undefined) return { type: 'is', regex: compileRegex(is) };
  if (isNot !== undefined && is === undefined) return { type: 'isNot', regex: compileRegex(isNot) };
  throw new InvalidError('a filter takes exactly one of "is" and "isNot"');
}
