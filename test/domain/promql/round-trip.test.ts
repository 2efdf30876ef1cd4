import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Expr } from '../../../src/domain/promql/ast.ts';
import { stringLiteral } from '../../../src/domain/promql/literals.ts';
import { parsePromql } from '../../../src/domain/promql/parse.ts';
import { printPromql } from '../../../src/domain/promql/print.ts';
import { QUOTED, WORDS, anyExpr } from './any-expr.ts';

it('every expression reads back as the same tree from what is printed of it', () => {
  fc.assert(
    fc.property(anyExpr, (expr) => {
      expect(parsePromql(printPromql(expr))).toEqual(expr);
    }),
    { numRuns: 500 },
  );
});

const selector = (name: string | null, matchers: (Expr & { type: 'Selector' })['matchers'] = []): Expr => ({
  type: 'Selector',
  name,
  matchers,
  shift: { offset: null, at: null },
});

it.each([...WORDS, ...QUOTED])('a metric called %s is still that metric when it is printed', (word) => {
  const named = [selector(word), selector(null, [{ label: '__name__', op: '=', value: word }])];
  expect(named).toContainEqual(parsePromql(printPromql(selector(word))));
});

/** What stands between quotes, and what it means. */
const piece = fc.oneof(
  fc.constantFrom<[string, string]>(
    ['\\a', '\x07'],
    ['\\b', '\b'],
    ['\\f', '\f'],
    ['\\n', '\n'],
    ['\\r', '\r'],
    ['\\t', '\t'],
    ['\\v', '\v'],
    ['\\\\', '\\'],
    ['{}[]()#', '{}[]()#'],
    ['`', '`'],
  ),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }).chain((character): fc.Arbitrary<[string, string]> => {
    const point = character.codePointAt(0)!;
    const bytes = Array.from(new TextEncoder().encode(character));
    const padded = (digits: string, width: number): string => digits.padStart(width, '0');
    return fc.constantFrom<[string, string]>(
      [bytes.map((byte) => `\\x${padded(byte.toString(16), 2)}`).join(''), character],
      [bytes.map((byte) => `\\${padded(byte.toString(8), 3)}`).join(''), character],
      [`\\U${padded(point.toString(16), 8)}`, character],
      [
        point > 0xffff ? `\\U${padded(point.toString(16).toUpperCase(), 8)}` : `\\u${padded(point.toString(16), 4)}`,
        character,
      ],
      /[\\"'\n]/.test(character) ? ['x', 'x'] : [character, character],
    );
  }),
);

it('strings mean what their escapes say, in either quote', () => {
  fc.assert(
    fc.property(fc.array(piece), fc.constantFrom(`"`, `'`), (pieces, quote) => {
      const other = quote === '"' ? "'" : '"';
      const all: [string, string][] = [...pieces, [`\\${quote}`, quote], [other, other]];
      const literal = `${quote}${all.map(([text]) => text).join('')}${quote}`;
      const value = all.map(([, meaning]) => meaning).join('');
      expect(stringLiteral(literal)).toBe(value);
      const read = parsePromql(`m{a=${literal}}`);
      expect(read).toEqual(selector('m', [{ label: 'a', op: '=', value }]));
      expect(parsePromql(printPromql(read))).toEqual(read);
    }),
  );
});

it.each([`"\\'"`, `'\\"'`])('the other quote has no escape, as in Prometheus: %s', (literal) => {
  expect(() => stringLiteral(literal)).toThrow('unknown escape at character 2');
});
