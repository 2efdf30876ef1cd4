import { z } from 'zod';
import type { Place } from '../domain/errors.ts';
import { parseResourceLabels } from '../domain/rules/association.ts';
import type { CustomRule } from '../domain/rules/custom-rule.ts';
import { discoveryFields, making, resources } from './discovery-rule.ts';

/** One entry of `rules`, for custom.metrics.k8s.io. */
export const customRule = z.strictObject({
  ...discoveryFields,
  resources: resources.prefault({}).transform(making(parseResourceLabels)),
});

export function toCustomRule(rule: z.output<typeof customRule>, place: Place): CustomRule {
  return {
    place,
    seriesQuery: rule.seriesQuery.text,
    seriesFilters: rule.seriesFilters,
    naming: rule.name,
    labels: rule.resources,
    metricsQuery: rule.metricsQuery,
  };
}
