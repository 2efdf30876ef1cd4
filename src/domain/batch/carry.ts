import type { Aggregate, Call, Expr, Selector } from '../promql/ast.ts';
import { printPromql } from '../promql/print.ts';
import { type Carried, refused } from './carried.ts';
import { carryBinary } from './carry-binary.ts';
import { ALONE, DROPS_LE, KEEPS_LABELS, RELABELS } from './functions.ts';
import { type Key, keyIn } from './key.ts';

/** Goes up from the selectors, with the key labels in every grouping and matching on the way. */
export function carry(expr: Expr, keys: readonly Key[]): Carried {
  switch (expr.type) {
    case 'Number':
    case 'String':
      return { type: 'constant', expr };
    case 'Selector':
      return carrySelector(expr, keys);
    case 'Range': {
      const of = carrySelector(expr.of, keys);
      return of.type === 'refused' ? of : { ...of, expr };
    }
    case 'Subquery':
    case 'Unary': {
      const of = carry(expr.of, keys);
      return of.type === 'refused' ? of : { ...of, expr: { ...expr, of: of.expr } };
    }
    case 'Call':
      return carryCall(expr, keys);
    case 'Aggregate':
      return carryAggregate(expr, keys);
    case 'Binary': {
      const [left, right] = [carry(expr.left, keys), carry(expr.right, keys)];
      if (left.type === 'refused') return left;
      if (right.type === 'refused') return right;
      return carryBinary(expr, { left, right, keys });
    }
  }
}

function carrySelector(expr: Selector, keys: readonly Key[]): Carried {
  const own = new Set(expr.matchers.map((matcher) => keyIn(keys, matcher)));
  const lacking = keys.find((key) => !own.has(key));
  if (!lacking) return { type: 'keyed', expr, added: new Set() };
  const some = keys.find((key) => own.has(key));
  if (!some) return { type: 'constant', expr };
  return refused(`a selector of ${expr.name ?? 'series'} asks for ${some.label} but not for ${lacking.label}`);
}

function carryCall(expr: Call, keys: readonly Key[]): Carried {
  const args = expr.args.map((arg) => carry(arg, keys));
  for (const arg of args) if (arg.type === 'refused') return arg;
  const [keyed, second] = args.filter((arg) => arg.type === 'keyed');
  if (!keyed) return { type: 'constant', expr };
  const why = ALONE[expr.name] ?? whyNot(expr, keyed.added, keys);
  if (why !== null) return refused(`${expr.name}() ${why}`);
  if (second) return refused(`${expr.name}() takes two arguments that depend on what is asked for`);
  const carried = args.map((arg, index) => (arg.type === 'refused' ? expr.args[index]! : arg.expr));
  return { type: 'keyed', expr: { ...expr, args: carried }, added: keyed.added };
}

function whyNot({ name, args }: Call, added: ReadonlySet<string>, keys: readonly Key[]): string | null {
  if (DROPS_LE.has(name) && keys.some(({ label }) => label === 'le')) return 'drops le, by which is asked';
  const relabel = RELABELS[name];
  if (!relabel) return KEEPS_LABELS.has(name) ? null : 'is not known to keep labels';
  const { target, sources } = relabel(args.map((arg) => (arg.type === 'String' ? arg.value : '')));
  if (keys.some(({ label }) => label === target)) return `writes ${target}, by which rows are told apart`;
  const source = sources.find((label) => added.has(label));
  return source === undefined ? null : `reads ${source}, which is not on its rows when asked singly`;
}

/** These make one row of each group, or of each row one; the others compare rows, and break ties as the backend likes. */
const GROUPS = new Set(['sum', 'avg', 'min', 'max', 'count', 'group', 'stddev', 'stdvar', 'quantile']);

function carryAggregate(expr: Aggregate, keys: readonly Key[]): Carried {
  const of = carry(expr.of, keys);
  const param = expr.param && carry(expr.param, keys);
  if (of.type === 'refused') return of;
  if (param?.type === 'refused') return param;
  if (param?.type === 'keyed') return refused(`the parameter of ${expr.op} depends on what is asked for`);
  if (of.type === 'constant') return { type: 'constant', expr };
  if (!GROUPS.has(expr.op)) return refused(`${expr.op} picks among all rows`);
  const { type, labels } = expr.grouping ?? { type: 'by', labels: [] };
  const dropped = keys.filter(({ label }) => labels.includes(label) === (type === 'without'));
  const joined = dropped.find((key) => key.type === 'names');
  if (joined) return refused(`${printPromql({ ...expr, of: ELLIPSIS })} adds up rows of different ${joined.label}`);
  const own = dropped.map(({ label }) => label);
  const grouping =
    type === 'by'
      ? { type, labels: [...labels, ...own] }
      : { type, labels: labels.filter((label) => !own.includes(label)) };
  return { type: 'keyed', expr: { ...expr, grouping, of: of.expr }, added: new Set([...of.added, ...own]) };
}

const ELLIPSIS: Expr = { type: 'Selector', name: 'rows', matchers: [], shift: { offset: null, at: null } };
