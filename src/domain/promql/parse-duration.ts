import type { SyntaxNode } from '@lezer/common';
import { InvalidError } from '../errors.ts';
import type { Duration } from './ast.ts';
import { numberLiteral } from './literals.ts';
import { partsOf } from './nodes.ts';

/** The duration that stands between brackets or behind `offset`. @throws InvalidError */
export function durationOf(node: SyntaxNode, source: string): Duration {
  const text = (of: SyntaxNode): string => source.slice(of.from, of.to);
  const parts = partsOf(node);
  const [first, second, third] = parts;
  if (node.name === 'NumberDurationLiteralInDurationContext') {
    return { type: 'Seconds', seconds: numberLiteral(text(node)) };
  }
  if (first?.name === 'UnaryOp' && second) return signed(text(first), durationOf(second, source));
  if (first && second && third) {
    const op = OPERATORS.find((each) => each === text(second));
    if (op) return { type: 'Arithmetic', op, left: durationOf(first, source), right: durationOf(third, source) };
  }
  const name = first && CALLS[first.name];
  if (name) return { type: 'DurationCall', name, args: parts.slice(1).map((part) => durationOf(part, source)) };
  if (first && !second) return durationOf(first, source);
  throw new InvalidError(`${JSON.stringify(text(node))} is not a duration, expected one like 5m`);
}

function signed(sign: string, of: Duration): Duration {
  if (sign === '+') return of;
  return of.type === 'Seconds' ? { type: 'Seconds', seconds: -of.seconds } : { type: 'Negative', of };
}

const OPERATORS = ['+', '-', '*', '/', '%', '^'] as const;
const CALLS: Readonly<Record<string, 'step' | 'range' | 'min_of' | 'max_of'>> = {
  DurationStep: 'step',
  DurationRange: 'range',
  DurationMinOf: 'min_of',
  DurationMaxOf: 'max_of',
};
