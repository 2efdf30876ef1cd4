import { describe, expect, it } from '@jest/globals';
import { applyNaming, parseNaming } from '../../../src/domain/rules/naming.ts';

describe("a rule's name", () => {
  it.each([
    ['', '', 'foo_total', 'foo_total'],
    ['^(.*)_total$', '', 'foo_total', 'foo'],
    ['^(.*)_total$', '${1}_per_second', 'foo_total', 'foo_per_second'],
    ['(?P<what>.*)_total', 'rate_$what', 'foo_total', 'rate_foo'],
    ['(?i)^FOO_(.*)$', '$1', 'foo_total', 'total'],
    ['_(t)otal', 'x$1', 'foo_total_bytes', 'xt'],
    ['^foo_(a)?(.*)$', '<$1|$2>', 'foo_b', '<|b>'],
    ['.*', 'a$$b$', 'foo', 'a$b$'],
    ['.*', '$0-$0', 'foo', 'foo-foo'],
    ['^cdn_bytes_total$', 'bandwidth', 'cdn_bytes_total', 'bandwidth'],
  ])('matches %j as %j makes %s %s', (matches, as, series, name) => {
    expect(applyNaming(parseNaming(matches, as), series)).toBe(name);
  });

  it.each([
    ['^bar', '', 'foo'],
    ['^foo(bar)?', '$1', 'foo'],
  ])('matches %j as %j gives nothing for %s', (matches, as, series) => {
    expect(applyNaming(parseNaming(matches, as), series)).toBeNull();
  });

  it.each([
    ['a(', '', 'missing closing )'],
    ['(?=a)', '', 'invalid or unsupported Perl syntax'],
    ['(a)(b)', '', 'matches has 2 groups, expected "as"'],
    ['^(.*)_total$', '$1_per_second', 'write ${1}_per_second'],
    ['^(.*)_total$', '$2', 'names the group "2", expected one of the 1'],
    ['^(.*)_total$', '${toString}', 'names the group "toString"'],
  ])('matches %j as %j is refused', (matches, as, message) => {
    expect(() => parseNaming(matches, as)).toThrow(message);
  });
});
