import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';
import { InvalidError } from '../errors.ts';
import {
  AGGREGATE_OPS,
  type At,
  type Expr,
  type Grouping,
  type Matcher,
  type Matching,
  NOT_SHIFTED,
  type Selector,
  type Shift,
  isBinaryOp,
} from './ast.ts';
import { type Item, bind } from './bind.ts';
import { numberLiteral, stringLiteral } from './literals.ts';
import { firstOf, lastOf, partsOf } from './nodes.ts';
import { durationOf } from './parse-duration.ts';

/** Reads PromQL with Prometheus' own grammar. @throws InvalidError that says at which character it breaks */
export function parsePromql(text: string): Expr {
  const root = parser.parse(text).topNode;
  root.cursor().iterate((node) => {
    if (node.type.isError) throw new InvalidError(`"${text}" is not PromQL: it breaks at character ${node.from + 1}`);
  });
  return new Reader(text).expression(firstOf(root));
}

class Reader {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  expression(node: SyntaxNode): Expr {
    return bind(this.#items(node));
  }

  #of({ from, to }: SyntaxNode): string {
    return this.#text.slice(from, to);
  }

  #fail(node: SyntaxNode, what: string): never {
    throw new InvalidError(`"${this.#text}" is not PromQL: ${this.#of(node)} at character ${node.from + 1} ${what}`);
  }

  /** An expression without its shape: see bind(). */
  #items(node: SyntaxNode): Item[] {
    const parts = partsOf(node);
    const [first, second] = parts;
    switch (node.name) {
      case 'BinaryExpr':
        return [...this.#items(first!), this.#infix(node, second!), ...this.#items(parts.at(-1)!)];
      case 'UnaryExpr':
        return [{ type: 'sign', op: this.#of(first!) === '-' ? '-' : '+' }, ...this.#items(second!)];
      case 'OffsetExpr':
      case 'StepInvariantExpr':
      case 'MatrixSelector':
      case 'SubqueryExpr':
      case 'AnchoredExpr':
      case 'SmoothedExpr': {
        const apply = (of: Expr, parenthesized: boolean): Expr => this.#postfix(node, of, parenthesized);
        return [...this.#items(first!), { type: 'postfix', apply }];
      }
      case 'NumberDurationLiteral': {
        const [, sign, digits = ''] = /^([+-]?)\s*(.*)$/s.exec(this.#of(node)) ?? [];
        const expr: Expr = { type: 'Number', value: numberLiteral(digits) };
        const number: Item = { type: 'operand', expr, parenthesized: false };
        return sign === '-' || sign === '+' ? [{ type: 'sign', op: sign }, number] : [number];
      }
      default:
        return [{ type: 'operand', expr: this.#operand(node), parenthesized: node.name === 'ParenExpr' }];
    }
  }

  #operand(node: SyntaxNode): Expr {
    switch (node.name) {
      case 'ParenExpr':
        return this.expression(firstOf(node));
      case 'StringLiteral':
        return { type: 'String', value: stringLiteral(this.#of(node)) };
      case 'VectorSelector':
        return this.#selector(node);
      case 'FunctionCall':
        return { type: 'Call', name: this.#of(firstOf(node)), args: this.#arguments(node) };
      case 'AggregateExpr':
        return this.#aggregate(node);
      default:
        return this.#fail(node, `is a ${node.name}, which has no meaning here`);
    }
  }

  #selector(node: SyntaxNode): Selector {
    const identifier = node.getChild('Identifier');
    const matchers = partsOf(node.getChild('LabelMatchers')).map((part) => this.#matcher(part));
    return { type: 'Selector', name: identifier && this.#of(identifier), matchers, shift: NOT_SHIFTED };
  }

  #matcher(node: SyntaxNode): Matcher {
    if (node.name === 'QuotedLabelName') return { label: '__name__', op: '=', value: this.#label(node) };
    const op = this.#of(node.getChild('MatchOp')!);
    return {
      label: this.#label(firstOf(node)),
      op: op === '=' || op === '!=' || op === '=~' ? op : '!~',
      value: stringLiteral(this.#of(node.getChild('StringLiteral')!)),
    };
  }

  /** A plain or a quoted name. */
  #label(node: SyntaxNode): string {
    return node.name === 'QuotedLabelName' ? stringLiteral(this.#of(node)) : this.#of(node);
  }

  #postfix(node: SyntaxNode, of: Expr, parenthesized: boolean): Expr {
    const durations = node.getChildren('DurationExpr').map((each) => durationOf(each, this.#text));
    const [range, step = null] = durations;
    switch (node.name) {
      case 'MatrixSelector':
        if (of.type === 'Selector' && of.shift === NOT_SHIFTED && !parenthesized)
          return { type: 'Range', of, range: range!, edges: null };
        return this.#fail(node, 'is no range: ranges are taken of selectors alone');
      case 'SubqueryExpr':
        return { type: 'Subquery', of, range: range!, step, shift: NOT_SHIFTED };
      case 'OffsetExpr':
      case 'StepInvariantExpr':
        if (parenthesized) break;
        if (of.type === 'Selector' || of.type === 'Subquery') return { ...of, shift: this.#shift(node, of.shift) };
        if (of.type === 'Range') return { ...of, of: { ...of.of, shift: this.#shift(node, of.of.shift) } };
        break;
      default:
        if (of.type === 'Range') return { ...of, edges: node.name === 'AnchoredExpr' ? 'anchored' : 'smoothed' };
    }
    return this.#fail(node, 'changes the time of what is neither a selector nor a subquery');
  }

  /** `offset` and `@`, in either order. */
  #shift(node: SyntaxNode, before: Shift): Shift {
    const last = lastOf(node);
    const isOffset = node.name === 'OffsetExpr';
    if ((isOffset ? before.offset : before.at) !== null) this.#fail(node, 'is shifted twice');
    return isOffset ? { ...before, offset: durationOf(last, this.#text) } : { ...before, at: this.#at(last) };
  }

  #at(node: SyntaxNode): At {
    if (node.name === 'NumberDurationLiteral') return { type: 'timestamp', seconds: numberLiteral(this.#of(node)) };
    return { type: firstOf(node).name === 'AtEnd' ? 'end' : 'start' };
  }

  #arguments(node: SyntaxNode): Expr[] {
    return partsOf(node.getChild('FunctionCallBody')).map((part) => this.expression(part));
  }

  #aggregate(node: SyntaxNode): Expr {
    const name = this.#of(firstOf(node)).toLowerCase();
    const op = AGGREGATE_OPS.find((each) => each === name) ?? this.#fail(node, 'is an unknown aggregation');
    const modifier = node.getChild('AggregateModifier');
    const grouping: Grouping | null = modifier && {
      type: modifier.getChild('Without') ? 'without' : 'by',
      labels: this.#labels(modifier.getChild('GroupingLabels')),
    };
    const args = this.#arguments(node);
    const wanted = TWO_ARGUMENTS.test(op) ? 2 : 1;
    const [first, of = first] = args;
    if (args.length !== wanted || !first || !of)
      return this.#fail(node, `has ${args.length} arguments: ${op} takes ${wanted === 2 ? 'two' : 'one argument'}`);
    return { type: 'Aggregate', op, grouping, param: wanted === 2 ? first : null, of };
  }

  #labels(list: SyntaxNode | null): string[] {
    return partsOf(list).map((part) => this.#label(part));
  }

  #infix(node: SyntaxNode, operator: SyntaxNode): Item {
    const op = this.#of(operator).toLowerCase();
    if (!isBinaryOp(op)) return this.#fail(node, 'has an unknown operator');
    const bool = node.getChild('BoolModifier') !== null;
    const matching = this.#matching(node.getChild('MatchingModifierClause'));
    const fillOf = (name: string): number | null => {
      const literal = node.getChild('FillModifier')?.getChild(name)?.getChild('NumberDurationLiteral');
      return literal ? numberLiteral(this.#of(literal)) : null;
    };
    const both = fillOf('FillClause');
    const fill = { left: fillOf('FillLeftClause') ?? both, right: fillOf('FillRightClause') ?? both };
    return { type: 'infix', op, modifiers: { bool, matching, fill } };
  }

  #matching(node: SyntaxNode | null): Matching | null {
    if (!node) return null;
    const [labels, include] = node.getChildren('GroupingLabels').map((list) => this.#labels(list));
    const many = node.getChild('GroupLeft') ? 'left' : node.getChild('GroupRight') ? 'right' : null;
    const type = node.getChild('On') ? 'on' : 'ignoring';
    const twice = type === 'on' && include?.find((label) => labels?.includes(label));
    if (twice) this.#fail(node, `matches by ${twice} and takes it over at once`);
    return { type, labels: labels ?? [], group: many && { many, include: include ?? [] } };
  }
}

const TWO_ARGUMENTS = /^(topk|bottomk|limitk|limit_ratio|quantile|count_values)$/;
