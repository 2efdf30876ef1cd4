import { z } from 'zod';
import type { Place } from '../domain/errors.ts';
import { parseResourceLabels } from '../domain/rules/association.ts';
import type { CustomRule } from '../domain/rules/custom-rule.ts';
import { OBJECT_VALUES } from '../domain/rules/value-policy.ts';
import { discoveryFields, making, resources } from './discovery-rule.ts';
import { ruleExtension } from './rule-extensions.ts';

/** One entry of `rules`, for custom.metrics.k8s.io. */
export const customRule = z.strictObject({
  ...discoveryFields,
  resources: resources.prefault({}).transform(making(parseResourceLabels)),
  tidecaster: ruleExtension
    .refine(({ values: { empty, unavailable } }) => ![empty?.type, unavailable?.type].includes('zero'), {
      path: ['values'],
      error: 'zero stands for a row that is no number: without rows there is nothing to say of which object it is',
    })
    .prefault({})
    .describe('What prometheus-adapter does not have.'),
});

/** prometheus-adapter's own reaction to NaN differs here from that of external metrics: it answers 0. Signs are kept, as there. */
export function toCustomRule(
  rule: z.output<typeof customRule>,
  place: Place,
  { backend, values }: Pick<CustomRule, 'backend' | 'values'>,
): CustomRule {
  const nan = values.nan.type === 'likePrometheusAdapter' ? ({ type: 'zero' } as const) : values.nan;
  return {
    backend,
    values: { ...values, nan, negative: OBJECT_VALUES.negative },
    place,
    seriesQuery: rule.seriesQuery.text,
    seriesFilters: rule.seriesFilters,
    naming: rule.name,
    labels: rule.resources,
    metricsQuery: rule.metricsQuery,
  };
}
