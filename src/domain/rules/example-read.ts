import { parser } from '@prometheus-io/lezer-promql';
import { type Template, executeTemplate } from './template.ts';

/** What a made-up read puts into a template, so that something can be said of a rule before anybody reads it. */
export type ExampleRead = { matchers: string; values: readonly [string, string][] };

export const EXAMPLE: ExampleRead = exampleOf([
  ['namespace', 'a'],
  ['x', 'b'],
]);
/** A read of somebody else: if the query is the same, selectors mean nothing. */
export const OTHER: ExampleRead = exampleOf([
  ['namespace', 'c'],
  ['x', 'd'],
]);

/** A read that selects nothing, to see which series a query is about. */
export const UNMATCHED: ExampleRead = { ...EXAMPLE, matchers: '' };

function exampleOf(values: readonly [string, string][]): ExampleRead {
  return { matchers: values.map(([label, value]) => `${label}="${value}"`).join(','), values };
}

/** A query of a rule, and what of a read is the rule's own: the series' name, and the labels that tell its rows apart. */
export type RuleQuery = { template: Template; series: string; groupBy: readonly string[] };

/** The PromQL of an example read; null where the template fails on it, which another read need not do. */
export function exampleQuery(query: RuleQuery, { matchers, values }: ExampleRead): string | null {
  const { template, series, groupBy } = query;
  const rendering = executeTemplate(template, { series, matchers, valuesByName: new Map(values), groupBy });
  return rendering.type === 'text' ? rendering.text : null;
}

/** Whether a text is PromQL. */
export function isPromQl(text: string): boolean {
  let fault = text.trim() === '';
  parser.parse(text).iterate({ enter: ({ type }) => void (fault ||= type.isError) });
  return !fault;
}

/** The series selectors of a query as they stand in it, each once, without those that name no series. */
export function selectorsIn(promql: string): string[] {
  const found = new Set<string>();
  parser.parse(promql).iterate({
    enter: ({ node }) => {
      if (node.name === 'VectorSelector') found.add(promql.slice(node.from, node.to));
    },
  });
  return [...found];
}

/** Aggregations that give whole series, with all their labels. */
const PICKING = new Set(['topk', 'bottomk', 'limitk', 'limit_ratio']);

/** What the outermost aggregation of a query keeps of its labels; null where there is none, so that all are kept. */
export function outermostGrouping(promql: string): { type: 'by' | 'without'; labels: string[] } | null {
  let node = parser.parse(promql).topNode.firstChild;
  while (node?.name === 'ParenExpr') node = node.firstChild;
  const operator = node?.getChild('AggregateOp');
  if (!node || !operator || PICKING.has(promql.slice(operator.from, operator.to).toLowerCase())) return null;
  const modifier = node.getChild('AggregateModifier');
  const grouping = modifier?.getChild('GroupingLabels');
  const named = ['LabelName', 'QuotedLabelName'].flatMap((kind) => grouping?.getChildren(kind) ?? []);
  return {
    type: modifier?.getChild('Without') ? 'without' : 'by',
    labels: named.map(({ from, to }) => promql.slice(from, to).replaceAll(/^["'`]|["'`]$/g, '')),
  };
}
