import { describe, expect, it } from '@jest/globals';
import { parsePromql } from '../../../src/domain/promql/parse.ts';
import { printPromql } from '../../../src/domain/promql/print.ts';

describe('PromQL is read as Prometheus reads it, and printed in one way', () => {
  it.each([
    ['# a comment\n m # another', 'm'],
    ['m{ a = "b" , c!=\'d\', e=~`f\\d`, g!~"h", }', 'm{a="b",c!="d",e=~"f\\\\d",g!~"h"}'],
    ['{"a metric", "a.b"="c"}', '{__name__="a metric","a.b"="c"}'],
    ['m{}', 'm'],
    ['m{a="\\xc3\\xa9\\u00e9\\101\\n"}', 'm{a="ééA\\n"}'],
    ['SUM(m) BY (a, "b.c",)', 'sum by (a, "b.c") (m)'],
    ['sum without () (m)', 'sum without () (m)'],
    ['sum # c\n(m # d\n)', 'sum(m)'],
    ['topk by (a) (3, m)', 'topk by (a) (3, m)'],
    ['m[5m] offset 1h @ 10', 'm[5m] @ 10 offset 1h'],
    ['m @ start() offset -90s', 'm @ start() offset -1m30s'],
    ['m[1w1d:]  @ end()', 'm[8d:] @ end()'],
    ['rate(m[300])', 'rate(m[5m])'],
    ['m[1.5:500ms]', 'm[1s500ms:500ms]'],
    ['m[5m + (step() * 2)]', 'm[5m + (step() * 2s)]'],
    ['m offset -min_of(1m, 2m)', 'm offset -min_of(1m, 2m)'],
    ['m[5m] smoothed', 'm[5m] smoothed'],
    ['0x1F + 010 + 1_000 + .5e-1 + 5m + Inf + nan', '31 + 8 + 1000 + 0.05 + 300 + Inf + NaN'],
    ['-2 ^ 2', '-2 ^ 2'],
    ['(-2) ^ 2', '(-2) ^ 2'],
    ['2 ^ 3 ^ 2', '2 ^ 3 ^ 2'],
    ['(2 ^ 3) ^ 2', '(2 ^ 3) ^ 2'],
    ['-a ^ b * c', '-a ^ b * c'],
    ['(a + b) * c', '(a + b) * c'],
    ['a - (b - c) - (d)', 'a - (b - c) - d'],
    ['a or b and c unless d == 1', 'a or b and c unless d == 1'],
    ['(a or b) and c', '(a or b) and c'],
    ['a + b offset 5m * c', 'a + b offset 5m * c'],
    ['a + b[5m:1m]', 'a + b[5m:1m]'],
    ['(a + b)[5m:1m]', '(a + b)[5m:1m]'],
    ['a > bool on (x) group_left () (b)', 'a > bool on (x) group_left () b'],
    ['a / ignoring (x, "y.z") group_right (w) b', 'a / ignoring (x, "y.z") group_right (w) b'],
    ['a + fill(0) b - on () fill_left(1) c', 'a + fill_left(0) fill_right(0) b - on () fill_left(1) c'],
    ['a atan2 b % c', 'a atan2 b % c'],
    ['a </ 5', 'a </ 5'],
    ['label_replace(m, "a", "$1", "b", "(.*)")', 'label_replace(m, "a", "$1", "b", "(.*)")'],
    ['time()', 'time()'],
    ['sum{by="on"}', 'sum{by="on"}'],
  ])('%s', (text, printed) => {
    expect(printPromql(parsePromql(text))).toBe(printed);
    expect(parsePromql(printed)).toEqual(parsePromql(text));
  });

  it.each([
    ['-2 ^ 2', '-(2 ^ 2)'],
    ['a ^ -b * c', '(a ^ (-b)) * c'],
    ['a * b % c', '(a * b) % c'],
    ['a == b > c', '(a == b) > c'],
    ['a + b offset 5m', 'a + (b offset 5m)'],
    ['a or b and c', 'a or (b and c)'],
    ['a and b unless c', '(a and b) unless c'],
    ['- a + b', '(-a) + b'],
  ])('%s is %s', (text, same) => {
    expect(parsePromql(text)).toEqual(parsePromql(same));
  });

  it.each([
    ['', 'it breaks at character 1'],
    ['m{', 'it breaks at character'],
    ['m +', 'it breaks at character'],
    ['unheard_of(m)', 'it breaks at character'],
    ['"open', 'does not end'],
    ['m{a="\\q"}', 'unknown escape'],
    ['m{a="\\xff"}', 'is not UTF-8'],
    ['m{a="\\ud800"}', 'is not UTF-8'],
    ['(m)[5m]', 'ranges are taken of selectors alone'],
    ['sum(m)[5m]', 'ranges are taken of selectors alone'],
    ['m offset 1m offset 2m', 'is shifted twice'],
    ['sum(m) offset 1m', 'neither a selector nor a subquery'],
    ['(m) @ 1', 'neither a selector nor a subquery'],
    ['sum(a, b)', 'sum takes one argument'],
    ['topk(a)', 'topk takes two'],
    ['a + on (x, y) group_left (y) b', 'matches by y and takes it over at once'],
  ])('%s is refused', (text, why) => {
    expect(() => parsePromql(text)).toThrow(why);
  });
});
