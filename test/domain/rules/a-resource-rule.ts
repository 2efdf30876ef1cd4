import type { ResourceRules } from '../../../src/domain/rules/resource-rules.ts';
import { parseTemplate } from '../../../src/domain/rules/template.ts';
import { labelsOf } from './a-custom-rule.ts';

const labels = labelsOf({
  overrides: { namespace: { resource: 'namespace' }, pod: { resource: 'pod' }, instance: { resource: 'node' } },
});

/** resourceRules with believable queries. */
export const aResourceRule: ResourceRules = {
  place: { file: 'rules.yaml', line: 1, column: 1, path: 'resourceRules' },
  backend: null,
  windowSeconds: 300,
  cpu: {
    containerQuery: parseTemplate('sum by (<<.GroupBy>>) (rate(cpu_seconds{<<.LabelMatchers>>}[5m]))'),
    nodeQuery: parseTemplate('sum by (<<.GroupBy>>) (rate(node_cpu_seconds{<<.LabelMatchers>>}[5m]))'),
    labels,
    containerLabel: 'container',
  },
  memory: {
    containerQuery: parseTemplate('sum by (<<.GroupBy>>) (memory_bytes{<<.LabelMatchers>>})'),
    nodeQuery: parseTemplate('sum by (<<.GroupBy>>) (node_memory_bytes{<<.LabelMatchers>>})'),
    labels,
    containerLabel: 'container',
  },
};
