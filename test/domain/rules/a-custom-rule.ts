import { parseResourceLabels } from '../../../src/domain/rules/association.ts';
import type { CustomRule } from '../../../src/domain/rules/custom-rule.ts';
import { parseNaming } from '../../../src/domain/rules/naming.ts';
import { parseTemplate } from '../../../src/domain/rules/template.ts';
import { OBJECT_VALUES } from '../../../src/domain/rules/value-policy.ts';

type Resources = Partial<Parameters<typeof parseResourceLabels>[0]>;

/** ResourceLabels as a file writes them. */
export const labelsOf = (resources: Resources): CustomRule['labels'] =>
  parseResourceLabels({ namespaced: true, overrides: {}, template: '', ...resources });

/** A rule for pods with believable defaults; a test names what it is about. */
export function aCustomRule(about: Partial<CustomRule> = {}): CustomRule {
  return {
    place: { file: 'rules.yaml', line: 2, column: 3, path: 'rules[0]' },
    seriesQuery: 'concurrent_viewers{namespace!="",pod!=""}',
    seriesFilters: [],
    naming: parseNaming('', ''),
    labels: labelsOf({ overrides: { namespace: { resource: 'namespace' }, pod: { resource: 'pod' } } }),
    metricsQuery: parseTemplate('sum(<<.Series>>{<<.LabelMatchers>>}) by (<<.GroupBy>>)'),
    backend: null,
    values: OBJECT_VALUES,
    ...about,
  };
}
