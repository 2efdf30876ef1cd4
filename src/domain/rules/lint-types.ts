import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';

/** The types of /api/v1/metadata that say whether to rate; `unknown` and the rest say nothing. */
export const SERIES_TYPES = ['counter', 'gauge', 'histogram', 'summary'] as const;
export type SeriesType = (typeof SERIES_TYPES)[number];

/** How a query uses a series: over time as a counter, as it stands, or both. */
export type SeriesUse = { rated: boolean; bare: boolean };

/** Functions that count resets, so that they are for counters alone. */
const FOR_COUNTERS = new Set(['rate', 'irate', 'increase', 'resets']);

/**
 * What is wrong with a query by the type that Prometheus says the series has: it rates a gauge, or does not rate a counter.
 * Null where nothing is.
 */
export function typeFault(promql: string, series: string, types: ReadonlyMap<string, SeriesType>): string | null {
  const use = useOf(promql, series);
  const type = typeOf(series, types);
  const said = `Prometheus says that ${series} is a ${type}`;
  if (type === 'gauge' && use.rated)
    return `${said}, but the query rates it: a gauge is taken as it is, or by deriv and delta`;
  if (type === 'counter' && use.bare && !use.rated)
    return `${said}, but the query does not rate it: a count since the start says nothing of the load`;
  return null;
}

/** The same by the name of the series alone, with which most keep to the types. */
export function nameFault(promql: string, series: string): string | null {
  const { rated, bare } = useOf(promql, series);
  if (series.endsWith('_total') && bare && !rated)
    return `${series} is a counter by its name, but the query does not rate it`;
  if (!/_(?:total|count|sum|bucket|created)$/.test(series) && rated)
    return `${series} is no counter by its name, but the query rates it`;
  return null;
}

/** A histogram's and a summary's own series are counters, but for quantiles. */
export function typeOf(series: string, types: ReadonlyMap<string, SeriesType>): 'counter' | 'gauge' | null {
  const own = types.get(series);
  if (own === 'counter' || own === 'gauge') return own;
  const family = types.get(series.replace(/_(?:bucket|count|sum)$/, ''));
  return family === 'histogram' || (family === 'summary' && /_(?:count|sum)$/.test(series)) ? 'counter' : null;
}

/** How a query uses a series. */
function useOf(promql: string, series: string): SeriesUse {
  const use = { rated: false, bare: false };
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
