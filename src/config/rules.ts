import { z } from 'zod';
import type { Place, Problem } from '../domain/errors.ts';
import type { Backend } from '../domain/rules/backend.ts';
import type { CustomRule } from '../domain/rules/custom-rule.ts';
import type { MetricRule } from '../domain/rules/metric-rule.ts';
import type { ResourceRules } from '../domain/rules/resource-rules.ts';
import { namespaceLabel } from '../domain/rules/namespace-label.ts';
import { customRule, toCustomRule } from './custom-rules.ts';
import { discoveryFields, making, resources } from './discovery-rule.ts';
import { type Compatibility, extensionOf, fileExtension, ruleExtension, toQueryRule } from './rule-extensions.ts';
import { resourceRules, toResourceRules } from './resource-rules.ts';
import { type ParsedDocument, byPlace, parseYaml } from './yaml.ts';

/** One entry of `externalRules`, for external.metrics.k8s.io. */
const externalRule = z.strictObject({
  ...discoveryFields,
  resources: resources.prefault({}).transform(making(namespaceLabel)),
  tidecaster: ruleExtension.prefault({}).describe('What prometheus-adapter does not have.'),
});

/** prometheus-adapter's configuration file, and one key of ours. */
const rulesDocument = z.strictObject({
  externalRules: z.array(externalRule).default([]),
  // A key without a value is an empty list to Go.
  rules: z
    .array(customRule)
    .nullish()
    .transform((rules) => rules ?? []),
  resourceRules: resourceRules.nullish(),
  tidecaster: fileExtension.prefault({}).describe('What prometheus-adapter does not have.'),
});

/**
 * rules: those for external metrics, `externalRules` and then `tidecaster.queries` in the file. customRules: `rules` in the file.
 * All are empty when there is any problem: a file is refused whole.
 */
export type RuleFile = {
  rules: MetricRule[];
  customRules: CustomRule[];
  resourceRules: ResourceRules | null;
  problems: Problem[];
};

/**
 * Reads metric rules in prometheus-adapter's own schema and what we add to it. Every fault of the file is found at once.
 *
 * @param compatibility whose answers are given where a rule says nothing of its own
 */
export function parseRules(file: string, text: string, compatibility: Compatibility = 'none'): RuleFile {
  const { documents, problems } = parseYaml(file, text, rulesDocument);
  const more = documents
    .slice(1)
    .map(({ place }) => ({ place: place(), message: 'a second document, expected one in a rules file' }));
  const external = documents.map((document) => externalRules(document, compatibility));
  const all = [...problems, ...more, ...external.flatMap((found) => found.problems)].toSorted(byPlace);
  if (all.length > 0) return { rules: [], customRules: [], resourceRules: null, problems: all };
  const customRules = documents.flatMap(({ value, place }) =>
    value.rules.map((rule, index) => toCustomRule(rule, place(['rules', index]))),
  );
  const [usage = null] = documents.map(({ value, place }) =>
    value.resourceRules ? toResourceRules(value.resourceRules, place(['resourceRules'])) : null,
  );
  return { rules: external.flatMap(({ rules }) => rules), customRules, resourceRules: usage, problems: [] };
}

/** The rules for external metrics, each with its backend found by name. */
function externalRules(
  { value, place }: ParsedDocument<z.output<typeof rulesDocument>>,
  compatibility: Compatibility,
): { rules: MetricRule[]; problems: Problem[] } {
  const problems: Problem[] = [];
  const backends = new Map<string, Backend>();
  for (const [index, backend] of value.tidecaster.backends.entries()) {
    if (backends.has(backend.name)) {
      const message = `"${backend.name}" is the name of another backend too, expected a name of its own`;
      problems.push({ place: place(['tidecaster', 'backends', index, 'name']), message });
    }
    backends.set(backend.name, backend);
  }
  const extension = (
    own: z.output<typeof ruleExtension>,
    path: readonly PropertyKey[],
  ): ReturnType<typeof extensionOf> => {
    const backend = backends.get(own.backend);
    if (backend === undefined && own.backend !== 'default') {
      const known = ['default', ...backends.keys()].join(', ');
      problems.push({ place: place([...path, 'backend']), message: `is "${own.backend}", expected one of ${known}` });
    }
    return extensionOf(own, { backend: backend ?? null, compatibility });
  };
  const discovered = value.externalRules.map((rule, index) => ({
    ...toRule(rule, place(['externalRules', index])),
    ...extension(rule.tidecaster, ['externalRules', index, 'tidecaster']),
  }));
  const plain = value.tidecaster.queries.map((query, index) => {
    const path = ['tidecaster', 'queries', index];
    return toQueryRule(query, place(path), extension(query, path));
  });
  return { rules: [...discovered, ...plain], problems };
}

function toRule(rule: z.output<typeof externalRule>, place: Place): Omit<MetricRule, 'backend' | 'values'> {
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
