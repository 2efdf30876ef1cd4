import { describe, expect, it } from '@jest/globals';
import { createBatching } from '../../src/domain/batch/batching.ts';
import { ALONE, KEEPS_LABELS, RELABELS } from '../../src/domain/batch/functions.ts';
import { AGGREGATE_OPS, type Expr, PRECEDENCE } from '../../src/domain/promql/ast.ts';
import { parsePromql } from '../../src/domain/promql/parse.ts';
import { printPromql } from '../../src/domain/promql/print.ts';
import { promqlOf } from '../../src/domain/rules/question.ts';
import { type Asked, aQuestion, aRule } from '../domain/batch/a-question.ts';
import { CORPUS, POD_CORPUS, templateOf } from './corpus.ts';
import { POD_READS, READS } from './reads.ts';

const NAMESPACE: Asked = { namespace: 'shop' };
const parsed = CORPUS.map((entry) => parsePromql(promqlOf(aQuestion(aRule(templateOf(entry)), NAMESPACE))));

function* partsOf(expr: Expr): Generator<Expr> {
  yield expr;
  if (expr.type === 'Call') for (const arg of expr.args) yield* partsOf(arg);
  if (expr.type === 'Aggregate' && expr.param) yield* partsOf(expr.param);
  if ('of' in expr) yield* partsOf(expr.of);
  if (expr.type === 'Binary') yield* [...partsOf(expr.left), ...partsOf(expr.right)];
}

describe('the corpus of queries', () => {
  it('is large, and most of it is asked together', () => {
    const together = CORPUS.filter(({ asked }) => asked === 'together');
    expect(together.length).toBeGreaterThan(200);
    expect(CORPUS.length - together.length).toBeGreaterThan(30);
    expect(new Set(CORPUS.map(({ query }) => query)).size).toBe(CORPUS.length);
  });

  it('has every operator, every aggregation, every way to match and every function that the planner knows', () => {
    const parts = parsed.flatMap((expr) => [...partsOf(expr)]);
    const binaries = parts.filter((part) => part.type === 'Binary');
    const missing = (all: Iterable<string>, used: Iterable<string>): string[] => {
      const seen = new Set(used);
      return [...all].filter((each) => !seen.has(each));
    };
    const calls = parts.flatMap((part) => (part.type === 'Call' ? [part.name] : []));
    const known = [...KEEPS_LABELS, ...Object.keys(RELABELS), ...Object.keys(ALONE)];
    expect(missing(known, calls)).toEqual([]);
    expect(
      missing(
        Object.keys(PRECEDENCE),
        binaries.map(({ op }) => op),
      ),
    ).toEqual([]);
    expect(
      missing(
        AGGREGATE_OPS,
        parts.flatMap((part) => (part.type === 'Aggregate' ? [part.op] : [])),
      ),
    ).toEqual([]);
    const ways = binaries.map(({ matching }) => `${matching?.type ?? ''} ${matching?.group?.many ?? ''}`);
    expect(missing([' ', 'on ', 'ignoring ', 'on left', 'on right', 'ignoring left'], ways)).toEqual([]);
  });

  it('reads back as it is printed', () => {
    for (const expr of parsed) expect(parsePromql(printPromql(expr))).toEqual(expr);
  });

  it.each([
    ...CORPUS.map((entry) => ({ ...entry, reads: Object.values(READS).flat(), of: '' })),
    ...POD_CORPUS.map((entry) => ({ ...entry, reads: POD_READS, of: ' of pods' })),
  ])('$query$of is asked $asked', (entry) => {
    const batching = createBatching();
    const rule = aRule(templateOf(entry));
    const types = entry.reads.map((read) => batching.askingOf(aQuestion(rule, read)).type);
    expect(new Set(types)).toEqual(new Set([entry.asked]));
  });
});
