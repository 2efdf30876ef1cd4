import { type Binary, type BinaryOp, type Expr, PRECEDENCE } from './ast.ts';

/** One after the other as they stand in the text: `- a [5m:] ^ b` is a sign, an operand, a postfix, an infix and an operand. */
export type Item =
  | { type: 'sign'; op: '+' | '-' }
  | { type: 'operand'; expr: Expr; parenthesized: boolean }
  /** What brackets, offset and @ make of the operand before them. */
  | { type: 'postfix'; apply(of: Expr, parenthesized: boolean): Expr }
  | { type: 'infix'; op: BinaryOp; modifiers: Modifiers };

export type Modifiers = Pick<Binary, 'bool' | 'matching' | 'fill'>;

/**
 * What binds to what, as in Prometheus: postfixes tighter than any operator, `^` tighter than a sign, to the right. The tree of its
 * grammar for editors says otherwise: there `a + b offset 5m` shifts the sum, and `-2^2` is 4.
 */
export function bind(items: readonly Item[]): Expr {
  let at = 0;

  function operand(): Expr {
    const item = items[at++];
    if (item?.type === 'sign') return signed(item.op, climb(PRECEDENCE['^']));
    if (item?.type !== 'operand') throw new Error('a PromQL operator stands where an operand belongs');
    let { expr, parenthesized } = item;
    for (let next = items[at]; next?.type === 'postfix'; next = items[++at]) {
      expr = next.apply(expr, parenthesized);
      parenthesized = false;
    }
    return expr;
  }

  function climb(least: number): Expr {
    let left = operand();
    for (let next = items[at]; next?.type === 'infix' && PRECEDENCE[next.op] >= least; next = items[at]) {
      at++;
      const right = climb(next.op === '^' ? PRECEDENCE['^'] : PRECEDENCE[next.op] + 1);
      left = { type: 'Binary', op: next.op, ...next.modifiers, left, right };
    }
    return left;
  }

  return climb(0);
}

/** A number takes its sign, as in Prometheus. */
function signed(op: '+' | '-', of: Expr): Expr {
  if (of.type !== 'Number') return { type: 'Unary', op, of };
  return op === '-' ? { type: 'Number', value: -of.value } : of;
}
