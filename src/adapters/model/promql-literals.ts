import { InvalidError } from '../../domain/errors.ts';

const UNITS: Readonly<Record<string, number>> = {
  ms: 0.001,
  s: 1,
  m: 60,
  h: 3600,
  d: 86_400,
  w: 7 * 86_400,
  y: 365 * 86_400,
};

/** The seconds of `1h30m`, or of a bare number, as Prometheus 3 takes it. @throws InvalidError */
export function durationSeconds(text: string): number {
  const seconds = /^(\d+(ms|[smhdwy]))+$/.test(text)
    ? [...text.matchAll(/(\d+)(ms|[smhdwy])/g)].reduce((sum, [, n, unit]) => sum + Number(n) * UNITS[unit!]!, 0)
    : Number(text);
  if (seconds > 0) return seconds;
  throw new InvalidError(`"${text}" is not a duration that the model evaluates, expected one like 1m`);
}

/** @throws InvalidError for a duration in the place of a number */
export function numberLiteral(text: string): number {
  const [, sign, digits = ''] = /^([+-]?)(.*)$/.exec(text)!;
  const magnitude = /^inf$/i.test(digits)
    ? Infinity
    : /^nan$/i.test(digits)
      ? Number.NaN
      : Number(digits.replaceAll('_', ''));
  if (Number.isNaN(magnitude) && !/^nan$/i.test(digits)) {
    throw new InvalidError(`the model does not evaluate a duration as a number: ${text}`);
  }
  return sign === '-' ? -magnitude : magnitude;
}

const ESCAPES: Readonly<Record<string, string>> = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };

/** The text between PromQL's quotes: Go's escapes, none within backticks. */
export function stringLiteral(literal: string): string {
  const inside = literal.slice(1, -1);
  if (literal.startsWith('`')) return inside;
  return inside.replaceAll(
    /\\(x[\da-fA-F]{2}|u[\da-fA-F]{4}|U[\da-fA-F]{8}|[0-7]{3}|.)/g,
    (_whole: string, escape: string) => {
      if (/^[xuU]./.test(escape)) return String.fromCodePoint(Number.parseInt(escape.slice(1), 16));
      if (/^[0-7]{3}$/.test(escape)) return String.fromCodePoint(Number.parseInt(escape, 8));
      return ESCAPES[escape] ?? escape;
    },
  );
}
