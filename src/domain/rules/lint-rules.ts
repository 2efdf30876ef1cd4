import { parser } from '@prometheus-io/lezer-promql';
import { type Place, placeText } from '../errors.ts';
import type { Finding } from '../policy/lint.ts';
import { EXAMPLE, type Example, exampleQuery, finding, useOf } from './lint-types.ts';
import { type MetricRule, metricNameOf } from './metric-rule.ts';

/** A read of somebody else: if the query is the same, selectors mean nothing. */
const OTHER: Example = {
  matchers: 'namespace="c",x="d"',
  values: [
    ['namespace', 'c'],
    ['x', 'd'],
  ],
};

/** What can be said of rules for external metrics without a Prometheus. */
export function lintRules(rules: readonly MetricRule[]): Finding[] {
  return [...rules.flatMap(lintRule), ...namedTwice(rules), ...openTokens(rules)];
}

function lintRule(rule: MetricRule): Finding[] {
  const series = rule.pinnedSeries ?? 'series';
  const query = exampleQuery(rule, series, EXAMPLE);
  const name = rule.pinnedSeries === null ? null : metricNameOf(rule, rule.pinnedSeries);
  const findings: Finding[] = [];
  const say = (message: string): void => void findings.push(finding(rule, message));

  if (rule.pinnedSeries !== null && name === null) say(`serves nothing: filters or name keep ${rule.pinnedSeries} out`);
  if (name !== null && name !== name.toLowerCase())
    say(
      `the metric is ${name}, but the HPA asks for external metrics in lower case: it is found, and answered as ${name.toLowerCase()}`,
    );
  if (query !== null && !isPromQl(query)) say(`an example read makes ${JSON.stringify(query)}, which is no PromQL`);
  if (query !== null && query === exampleQuery(rule, series, OTHER))
    say(
      'selector and namespace make no difference: the query has neither <<.LabelMatchers>> nor <<.LabelValuesByName>>',
    );
  if (rule.namespaceLabel === null && rule.allowedNamespaces === null)
    say('every namespace may read it, whoever its series are of: name those that may in tidecaster.allowedNamespaces');
  if (rule.pinnedSeries !== null) {
    const { rated, bare } = useOf(rule, rule.pinnedSeries);
    const counter = rule.pinnedSeries.endsWith('_total');
    if (counter && bare && !rated) say(`${rule.pinnedSeries} is a counter by its name, but the query does not rate it`);
    if (!/_(?:total|count|sum|bucket|created)$/.test(rule.pinnedSeries) && rated)
      say(`${rule.pinnedSeries} is no counter by its name, but the query rates it`);
  }
  return findings;
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
    return [finding(rule, `gives ${name}, which the rule at ${placeText(before)} gives too: the last one answers`)];
  });
}

/** A token over plain HTTP is everybody's on the way. */
function openTokens(rules: readonly MetricRule[]): Finding[] {
  const seen = new Set<string>();
  return rules.flatMap((rule): Finding[] => {
    const { backend } = rule;
    if (backend === null || seen.has(backend.name)) return [];
    seen.add(backend.name);
    if (backend.bearerTokenFile === null || !backend.url.startsWith('http:')) return [];
    return [finding(rule, `its backend ${backend.name} gets a bearer token over plain http, expected https`)];
  });
}

function isPromQl(query: string): boolean {
  let fault = false;
  parser.parse(query).iterate({ enter: ({ type }) => void (fault ||= type.isError) });
  return !fault;
}
