import type { MetricRule } from '../../../src/domain/rules/metric-rule.ts';
import { parseNaming } from '../../../src/domain/rules/naming.ts';
import { pinnedSeries } from '../../../src/domain/rules/series-query.ts';
import { parseTemplate } from '../../../src/domain/rules/template.ts';
import { DEFAULT_VALUES } from '../../../src/domain/rules/value-policy.ts';

/** A rule with believable defaults; a test names what it is about. */
export function aRule(about: Partial<MetricRule> = {}): MetricRule {
  const seriesQuery = about.seriesQuery ?? 'concurrent_viewers{namespace!=""}';
  return {
    place: { file: 'rules.yaml', line: 2, column: 3, path: 'externalRules[0]' },
    seriesQuery,
    pinnedSeries: pinnedSeries(seriesQuery),
    plain: false,
    seriesFilters: [],
    naming: parseNaming('', ''),
    namespaceLabel: 'namespace',
    allowedNamespaces: null,
    metricsQuery: parseTemplate('sum(<<.Series>>{<<.LabelMatchers>>}) by (<<.GroupBy>>)'),
    backend: null,
    values: DEFAULT_VALUES,
    ...about,
  };
}
