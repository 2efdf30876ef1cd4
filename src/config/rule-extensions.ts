import { z } from 'zod';
import type { Place } from '../domain/errors.ts';
import type { Backend } from '../domain/rules/backend.ts';
import type { MetricRule } from '../domain/rules/metric-rule.ts';
import { parseNaming } from '../domain/rules/naming.ts';
import { isSeriesName } from '../domain/rules/series-query.ts';
import { parseTemplate } from '../domain/rules/template.ts';
import {
  DEFAULT_VALUES,
  PROMETHEUS_ADAPTER_VALUES,
  type Reaction,
  type ValuePolicy,
} from '../domain/rules/value-policy.ts';
import { backend, backendName } from './backends.ts';
import { making } from './discovery-rule.ts';
import { durationText } from './duration.ts';

/** Whose answers are given where a rule says nothing of its own: --compatibility. */
export type Compatibility = 'none' | 'prometheus-adapter';

const REACTIONS = 'expected error, drop, zero or {lastGood: 5m}';
const named = (...types: ('error' | 'drop' | 'zero')[]) => z.enum(types).transform((type): Reaction => ({ type }));
const lastGood = z
  .strictObject({ lastGood: durationText.refine((seconds) => seconds > 0, 'expected more than 0') })
  .transform((value): Reaction => ({ type: 'lastGood', withinSeconds: value.lastGood }));
const reaction = z.union([named('error', 'drop', 'zero'), lastGood], { error: REACTIONS }).optional();

/** `values`: what is done where the query gives no number. */
const values = z.strictObject({
  empty: reaction.describe('The query has no rows.'),
  nan: reaction.describe('A row is NaN.'),
  infinite: reaction.describe('A row is infinite, or beyond a Quantity.'),
  unavailable: z
    .union([named('error', 'zero'), lastGood], { error: 'expected error, zero or {lastGood: 5m}' })
    .optional()
    .describe('The backend does not answer, or refuses the query.'),
});

/** Those of external metrics. */
const externalValues = values.extend({
  negative: z
    .union([named('error', 'drop', 'zero'), lastGood, z.literal('keep').transform(() => ({ type: 'keep' as const }))], {
      error: `${REACTIONS.replace(' or', ',')} or keep`,
    })
    .optional()
    .describe('A row is negative.'),
});

const common = { backend: backendName };

/** What external metrics have beside it. */
const external = {
  ...common,
  values: externalValues.prefault({}),
  allowedNamespaces: z
    .array(z.string().regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, 'expected the name of a namespace'))
    .optional()
    .describe('The namespaces that may read it; all, where it is left out.'),
};

/** `tidecaster` of an entry of `rules`: a custom metric is always read within its own namespace. */
export const ruleExtension = z.strictObject({ ...common, values: values.prefault({}) });

/** `tidecaster` of an entry of `externalRules`. */
export const externalRuleExtension = z.strictObject(external);

/** One entry of `tidecaster.queries`: PromQL under a name, without discovery. */
export const plainQuery = z.strictObject({
  name: z
    .string()
    .refine(isSeriesName, 'expected the name of a metric: letters, digits, "_" and ":", no digit in front')
    .describe("The metric's name."),
  query: z
    .string()
    .min(1)
    .transform(making(parseTemplate))
    .describe("PromQL, a template as metricsQuery is; .Series is the metric's name."),
  namespaceLabel: z
    .string()
    .min(1)
    .nullable()
    .describe('The label that holds the namespace; null answers every namespace alike.'),
  ...external,
});

/** `tidecaster` of the file. */
export const fileExtension = z.strictObject({
  backends: z.array(backend).default([]),
  queries: z.array(plainQuery.optional()).default([]),
});

/** What a rule says itself. */
export type OwnExtension = {
  backend: string;
  values: { [Case in keyof ValuePolicy]?: ValuePolicy[Case] | undefined };
};

/** @param backend that of the name, already found */
export function extensionOf(
  { values: own }: Pick<OwnExtension, 'values'>,
  { backend: found, compatibility }: { backend: Backend | null; compatibility: Compatibility },
): Pick<MetricRule, 'backend' | 'values'> {
  const base: ValuePolicy = compatibility === 'none' ? DEFAULT_VALUES : PROMETHEUS_ADAPTER_VALUES;
  return {
    backend: found,
    values: {
      empty: own.empty ?? base.empty,
      nan: own.nan ?? base.nan,
      infinite: own.infinite ?? base.infinite,
      negative: own.negative ?? base.negative,
      unavailable: own.unavailable ?? base.unavailable,
    },
  };
}

/** A plain query is a rule whose one series is known: the metric itself. */
export function toQueryRule(
  query: z.output<typeof plainQuery>,
  place: Place,
  extension: Pick<MetricRule, 'backend' | 'values'>,
): MetricRule {
  return {
    place,
    seriesQuery: query.name,
    pinnedSeries: query.name,
    plain: true,
    seriesFilters: [],
    naming: parseNaming('', ''),
    namespaceLabel: query.namespaceLabel,
    allowedNamespaces: query.allowedNamespaces ?? null,
    metricsQuery: query.query,
    ...extension,
  };
}
