import { describe, expect, it } from '@jest/globals';
import { hasRepeatedRows } from '../../../src/domain/rules/repeated-rows.ts';

const rows = (...labels: (Record<string, string> | null)[]) =>
  labels.map((each, value) => ({ labels: each, timestamp: 1, value }));

describe('rows of one answer', () => {
  it.each([
    [
      'the same labels',
      [
        { a: '1', b: '2' },
        { a: '1', b: '2' },
      ],
      true,
    ],
    [
      'the same labels in another order',
      [
        { a: '1', b: '2' },
        { b: '2', a: '1' },
      ],
      true,
    ],
    ['no labels at all', [{}, {}], true],
    ['another value', [{ a: '1' }, { a: '2' }], false],
    ['one label more', [{ a: '1' }, { a: '1', b: '2' }], false],
    ['names and values that read alike', [{ a: '1,b=2' }, { a: '1', b: '2' }], false],
  ])('with %s', (_name, labels, repeated) => {
    expect(hasRepeatedRows(rows({ c: '1' }, ...labels))).toBe(repeated);
  });

  it('are not repeated where there is one, or none', () => {
    expect([rows(), rows({}), rows(null)].map(hasRepeatedRows)).toEqual([false, false, false]);
  });
});
