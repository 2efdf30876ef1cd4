import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { InvalidError } from '../../../src/domain/errors.ts';
import { canonicalSelector, selectorOfObject } from '../../../src/domain/rules/canonical-selector.ts';
import { parseSelector } from '../../../src/domain/rules/selector.ts';

const canonical = (text: string): string => canonicalSelector(parseSelector(text));

const key = fc.constantFrom('a', 'b', 'z', 'app.kubernetes.io/name', 'in');
const value = fc.constantFrom('', 'x', 'y', 'Web-1', 'notin');
const values = fc.array(
  value.filter((one) => one !== ''),
  { minLength: 1, maxLength: 3 },
);
const requirement = fc.oneof(
  fc.tuple(key, fc.constantFrom('=', '==', '!='), value).map((parts) => parts.join('')),
  fc
    .tuple(key, fc.constantFrom('in', 'notin'), values)
    .map(([k, operator, list]) => `${k} ${operator} (${list.join(',')})`),
  fc.tuple(key, fc.constantFrom('<', '>'), fc.nat()).map((parts) => parts.join('')),
  fc.tuple(fc.constantFrom('', '!'), key).map((parts) => parts.join('')),
);

describe('the canonical text of a selector', () => {
  // What labels.Selector.String of k8s.io/apimachinery v0.37.2 prints.
  it.each([
    ['', ''],
    ['b==1, a = 2', 'a=2,b=1'],
    ['a in (c, b)', 'a in (b,c)'],
    ['a in (b)', 'a in (b)'],
    ['a notin (b,a)', 'a notin (a,b)'],
    ['!x,a,b>1,c<2,d!=e', 'a,b>1,c<2,d!=e,!x'],
    ['a=', 'a='],
  ])('of %j is %j', (text, expected) => {
    expect(canonical(text)).toBe(expected);
  });

  it('does not depend on order, and means the same', () => {
    fc.assert(
      fc.property(fc.array(requirement, { maxLength: 5 }), (parts) => {
        const text = canonical(parts.join(','));
        expect(canonical(parts.toReversed().join(' , '))).toBe(text);
        expect(canonical(text)).toBe(text);
        expect(new Set(parseSelector(text))).toEqual(new Set(parseSelector(parts.join(','))));
      }),
    );
  });
});

describe("an object's selector", () => {
  it.each([
    [{}, ''],
    [{ matchLabels: { b: '1', a: '' } }, 'a=,b=1'],
    [
      { matchLabels: { m: 'x' }, matchExpressions: [{ key: 'a', operator: 'In', values: ['c', 'b'] }] },
      'a in (b,c),m=x',
    ],
    [{ matchExpressions: [{ key: 'a', operator: 'NotIn', values: ['b'] }] }, 'a notin (b)'],
    [
      {
        matchExpressions: [
          { key: 'b', operator: 'Exists' },
          { key: 'a', operator: 'DoesNotExist', values: [] },
        ],
      },
      '!a,b',
    ],
  ])('%j is sent as %j', (selector, text) => {
    expect(selectorOfObject(selector)).toBe(text);
  });

  it.each([
    [{ matchExpressions: [{ key: 'a', operator: 'In', values: [] }] }, 'has no values'],
    [{ matchExpressions: [{ key: 'a', operator: 'Gt', values: ['1'] }] }, 'Gt is no operator'],
    [{ matchLabels: { a: 'x,b=y' } }, '"x,b=y", which a is compared with, is no label value'],
    [{ matchLabels: { 'a=b,c': '' } }, '"a=b,c" is no label name'],
    [{ matchExpressions: [{ key: 'a', operator: 'In', values: ['b,c'] }] }, '"b,c", which a is compared with'],
  ])('%j is refused', (selector, message) => {
    expect(() => selectorOfObject(selector)).toThrow(InvalidError);
    expect(() => selectorOfObject(selector)).toThrow(message);
  });
});
