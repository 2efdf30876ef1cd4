import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';
import { InvalidError } from '../../domain/errors.ts';
import { compileRegex } from '../../domain/rules/regex.ts';
import type { Labels } from '../../ports/metrics-source.ts';
import { durationSeconds, numberLiteral, stringLiteral } from './promql-literals.ts';

/** The part of PromQL that metric rules are made of. */
export type Expr =
  | { type: 'Number'; value: number }
  | Selector
  | { type: 'Rate'; of: Selector; rangeSeconds: number }
  | { type: 'Aggregate'; op: AggregateOp; grouping: Grouping; of: Expr }
  | { type: 'Binary'; op: BinaryOp; left: Expr; right: Expr };

/** name: where the selector pins it, so that one family has to be searched and not all. */
export type Selector = { type: 'Selector'; name: string | null; matches(labels: Labels): boolean };
export type Grouping = { type: 'by' | 'without'; labels: readonly string[] };
export type AggregateOp = (typeof AGGREGATE_OPS)[number];
export type BinaryOp = (typeof BINARY_OPS)[number];

const AGGREGATE_OPS = ['sum', 'avg', 'max', 'min', 'count'] as const;
const BINARY_OPS = ['+', '-', '*', '/', '%', '^'] as const;

/** @throws InvalidError that names the construct which the model does not evaluate, or the place where it is no PromQL */
export function parsePromql(text: string): Expr {
  const root = parser.parse(text).topNode;
  root.cursor().iterate((node) => {
    if (node.type.isError) throw new InvalidError(`"${text}" is not PromQL: it breaks at character ${node.from + 1}`);
  });
  return expression({ text }, root.firstChild!);
}

/** @throws InvalidError when it is anything but a series selector */
export function parseSelector(text: string): Selector {
  const parsed = parsePromql(text);
  if (parsed.type === 'Selector') return parsed;
  throw new InvalidError(`"${text}" is not a series selector, expected one like {__name__=~"^http_.*"}`);
}

type Source = { text: string };
const textOf = ({ text }: Source, { from, to }: SyntaxNode): string => text.slice(from, to);

function refuse(source: Source, node: SyntaxNode, what: string): never {
  throw new InvalidError(`the model does not evaluate ${what}: ${textOf(source, node)}`);
}

function expression(source: Source, node: SyntaxNode): Expr {
  switch (node.name) {
    case 'NumberDurationLiteral':
      return { type: 'Number', value: numberLiteral(textOf(source, node)) };
    case 'ParenExpr':
      return expression(source, node.firstChild!);
    case 'VectorSelector':
      return selector(source, node);
    case 'FunctionCall':
      return rate(source, node);
    case 'AggregateExpr':
      return aggregate(source, node);
    case 'BinaryExpr':
      return binary(source, node);
    case 'StepInvariantExpr':
      return refuse(source, node, 'the @ modifier');
    default:
      return refuse(source, node, node.name);
  }
}

function rate(source: Source, node: SyntaxNode): Expr {
  const name = textOf(source, node.getChild('FunctionIdentifier')!);
  if (name !== 'rate') return refuse(source, node, `the function ${name}()`);
  const range = node.getChild('FunctionCallBody')?.firstChild;
  if (range?.name !== 'MatrixSelector' || range.nextSibling) {
    throw new InvalidError(`rate() takes one range such as x[1m]: ${textOf(source, node)}`);
  }
  const of = range.firstChild!;
  if (of.name !== 'VectorSelector') {
    throw new InvalidError(`ranges are taken of selectors alone: ${textOf(source, range)}`);
  }
  const rangeSeconds = durationSeconds(textOf(source, range.getChild('DurationExpr')!));
  return { type: 'Rate', of: selector(source, of), rangeSeconds };
}

function aggregate(source: Source, node: SyntaxNode): Expr {
  const name = textOf(source, node.getChild('AggregateOp')!).toLowerCase();
  const op = AGGREGATE_OPS.find((each) => each === name);
  if (!op) return refuse(source, node, `the aggregation ${name}`);
  const argument = node.getChild('FunctionCallBody')?.firstChild;
  if (!argument || argument.nextSibling) {
    throw new InvalidError(`${name} takes one argument: ${textOf(source, node)}`);
  }
  return { type: 'Aggregate', op, grouping: groupingOf(source, node), of: expression(source, argument) };
}

function groupingOf(source: Source, node: SyntaxNode): Grouping {
  const modifier = node.getChild('AggregateModifier');
  if (!modifier) return { type: 'by', labels: [] };
  const type = modifier.getChild('Without') ? 'without' : 'by';
  const list = modifier.getChild('GroupingLabels')!;
  const plain = list.getChildren('LabelName').map((label) => textOf(source, label));
  const quoted = list.getChildren('QuotedLabelName').map((label) => stringLiteral(textOf(source, label)));
  return { type, labels: [...plain, ...quoted] };
}

function binary(source: Source, node: SyntaxNode): Expr {
  const left = node.firstChild!;
  const right = node.lastChild!;
  const operator = textOf(source, left.nextSibling!).toLowerCase();
  const op = BINARY_OPS.find((each) => each === operator);
  if (!op) return refuse(source, node, `the operator ${operator}`);
  const modifier = ['BoolModifier', 'MatchingModifierClause', 'FillModifier'].find((name) => node.getChild(name));
  if (modifier) return refuse(source, node, `a ${modifier}`);
  return { type: 'Binary', op, left: expression(source, left), right: expression(source, right) };
}

/** pins: the one value that matches, where there is one. */
type Matcher = { label: string; pins: string | null; matches(value: string): boolean };

function selector(source: Source, node: SyntaxNode): Selector {
  const identifier = node.getChild('Identifier');
  const inBraces = node.getChild('LabelMatchers');
  const matchers = [
    ...(identifier ? [nameIs(textOf(source, identifier))] : []),
    ...(inBraces?.getChildren('QuotedLabelName') ?? []).map((name) => nameIs(stringLiteral(textOf(source, name)))),
    ...(inBraces?.getChildren('UnquotedLabelMatcher') ?? []).map((each) => matcher(source, each)),
    ...(inBraces?.getChildren('QuotedLabelMatcher') ?? []).map((each) => matcher(source, each)),
  ];
  if (matchers.every(({ matches }) => matches(''))) {
    throw new InvalidError(`a selector must contain at least one non-empty matcher: ${textOf(source, node)}`);
  }
  // An absent label is an empty one.
  const matches = (labels: Labels): boolean => matchers.every((each) => each.matches(labels[each.label] ?? ''));
  const name = matchers.find((each) => each.label === '__name__')?.pins ?? null;
  return { type: 'Selector', name, matches };
}

const nameIs = (name: string): Matcher => ({ label: '__name__', pins: name, matches: (value) => value === name });

function matcher(source: Source, node: SyntaxNode): Matcher {
  const label = node.getChild('LabelName');
  const quoted = node.getChild('QuotedLabelName');
  const name = label ? textOf(source, label) : stringLiteral(textOf(source, quoted!));
  const wanted = stringLiteral(textOf(source, node.getChild('StringLiteral')!));
  const op = textOf(source, node.getChild('MatchOp')!);
  return { label: name, pins: op === '=' ? wanted : null, matches: predicate(op, wanted) };
}

/** Prometheus anchors its patterns at both ends. */
function predicate(op: string, wanted: string): Matcher['matches'] {
  if (op === '=') return (value) => value === wanted;
  if (op === '!=') return (value) => value !== wanted;
  const regex = compileRegex(wanted);
  return op === '=~' ? (value) => regex.matches(value) : (value) => !regex.matches(value);
}
