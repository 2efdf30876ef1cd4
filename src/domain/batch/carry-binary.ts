import { type Binary, type Expr, isSetOp } from '../promql/ast.ts';
import { printPromql } from '../promql/print.ts';
import { type Carried, refused } from './carried.ts';
import type { Key } from './key.ts';

type Whole = Exclude<Carried, { type: 'refused' }>;
type Keyed = Extract<Carried, { type: 'keyed' }>;
type Sides = { left: Whole; right: Whole; keys: readonly Key[] };

/** An operator between two sides of which all is known. */
export function carryBinary(expr: Binary, { left, right, keys }: Sides): Carried {
  if (left.type === 'constant' && right.type === 'constant') return { type: 'constant', expr };
  const joined = { ...expr, left: left.expr, right: right.expr };
  if (left.type === 'keyed' && right.type === 'keyed') return bothKeyed(joined, { left, right, keys });
  const constant = left.type === 'constant' ? left : right;
  const keyed = left.type === 'keyed' ? left : right.type === 'keyed' ? right : null;
  if (keyed === null) return { type: 'constant', expr };
  if (isScalar(constant.expr)) return { ...keyed, expr: joined };
  const why = whyNotBeside(joined, keyed, { constantIs: left === constant ? 'left' : 'right', keys });
  return why === null ? { ...keyed, expr: joined } : refused(why);
}

/** Whether rows are matched by a label: `on` it, or not `ignoring` it. */
function matchesBy({ matching }: Binary, label: string): boolean {
  return matching === null || matching.labels.includes(label) === (matching.type === 'on');
}

/**
 * Every key is matched by, so that the rows of one question meet no others. Where the single query does not match by it, both
 * sides have one value of it there, or none; where it does, both must have it or neither, as it would never match otherwise.
 *
 *     single result has the key, where it is     and, unless    or                  one to one        many to one
 *     matched by                                 if left has    if both have        if both have      if `many` has
 *     not matched by                             if left has    both or neither     never             if `many` has
 *
 * and with the key in group_left's own list, if the other side has it.
 */
function bothKeyed(expr: Binary, { left, right, keys }: { left: Keyed; right: Keyed; keys: readonly Key[] }): Carried {
  const { op, matching } = expr;
  if (expr.fill.left !== null || expr.fill.right !== null) return refused(`${op} fills in rows that are not there`);
  const group = matching?.group ?? null;
  const added = new Set<string>();
  for (const { label, type } of keys) {
    const [ofLeft, ofRight] = [left.added.has(label), right.added.has(label)];
    const matched = matchesBy(expr, label);
    if (!matched && type === 'names') return refused(`${op} matches rows of different ${label}`);
    if (ofLeft !== ofRight && (matched || op === 'or')) {
      return refused(`the rows on one side of ${op} have the label ${label}, those on the other have not`);
    }
    if (isSetOp(op) ? ofLeft : group ? isAdded(group, { label, ofLeft, ofRight }) : ofLeft || !matched)
      added.add(label);
  }
  return { type: 'keyed', expr: matchedBy(expr, keys), added };
}

type Group = NonNullable<NonNullable<Binary['matching']>['group']>;

function isAdded(
  group: Group,
  { label, ofLeft, ofRight }: { label: string; ofLeft: boolean; ofRight: boolean },
): boolean {
  return (group.many === 'left') === group.include.includes(label) ? ofRight : ofLeft;
}

/** Matched by the keys as well. No label may stand in `on` and be taken over, and it need not: both sides have the same. */
function matchedBy(expr: Binary, keys: readonly Key[]): Binary {
  const { matching } = expr;
  if (matching === null) return expr;
  const own = keys.map(({ label }) => label);
  const others = (labels: readonly string[]): string[] => labels.filter((label) => !own.includes(label));
  const labels =
    matching.type === 'on'
      ? [...matching.labels, ...own.filter((label) => !matching.labels.includes(label))]
      : others(matching.labels);
  const group = matching.group && { ...matching.group, include: others(matching.group.include) };
  return { ...expr, matching: { ...matching, labels, group } };
}

/**
 * Beside a vector that is the same for all questions nothing is changed. Each row of ours meets the same rows there as it would
 * singly, where
 *
 * - only its own presence is at stake (`and`, `unless`, the many of many to one), and it is not matched by a label that was
 *   added to it;
 * - else, where all keys are native and matched by.
 */
function whyNotBeside(
  expr: Binary,
  keyed: Keyed,
  { constantIs, keys }: { constantIs: 'left' | 'right'; keys: readonly Key[] },
): string | null {
  const { op, matching, fill } = expr;
  const constant = printPromql(expr[constantIs]);
  const alike = `${constant}, on one side of ${op}, is the same whatever is asked for`;
  if (op === 'or') return `${alike}: its rows would be given once for all${orZero(expr[constantIs])}`;
  if (op === 'unless' && constantIs === 'left') return `${alike}: its rows would be given once for all`;
  if (fill.left !== null || fill.right !== null) return `${op} fills in rows that are not there`;
  const group = matching?.group ?? null;
  const rowByRow = isSetOp(op) ? constantIs === 'right' : group !== null && group.many !== constantIs;
  for (const { label } of keys) {
    const [isAddedHere, matched] = [keyed.added.has(label), matchesBy(expr, label)];
    if (rowByRow && group?.include.includes(label)) return `group_${group.many} overwrites ${label}`;
    if (rowByRow ? isAddedHere && matched : isAddedHere || !matched)
      return `${alike}, and does not carry ${label}, by which rows are told apart`;
  }
  return null;
}

const orZero = (expr: Expr): string =>
  expr.type === 'Call' && expr.name === 'vector' ? ' (tidecaster: { values: { empty: zero } } says the same)' : '';

const SCALAR_FUNCTIONS = new Set(['scalar', 'time', 'pi', 'start', 'end', 'step', 'range']);

function isScalar(expr: Expr): boolean {
  switch (expr.type) {
    case 'Number':
      return true;
    case 'Unary':
      return isScalar(expr.of);
    case 'Binary':
      return isScalar(expr.left) && isScalar(expr.right);
    case 'Call':
      return SCALAR_FUNCTIONS.has(expr.name);
    case 'String':
    case 'Selector':
    case 'Range':
    case 'Subquery':
    case 'Aggregate':
      return false;
  }
}
