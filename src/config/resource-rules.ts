import { z } from 'zod';
import type { Place } from '../domain/errors.ts';
import type { Backend } from '../domain/rules/backend.ts';
import { parseResourceLabels } from '../domain/rules/association.ts';
import type { ResourceRules } from '../domain/rules/resource-rules.ts';
import { parseTemplate } from '../domain/rules/template.ts';
import { backendName } from './backends.ts';
import { making, resources } from './discovery-rule.ts';
import { durationText } from './duration.ts';

const template = z.string().min(1).transform(making(parseTemplate));

const resourceRule = z.strictObject({
  containerQuery: template.describe(
    'PromQL of the usage of containers, by <<.GroupBy>>: the labels of pod and container.',
  ),
  nodeQuery: template.describe('PromQL of the usage of nodes.'),
  resources: resources.prefault({}).transform(making(parseResourceLabels)),
  containerLabel: z.string().min(1).describe('The label that names the container.'),
});

/** `resourceRules`, for metrics.k8s.io. */
export const resourceRules = z.strictObject({
  cpu: resourceRule,
  memory: resourceRule,
  window: durationText.prefault('1m').describe('How long usage is measured: told to readers, not put into a query.'),
  tidecaster: z.strictObject({ backend: backendName }).prefault({}).describe('What prometheus-adapter does not have.'),
});

/** @param backend that of the name, already found */
export function toResourceRules(
  rules: z.output<typeof resourceRules>,
  place: Place,
  backend: Backend | null,
): ResourceRules {
  const { cpu, memory, window } = rules;
  const rule = ({ resources, ...rest }: z.output<typeof resourceRule>): ResourceRules['cpu'] => {
    return { ...rest, labels: resources };
  };
  return { place, backend, cpu: rule(cpu), memory: rule(memory), windowSeconds: window };
}
