import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { InvalidError } from '../../../src/domain/errors.ts';
import { matchersOf } from '../../../src/domain/rules/matchers.ts';
import { parseSelector } from '../../../src/domain/rules/selector.ts';

const promql = (selector: string): string => matchersOf(parseSelector(selector), null).matchers;

describe('a label selector', () => {
  it.each([
    ['', ''],
    ['k=v', 'k="v"'],
    ['k==v', 'k="v"'],
    ['k!=v', 'k!="v"'],
    ['k in (a)', 'k=~"a"'],
    ['k in (b,a)', 'k=~"a|b"'],
    ['k in (a,a)', 'k=~"a"'],
    ['k notin (a,b)', 'k!~"a|b"'],
    ['k', 'k!=""'],
    ['!k', 'k=""'],
    ['k=', 'k=""'],
    ['k in (a,)', 'k=~"|a"'],
    ['k in (,a)', 'k=~"|a"'],
    ['k in (a,,b)', 'k=~"|a|b"'],
    ['k in ()', 'k=~""'],
    ['k in (,)', 'k=~""'],
    ['k in (,,,)', 'k=~""'],
    [' z = 1 , a  in( x , y ),!m ', 'a=~"x|y",m="",z="1"'],
    ['in in (in)', 'in=~"in"'],
    ['a=1,a=2', 'a="1",a="2"'],
    ['app.kubernetes.io/name=web', '"app.kubernetes.io/name"="web"'],
  ])('%j is the PromQL %s', (selector, matchers) => {
    expect(promql(selector)).toBe(matchers);
  });

  it.each([
    ['a in (b', 'at character 8: found the end, expected "," or ")"'],
    ['a in b', 'at character 6: found "b", expected "("'],
    ['a in (b,,)', 'at character 10: found ")", expected a label value'],
    ['a in (,,)', 'at character 9: found ")", expected a label value'],
    ['a=b,', 'at character 5: found the end, expected a label name'],
    [',a', 'at character 1: found ",", expected a label name'],
    ['=a', 'at character 1: found "=", expected a label name'],
    ['a b', 'at character 3: found "b", expected one of'],
    ['!a=b', 'at character 3: found "=", expected "," or the end'],
    ['a=b c', 'at character 5: found "c", expected "," or the end'],
    ['a===b', 'at character 4: found "=", expected a label value'],
    ['a=(b)', 'at character 3: found "(", expected a label value'],
    ['a>b', 'at character 3: found "b", expected a whole number'],
    ['a>-1', 'at character 3: found "-1", expected a whole number'],
    ['a>9223372036854775808', 'at character 3: found "9223372036854775808", expected a whole number'],
    ['a="b"', String.raw`at character 3: found "\"b\"", expected a label value (at most 63`],
    ['a="} or vector(1) #', 'at character 3'],
    ['a=-b', 'at character 3: found "-b"'],
    [`a=${'b'.repeat(64)}`, 'at character 3'],
    ['a/b/c=d', 'at character 1: found "a/b/c", expected a label name'],
    ['A/b=d', 'at character 1: found "A/b", expected a label name'],
    ['a"=d', 'at character 1'],
  ])('%j is refused with its place', (selector, message) => {
    expect(() => parseSelector(selector)).toThrow(InvalidError);
    expect(() => parseSelector(selector)).toThrow(message);
  });

  it.each(['k>1', 'k<1'])('%s parses, but Prometheus cannot be asked it', (selector) => {
    expect(() => promql(selector)).toThrow(/compares k with > or </);
  });

  it('puts the namespace last, and gives plain values by label', () => {
    const { matchers, valuesByName } = matchersOf(parseSelector('foo=bar,qux in (baz,bar)'), {
      label: 'ns',
      value: 'default',
    });
    expect(matchers).toBe('foo="bar",qux=~"bar|baz",ns="default"');
    expect([...valuesByName]).toEqual([
      ['foo', 'bar'],
      ['qux', 'bar|baz'],
      ['ns', 'default'],
    ]);
  });

  it('never lets a character through that PromQL could read as more than a label value', () => {
    const pieces = fc.constantFrom(
      'a',
      'B',
      '1',
      '-',
      '_',
      '.',
      '/',
      '"',
      '\\',
      '}',
      '{',
      '|',
      '(',
      ')',
      ',',
      '=',
      '!',
      ' ',
      '\n',
      'in',
      'é',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 20 }), (parts) => {
        let matchers: string;
        try {
          matchers = promql(parts.join(''));
        } catch (error) {
          return error instanceof InvalidError;
        }
        const one = /^(\w+|"[\w./-]+")(=|!=|=~|!~)"[\w.|-]*"$/;
        return matchers === '' || matchers.split(',').every((matcher) => one.test(matcher));
      }),
      { numRuns: 2000 },
    );
  });
});
