import type { Expr, Selector } from './ast.ts';

/** The same expression with its selectors changed, those of ranges included. */
export function mapSelectors(expr: Expr, change: (selector: Selector) => Selector): Expr {
  const map = (inner: Expr): Expr => mapSelectors(inner, change);
  switch (expr.type) {
    case 'Selector':
      return change(expr);
    case 'Range':
      return { ...expr, of: change(expr.of) };
    case 'Subquery':
    case 'Unary':
      return { ...expr, of: map(expr.of) };
    case 'Call':
      return { ...expr, args: expr.args.map(map) };
    case 'Aggregate':
      return { ...expr, param: expr.param && map(expr.param), of: map(expr.of) };
    case 'Binary':
      return { ...expr, left: map(expr.left), right: map(expr.right) };
    case 'Number':
    case 'String':
      return expr;
  }
}
