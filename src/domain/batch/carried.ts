import type { Expr } from '../promql/ast.ts';

/**
 * What an expression becomes when it is asked for many questions at once.
 *
 * - `constant`: nothing in it depends on the question.
 * - `keyed`: a vector. Its rows that carry a question's values in all key labels are the rows of the single query, but for the
 *   labels in `added`, which rows of the single query never have. A key that is not added is `native`: they have it as well.
 * - `refused`: no such expression is known. why: a part of a sentence, for the rule's author.
 */
export type Carried =
  | { type: 'constant'; expr: Expr }
  | { type: 'keyed'; expr: Expr; added: ReadonlySet<string> }
  | { type: 'refused'; why: string };

export const refused = (why: string): Carried => ({ type: 'refused', why });
