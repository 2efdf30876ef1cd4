import { flagValue, withFlags } from './flags.ts';

test.each([
  { args: ['serve', '--a=1'], flags: { b: '2' }, expected: ['serve', '--a=1', '--b=2'] },
  { args: ['serve', '--a=1', '--b=x=y'], flags: { a: '3' }, expected: ['serve', '--b=x=y', '--a=3'] },
  { args: ['serve', '--a', '1', '--b'], flags: { a: '3' }, expected: ['serve', '--b', '--a=3'] },
  { args: ['--ab=1'], flags: { a: '3' }, expected: ['--ab=1', '--a=3'] },
])('$args with $flags is $expected', ({ args, flags, expected }) => {
  expect(withFlags(args, flags as unknown as Record<string, string>)).toEqual(expected);
});

test('a flag is read in both spellings', () => {
  expect(flagValue(['--a=x=1'], 'a')).toBe('x=1');
  expect(flagValue(['--a', '2'], 'a')).toBe('2');
  expect(flagValue(['--ab=2'], 'a')).toBeNull();
});
