import type { Aggregate, Binary, BinaryOp, Call, Duration, Expr, Grouping, Selector } from '../../domain/promql/ast.ts';
import { printPromql } from '../../domain/promql/print.ts';
import { InvalidError } from '../../domain/errors.ts';
import type { Labels } from '../../ports/metrics-source.ts';
import { selecting } from './select.ts';
import type { Point, SeriesStore, Stored } from './series-store.ts';

export type Element = { labels: Labels; value: number };
export type Value = { type: 'scalar'; value: number } | { type: 'vector'; elements: Element[] };

/**
 * The value of an expression at an instant, epoch milliseconds; of the part of PromQL that metric rules are made of.
 *
 * @throws InvalidError for types that do not fit, and naming what the model does not evaluate
 */
export function evaluate(expr: Expr, store: SeriesStore, at: number): Value {
  switch (expr.type) {
    case 'Number':
      return { type: 'scalar', value: expr.value };
    case 'Selector':
      return vectorOf(select(expr, store), (series) => ({
        labels: series.labels,
        value: store.valueAt(series, at),
      }));
    case 'Call': {
      const { of, seconds } = rateOf(expr);
      const range = { from: at - seconds * 1000, to: at };
      return vectorOf(select(of, store), ({ labels, points }) => ({
        labels: withoutName(labels),
        value: rate(points, range),
      }));
    }
    case 'Aggregate': {
      const compute = AGGREGATES[expr.op];
      if (!compute) return refuse(expr, `the aggregation ${expr.op}`);
      const of = evaluate(expr.of, store, at);
      if (of.type === 'scalar') throw new InvalidError(`${expr.op} takes an instant vector, not a number`);
      const grouping = expr.grouping ?? { type: 'by', labels: [] };
      return { type: 'vector', elements: aggregate(compute, grouping, of.elements) };
    }
    case 'Binary':
      return arithmetic(expr, evaluate(expr.left, store, at), evaluate(expr.right, store, at));
    case 'String':
      return refuse(expr, 'a string');
    case 'Unary':
      return refuse(expr, 'a sign');
    case 'Range':
    case 'Subquery':
      return refuse(expr, 'a range where a value belongs');
  }
}

function refuse(expr: Expr, what: string): never {
  throw new InvalidError(`the model does not evaluate ${what}: ${printPromql(expr)}`);
}

function vectorOf(all: readonly Stored[], element: (one: Stored) => { labels: Labels; value: number | null }): Value {
  const elements = all.map(element).filter((each): each is Element => each.value !== null);
  return { type: 'vector', elements };
}

function select(selector: Selector, store: SeriesStore): Stored[] {
  const { offset, at } = selector.shift;
  if (offset !== null || at !== null) return refuse(selector, at === null ? 'offset' : 'the @ modifier');
  return store.select(selecting(selector));
}

function rateOf(call: Call): { of: Selector; seconds: number } {
  if (call.name !== 'rate') return refuse(call, `the function ${call.name}()`);
  const [range, more] = call.args;
  if (range?.type !== 'Range' || more || range.edges !== null)
    throw new InvalidError(`rate() takes one range such as x[1m]: ${printPromql(call)}`);
  return { of: range.of, seconds: secondsOf(range.range) };
}

function secondsOf(duration: Duration): number {
  if (duration.type === 'Seconds' && duration.seconds > 0) return duration.seconds;
  throw new InvalidError(
    'what stands in the brackets is not a duration that the model evaluates, expected one like 1m',
  );
}

const withoutName = (labels: Labels): Labels =>
  Object.fromEntries(Object.entries(labels).filter(([label]) => label !== '__name__'));

/**
 * Prometheus' extrapolatedRate: the increase between the first and last sample of the range, resets added, stretched to the
 * range's ends where those are near, but never before the counter was zero.
 */
function rate(all: readonly Point[], { from, to }: { from: number; to: number }): number | null {
  const points = all.filter(({ at }) => at > from && at <= to);
  const [first] = points;
  const last = points.at(-1);
  if (!first || !last || first === last) return null;
  let increase = last.value - first.value;
  points.reduce((before, point) => {
    if (point.value < before.value) increase += before.value;
    return point;
  });
  const sampled = last.at - first.at;
  const between = sampled / (points.length - 1);
  const near = (gap: number): number => (gap >= between * 1.1 ? between / 2 : gap);
  const sinceZero = increase > 0 ? sampled * (first.value / increase) : Infinity;
  const before = Math.min(near(first.at - from), sinceZero);
  const stretched = (sampled + before + near(to - last.at)) / sampled;
  return (increase * stretched * 1000) / (to - from);
}

function aggregate(compute: Compute, grouping: Grouping, elements: readonly Element[]): Element[] {
  const groups = new Map<string, { labels: Labels; values: number[] }>();
  for (const { labels, value } of elements) {
    const kept = Object.fromEntries(
      Object.entries(labels)
        .filter(([label]) => keeps(grouping, label))
        .toSorted(([a], [b]) => (a < b ? -1 : 1)),
    );
    const key = JSON.stringify(kept);
    const group = groups.get(key) ?? { labels: kept, values: [] };
    group.values.push(value);
    groups.set(key, group);
  }
  return [...groups.values()].map(({ labels, values }) => ({ labels, value: compute(values) }));
}

const keeps = ({ type, labels }: Grouping, label: string): boolean =>
  type === 'by' ? labels.includes(label) : label !== '__name__' && !labels.includes(label);

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

type Compute = (values: readonly number[]) => number;

const AGGREGATES: Readonly<Partial<Record<Aggregate['op'], Compute>>> = {
  sum,
  avg: (values) => sum(values) / values.length,
  max: (values) => Math.max(...values),
  min: (values) => Math.min(...values),
  count: (values) => values.length,
};

const OPERATORS: Readonly<Partial<Record<BinaryOp, (a: number, b: number) => number>>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
  '^': (a, b) => a ** b,
};

function arithmetic(expr: Binary, left: Value, right: Value): Value {
  const { op, matching, fill } = expr;
  const apply = OPERATORS[op];
  if (!apply) return refuse(expr, `the operator ${op}`);
  if (matching !== null || fill.left !== null || fill.right !== null) return refuse(expr, `${op} with a matching`);
  if (left.type === 'scalar' && right.type === 'scalar')
    return { type: 'scalar', value: apply(left.value, right.value) };
  const over = (elements: readonly Element[], compute: (value: number) => number): Value => ({
    type: 'vector',
    elements: elements.map(({ labels, value }) => ({ labels: withoutName(labels), value: compute(value) })),
  });
  if (right.type === 'scalar' && left.type === 'vector')
    return over(left.elements, (value) => apply(value, right.value));
  if (left.type === 'scalar' && right.type === 'vector')
    return over(right.elements, (value) => apply(left.value, value));
  throw new InvalidError(`the model does not evaluate ${op} between two vectors`);
}
