import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { matchersOf } from '../../../src/domain/rules/matchers.ts';
import { parseSelector } from '../../../src/domain/rules/selector.ts';
import { parseTemplate, renderTemplate } from '../../../src/domain/rules/template.ts';

const render = (template: string, selector: string, namespace = 'default'): string =>
  renderTemplate(parseTemplate(template), {
    series: 'foo',
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
    ['x{y="z",<<.LabelMatchers>>}', 'x{y="z",}'],
    ['x{<<.LabelMatchers>>}, y', 'x{}, y'],
  ])('%s with nothing to match stays PromQL: %s', (template, query) => {
    expect(render(template, '', '')).toBe(query);
  });

  it.each([
    ['<<.Serie>>', '<<.Serie>> is not understood, expected .Series'],
    ['<<range .GroupBySlice>>x<<end>>', 'full Go templates are not supported yet'],
    ['<<.Series | printf "%s">>', 'is not understood'],
    ['<<- .Series>>', 'is not understood'],
    ['<<index .LabelValuesByName a>>', 'is not understood'],
    ['sum(<<.Series', '"<<.Series" has no closing >>'],
  ])('%s is refused', (template, message) => {
    expect(() => parseTemplate(template)).toThrow(message);
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
