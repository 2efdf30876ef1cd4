import { type Place, placeText } from '../errors.ts';
import type { Finding } from '../policy/lint.ts';
import type { Backend } from './backend.ts';
import type { CustomRule } from './custom-rule.ts';
import { EXAMPLE, exampleQuery, outermostGrouping } from './example-read.ts';
import { HEEDS_NO_READ, heedsNoRead, leadsWithComma, lintQuery } from './lint-query.ts';
import { type MetricRule, metricNameOf } from './metric-rule.ts';
import type { ResourceRules } from './resource-rules.ts';
import { pinnedSeries } from './series-query.ts';

/** The rules of one or several files, for all three APIs. */
export type LintedRules = {
  rules: readonly MetricRule[];
  customRules: readonly CustomRule[];
  resourceRules: ResourceRules | null;
};

/** What can be said of rules without a Prometheus. */
export function lintRules({ rules, customRules, resourceRules }: LintedRules): Finding[] {
  return [
    ...rules.flatMap(lintExternal),
    ...namedTwice(rules),
    ...customRules.flatMap(lintCustom),
    ...openTokens([...rules, ...customRules]),
    ...(resourceRules === null ? [] : lintResource(resourceRules)),
  ];
}

export const warning = (place: Place, message: string): Finding => ({ severity: 'warning', place, message });

function lintExternal(rule: MetricRule): Finding[] {
  const series = rule.pinnedSeries ?? 'series';
  const query = { template: rule.metricsQuery, series, groupBy: [] };
  const name = rule.pinnedSeries === null ? null : metricNameOf(rule, rule.pinnedSeries);
  const said: string[] = [];
  if (rule.pinnedSeries !== null && name === null)
    said.push(`serves nothing: filters or name keep ${rule.pinnedSeries} out`);
  if (name !== null && hasCapital(name)) said.push(capital(name));
  said.push(...lintQuery(query, rule.pinnedSeries));
  // A plain query that says namespaceLabel: null is one number on purpose.
  if (!(rule.plain && rule.namespaceLabel === null) && heedsNoRead(query)) said.push(HEEDS_NO_READ);
  if (rule.namespaceLabel === null && leadsWithComma(query))
    said.push(
      'a comma stands behind <<.LabelMatchers>>: without a selector prometheus-adapter makes {,...} of it, which Prometheus refuses; it is left out here',
    );
  if (rule.namespaceLabel === null && rule.allowedNamespaces === null)
    said.push(
      'every namespace may read it, whoever its series are of: name those that may in tidecaster.allowedNamespaces',
    );
  return said.map((message) => warning(rule.place, message));
}

export const hasCapital = (name: string): boolean => name !== name.toLowerCase();

export const capital = (name: string): string =>
  `the metric is ${name}, but the HPA asks for external metrics in lower case: it is found, and answered as ${name.toLowerCase()}`;

/** Stands for the label of whatever object is asked for. */
const OBJECT = 'tidecaster_object';

function lintCustom(rule: CustomRule): Finding[] {
  const series = pinnedSeries(rule.seriesQuery);
  const query = { template: rule.metricsQuery, series: series ?? 'series', groupBy: [OBJECT] };
  const said: string[] = [];
  if (series !== null && metricNameOf(rule, series) === null)
    said.push(`serves nothing: filters or name keep ${series} out`);
  said.push(...lintQuery(query, series));
  if (heedsNoRead(query)) said.push(HEEDS_NO_READ);
  const promql = exampleQuery(query, EXAMPLE);
  const labels = [OBJECT, ...rule.labels.overrides.map(({ label }) => label)];
  if (promql !== null && rule.labels.template === null && !names(promql, labels)) said.push(NAMELESS);
  return said.map((message) => warning(rule.place, message));
}

const NAMELESS = 'the rows of its query name no object: expected an aggregation by (<<.GroupBy>>)';

/** Whether the rows of a query may have one of the labels. */
function names(promql: string, labels: readonly string[]): boolean {
  const grouping = outermostGrouping(promql);
  if (grouping === null) return true;
  const kept = labels.filter((label) => grouping.labels.includes(label) === (grouping.type === 'by'));
  return kept.length > 0;
}

function lintResource({ place, cpu, memory }: ResourceRules): Finding[] {
  return Object.entries({ cpu, memory }).flatMap(([name, rule]) => {
    const queries = [
      { key: 'containerQuery', template: rule.containerQuery, groupBy: [OBJECT, rule.containerLabel] },
      { key: 'nodeQuery', template: rule.nodeQuery, groupBy: [OBJECT] },
    ];
    return queries.flatMap(({ key, template, groupBy }) => {
      const query = { template, series: '', groupBy };
      const said = [...lintQuery(query, null), ...(heedsNoRead(query) ? [HEEDS_NO_READ] : [])];
      const promql = exampleQuery(query, EXAMPLE);
      if (promql !== null && key === 'containerQuery' && !names(promql, [rule.containerLabel]))
        said.push(`its rows name no container: expected an aggregation by (<<.GroupBy>>)`);
      return said.map((message) => warning(place, `${name}.${key}: ${message}`));
    });
  });
}

/** Names that are known without a Prometheus and given twice; the last one answers. */
function namedTwice(rules: readonly MetricRule[]): Finding[] {
  const first = new Map<string, Place>();
  return rules.flatMap((rule): Finding[] => {
    const name = rule.pinnedSeries === null ? null : metricNameOf(rule, rule.pinnedSeries)?.toLowerCase();
    if (name === null || name === undefined) return [];
    const before = first.get(name);
    first.set(name, rule.place);
    if (before === undefined) return [];
    return [
      warning(rule.place, `gives ${name}, which the rule at ${placeText(before)} gives too: the last one answers`),
    ];
  });
}

/** A token over plain HTTP is everybody's on the way. */
function openTokens(rules: readonly { place: Place; backend: Backend | null }[]): Finding[] {
  const seen = new Set<string>();
  return rules.flatMap(({ place, backend }): Finding[] => {
    if (backend === null || seen.has(backend.name)) return [];
    seen.add(backend.name);
    if (backend.bearerTokenFile === null || !backend.url.startsWith('http:')) return [];
    return [warning(place, `its backend ${backend.name} gets a bearer token over plain http, expected https`)];
  });
}
