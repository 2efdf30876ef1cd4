import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { InvalidError } from '../../../src/domain/errors.ts';
import { matchersOf } from '../../../src/domain/rules/matchers.ts';
import { parseSelector } from '../../../src/domain/rules/selector.ts';
import { executeTemplate, parseTemplate, renderTemplate } from '../../../src/domain/rules/template.ts';

const render = (template: string, selector: string, namespace = 'default'): string =>
  renderTemplate(parseTemplate(template), {
    series: 'foo',
    groupBy: [],
    ...matchersOf(parseSelector(selector), namespace === '' ? null : { label: 'ns', value: namespace }),
  });

describe('a metricsQuery', () => {
  it.each([
    ['sum(<<.Series>>{<<.LabelMatchers>>}) by (<<.GroupBy>>)', 'a=b', 'sum(foo{a="b",ns="default"}) by ()'],
    ['<< .Series >>{<<  .LabelMatchers>>}', '', 'foo{ns="default"}'],
    ['x{a=~"<<index .LabelValuesByName "a">>"}', 'a in (c,b)', 'x{a=~"b|c"}'],
    ['x{a=~"<<index .LabelValuesByName `a`>>"}', 'a=b', 'x{a=~"b"}'],
    ['x{a="<<index .LabelValuesByName "missing">>"}', 'a=b', 'x{a=""}'],
    ['<<index .LabelValuesByName "ns">>', '', 'default'],
    ['<<.LabelValuesByName>>', 'b=1,a=2', 'map[a:2 b:1 ns:default]'],
    ['<<.GroupBySlice>>', '', '[]'],
    ['1 < 2', '', '1 < 2'],
  ])('%s with %j is %s', (template, selector, query) => {
    expect(render(template, selector)).toBe(query);
  });

  it.each([
    ['x{<<.LabelMatchers>>,y="z"}', 'x{y="z"}'],
    ['x{<<.LabelMatchers>> , y="z"}', 'x{ y="z"}'],
    ['x{<<- .LabelMatchers ->> ,y="z"}', 'x{y="z"}'],
    ['x{<<.LabelMatchers>><<if 1>>,y="z"<<end>>}', 'x{y="z"}'],
    ['x{y="z",<<.LabelMatchers>>}', 'x{y="z",}'],
    ['x{<<.LabelMatchers>>}, y', 'x{}, y'],
  ])('%s with nothing to match stays PromQL: %s', (template, query) => {
    expect(render(template, '', '')).toBe(query);
  });

  it.each([
    [
      'sum(<<.Serie>>)',
      'at 1:7 of the template: .Serie is no field of the data, expected one of .Series, .LabelMatchers',
    ],
    ['<<range .GroupBySlice>><<$.Serie>><<end>>', 'at 1:26 of the template: .Serie is no field of the data'],
    ['<<if false>><<.Serie>><<end>>', '.Serie is no field of the data'],
    ['<<if false>><<template "x">><<end>>', 'at 1:15 of the template: the template "x" is not defined'],
    [
      'sum(\n<<.Series | sprintf>>)',
      'at 2:13 of the template: there is no function sprintf, expected one of and, or, not',
    ],
    ['<<if .Series>>x', 'an <<end>> is missing'],
    ['<<$x>>', 'at 1:3 of the template: the variable $x is not defined'],
    ['<<break>>', 'break stands in no range'],
    ['<<3i>>', 'complex numbers make no query'],
    ['sum(<<.Series', 'at 1:5 of the template: << has no closing >>'],
    [`<<${'('.repeat(200)}1${')'.repeat(200)}>>`, 'nested deeper than 100'],
    ['<<if 1>>'.repeat(200), 'nested deeper than 100'],
  ])('%s is refused when it is loaded', (template, message) => {
    expect(() => parseTemplate(template)).toThrow(message);
  });

  it.each([
    ['<<index .GroupBySlice 0>>', 'at 1:3 of the template: the index 0 is out of range'],
    ['a\n<<slice .Series 0 9>>', 'at 2:3 of the template: the index 9 is out of range, expected 0 to 3'],
    ['<<call .Series>>', 'call: a value of type string is no function'],
    ['<<range 1000000000>><<end>>', 'more than 100000 steps'],
    ['<<define "x">><<template "x">><<end>><<template "x">>', 'templates run one another deeper than 100'],
    ['<<$x := "0123456789">><<range 100>><<$x = print $x $x>><<end>>', 'more than 4194304 characters'],
    ['<<range 90000>><<printf "%9999d" 1>><<end>>', 'more than 4194304 characters'],
    ['<<printf "%2147483648d" 1>>', 'printf: a width of 2147483648 is beyond 10000'],
    ['<<slice "é" 1>>', 'cuts a character in two'],
  ])('%s ends with a sentence, not without end', (template, message) => {
    const input = { series: 'foo', matchers: '', valuesByName: new Map<string, string>(), groupBy: [] };
    expect(executeTemplate(parseTemplate(template), input)).toEqual({
      type: 'failed',
      message: expect.stringContaining(message),
    });
    expect(() => renderTemplate(parseTemplate(template), input)).toThrow(InvalidError);
  });

  it('never throws anything but InvalidError, whatever is written', () => {
    const piece = fc.constantFrom(
      '<<',
      '>>',
      '.Series',
      ' ',
      '"',
      'range ',
      'if ',
      'end',
      '(',
      ')',
      '|',
      '$x',
      ':=',
      '- ',
      '1',
      'print',
      '/*',
      '*/',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        try {
          render(pieces.join(''), '');
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidError);
        }
      }),
    );
  });

  it('without << is what it was', () => {
    fc.assert(
      fc.property(
        fc.string().filter((text) => !text.includes('<<')),
        (text) => render(text, 'a=b') === text,
      ),
    );
  });
});
