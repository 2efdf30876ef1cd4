import { InvalidError } from '../../domain/errors.ts';
import type { Labels } from '../../ports/metrics-source.ts';
import type { AggregateOp, BinaryOp, Expr, Grouping } from './promql.ts';
import type { Point, SeriesStore } from './series-store.ts';

export type Element = { labels: Labels; value: number };
export type Value = { type: 'scalar'; value: number } | { type: 'vector'; elements: Element[] };

/** The value of an expression at an instant, epoch milliseconds. @throws InvalidError for types that do not fit */
export function evaluate(expr: Expr, store: SeriesStore, at: number): Value {
  switch (expr.type) {
    case 'Number':
      return { type: 'scalar', value: expr.value };
    case 'Selector': {
      const elements = store
        .select(expr)
        .map((series) => ({ labels: series.labels, value: store.valueAt(series, at) }));
      return { type: 'vector', elements: elements.filter((each): each is Element => each.value !== null) };
    }
    case 'Rate': {
      const range = { from: at - expr.rangeSeconds * 1000, to: at };
      const elements = store
        .select(expr.of)
        .map(({ labels, points }) => ({ labels: withoutName(labels), value: rate(points, range) }));
      return { type: 'vector', elements: elements.filter((each): each is Element => each.value !== null) };
    }
    case 'Aggregate': {
      const of = evaluate(expr.of, store, at);
      if (of.type === 'scalar') throw new InvalidError(`${expr.op} takes an instant vector, not a number`);
      return { type: 'vector', elements: aggregate(expr.op, expr.grouping, of.elements) };
    }
    case 'Binary':
      return arithmetic(expr.op, evaluate(expr.left, store, at), evaluate(expr.right, store, at));
  }
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

function aggregate(op: AggregateOp, grouping: Grouping, elements: readonly Element[]): Element[] {
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
  return [...groups.values()].map(({ labels, values }) => ({ labels, value: AGGREGATES[op](values) }));
}

const keeps = ({ type, labels }: Grouping, label: string): boolean =>
  type === 'by' ? labels.includes(label) : label !== '__name__' && !labels.includes(label);

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

const AGGREGATES: Readonly<Record<AggregateOp, (values: readonly number[]) => number>> = {
  sum,
  avg: (values) => sum(values) / values.length,
  max: (values) => Math.max(...values),
  min: (values) => Math.min(...values),
  count: (values) => values.length,
};

const OPERATORS: Readonly<Record<BinaryOp, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
  '^': (a, b) => a ** b,
};

function arithmetic(op: BinaryOp, left: Value, right: Value): Value {
  const apply = OPERATORS[op];
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
