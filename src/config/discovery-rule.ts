import { z } from 'zod';
import { InvalidError } from '../domain/errors.ts';
import type { SeriesFilter } from '../domain/rules/metric-rule.ts';
import { parseNaming } from '../domain/rules/naming.ts';
import { compileRegex } from '../domain/rules/regex.ts';
import { pinnedSeries } from '../domain/rules/series-query.ts';
import { parseTemplate } from '../domain/rules/template.ts';

/** A step of zod's pipe that makes a domain value; an InvalidError becomes an issue at that place. */
export function making<From, To>(make: (from: From) => To) {
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

const naming = z
  .strictObject({ matches: z.string().default(''), as: z.string().default('') })
  .transform(making(({ matches, as }) => parseNaming(matches, as)));

/** `resources` of a rule as it is written; what is made of it differs between the two APIs. */
export const resources = z.strictObject({
  namespaced: z.boolean().default(true).describe('false answers every namespace alike. For external metrics only.'),
  overrides: z
    .record(z.string(), z.strictObject({ group: z.string().optional(), resource: z.string() }))
    .default({})
    .describe('Label -> the resource it names. External metrics use the one for the namespace.'),
  template: z.string().default('').describe('The label of any resource, such as kube_<<.Resource>>.'),
});

/** What entries of `rules` and of `externalRules` have in common. */
export const discoveryFields = {
  seriesQuery: z
    .string()
    .transform(making((text) => ({ text, pinned: pinnedSeries(text) })))
    .describe('Selector of the series that the rule serves.'),
  seriesFilters: z
    .array(seriesFilter)
    .default([])
    .describe('Patterns on the name of a series, unanchored; all must pass.'),
  name: naming.prefault({}).describe("How a series' name becomes the metric's."),
  metricsQuery: z
    .string()
    .min(1)
    .transform(making(parseTemplate))
    .describe('PromQL with <<.Series>>, <<.LabelMatchers>> and <<.GroupBy>>.'),
};

/** @throws InvalidError */
function toFilter({ is, isNot }: { is?: string | undefined; isNot?: string | undefined }): SeriesFilter {
  if (is !== undefined && isNot === undefined) return { type: 'is', regex: compileRegex(is) };
  if (isNot !== undefined && is === undefined) return { type: 'isNot', regex: compileRegex(isNot) };
  throw new InvalidError('a filter takes exactly one of "is" and "isNot"');
}
