import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';
import type { Finding } from '../policy/lint.ts';
import type { MetricRule } from './metric-rule.ts';
import { executeTemplate } from './template.ts';

/** The types of /api/v1/metadata that say whether to rate; `unknown` and the rest say nothing. */
export const SERIES_TYPES = ['counter', 'gauge', 'histogram', 'summary'] as const;
export type SeriesType = (typeof SERIES_TYPES)[number];

/** How a query uses a series: over time as a counter, as it stands, or both. */
export type SeriesUse = { rated: boolean; bare: boolean };

/** Functions that count resets, so that they are for counters alone. */
const FOR_COUNTERS = new Set(['rate', 'irate', 'increase', 'resets']);

/**
 * A rule that rates a gauge, or does not rate a counter, by the types that Prometheus says the series have.
 *
 * @param types by series name
 * @param seriesOf the series that a rule serves now
 */
export function lintTypes(
  rules: readonly MetricRule[],
  types: ReadonlyMap<string, SeriesType>,
  seriesOf: (rule: MetricRule) => readonly string[],
): Finding[] {
  return rules.flatMap((rule) =>
    seriesOf(rule).flatMap((series): Finding[] => {
      const use = useOf(rule, series);
      const type = typeOf(series, types);
      if (type === null) return [];
      const said = `Prometheus says that ${series} is a ${type}`;
      if (type === 'gauge' && use.rated)
        return [finding(rule, `${said}, but the query rates it: a gauge is taken as it is, or by deriv and delta`)];
      if (type === 'counter' && use.bare && !use.rated)
        return [
          finding(rule, `${said}, but the query does not rate it: a count since the start says nothing of the load`),
        ];
      return [];
    }),
  );
}

export const finding = (rule: MetricRule, message: string): Finding => ({
  severity: 'warning',
  place: rule.place,
  message,
});

/** A histogram's and a summary's own series are counters, but for quantiles. */
function typeOf(series: string, types: ReadonlyMap<string, SeriesType>): 'counter' | 'gauge' | null {
  const own = types.get(series);
  if (own === 'counter' || own === 'gauge') return own;
  const family = types.get(series.replace(/_(?:bucket|count|sum)$/, ''));
  return family === 'histogram' || (family === 'summary' && /_(?:count|sum)$/.test(series)) ? 'counter' : null;
}

/** How the rule's query uses a series, read from the PromQL of an example read. */
export function useOf(rule: MetricRule, series: string): SeriesUse {
  const promql = exampleQuery(rule, series, EXAMPLE);
  const use = { rated: false, bare: false };
  if (promql === null) return use;
  parser.parse(promql).iterate({
    enter: ({ node }) => {
      if (node.name !== 'VectorSelector' || nameOf(node, promql) !== series) return;
      const rated = functionsAround(node, promql).some((name) => FOR_COUNTERS.has(name));
      use.rated ||= rated;
      use.bare ||= !rated;
    },
  });
  return use;
}

/** What an example read puts into a template. */
export type Example = { matchers: string; values: readonly [string, string][] };
export const EXAMPLE: Example = {
  matchers: 'namespace="a",x="b"',
  values: [
    ['namespace', 'a'],
    ['x', 'b'],
  ],
};

/** The PromQL of an example read; null where the template fails on it, which another read need not do. */
export function exampleQuery(rule: MetricRule, series: string, { matchers, values }: Example): string | null {
  const rendering = executeTemplate(rule.metricsQuery, {
    series,
    matchers,
    valuesByName: new Map(values),
    groupBy: [],
  });
  return rendering.type === 'text' ? rendering.text : null;
}

function nameOf(selector: SyntaxNode, promql: string): string | null {
  const identifier = selector.getChild('Identifier');
  return identifier && promql.slice(identifier.from, identifier.to);
}

/** The names of the functions that a node stands in, in lower case. */
function functionsAround(node: SyntaxNode, promql: string): string[] {
  const names: string[] = [];
  for (let parent = node.parent; parent; parent = parent.parent) {
    const name = parent.name === 'FunctionCall' ? parent.getChild('FunctionIdentifier') : null;
    if (name) names.push(promql.slice(name.from, name.to).toLowerCase());
  }
  return names;
}
