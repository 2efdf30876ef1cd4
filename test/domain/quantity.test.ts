import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { formatMilli, parseQuantity, quantityOf } from '../../src/domain/quantity.ts';

describe('a Quantity', () => {
  it.each<[string, bigint]>([
    ['0', 0n],
    ['1', 1000n],
    ['10500m', 10_500n],
    ['1k', 1_000_000n],
    ['1.5', 1500n],
    ['.5', 500n],
    ['5.', 5000n],
    ['+3', 3000n],
    ['-3', -3000n],
    ['2M', 2_000_000_000n],
    ['1Ki', 1_024_000n],
    ['1.5Gi', 1_610_612_736_000n],
    ['1E', 10n ** 21n],
    ['1Ei', 2n ** 60n * 1000n],
    ['1e3', 1_000_000n],
    ['1E3', 1_000_000n],
    ['12e-1', 1200n],
    ['1u', 1n],
    ['1n', 1n],
    ['-1n', -1n],
    ['0.0001', 1n],
    ['1.0001', 1001n],
    ['1e-900', 1n],
    ['0e900', 0n],
    ['1e900', (2n ** 63n - 1n) * 1000n],
    ['-100E', -(2n ** 63n - 1n) * 1000n],
  ])('of %s is %s thousandths', (text, milli) => {
    expect(parseQuantity(text)).toBe(milli);
  });

  it.each([
    '',
    ' 1',
    '1 ',
    'x',
    'm',
    '.',
    '1.2.3',
    '1K',
    '1ki',
    '1e',
    '1e1.5',
    '1mm',
    '0x10',
    'NaN',
    '+Inf',
    '1,5',
    '9'.repeat(101),
  ])('is not %j', (text) => {
    expect(parseQuantity(text)).toBeNull();
  });

  it.each<[bigint, string]>([
    [0n, '0'],
    [1n, '1m'],
    [10_500n, '10500m'],
    [1000n, '1'],
    [1_000_000n, '1k'],
    [1_500_000n, '1500'],
    [-2_000_000_000n, '-2M'],
    [10n ** 21n, '1E'],
    [10n ** 24n, '1000E'],
  ])('of %s thousandths is written %s', (milli, text) => {
    expect(formatMilli(milli)).toBe(text);
  });

  it('comes back as it was written', () => {
    const most = 2n ** 63n * 1000n - 1000n;
    fc.assert(
      fc.property(fc.bigInt({ min: -most, max: most }), (milli) => parseQuantity(formatMilli(milli)) === milli),
    );
  });

  it.each<[number, string]>([
    [10.5, '10500m'],
    [1000, '1k'],
    [0.0004, '0'],
    [-0.0004, '0'],
    [-0.0015, '-1m'],
    [82_345.678_9, '82345678m'],
    [0.1 + 0.2, '300m'],
    [9.2e15, '9200T'],
  ])('of the measured number %d is %s, cut to thousandths', (value, text) => {
    expect(quantityOf(value)).toBe(text);
  });

  it.each([Number.NaN, Infinity, -Infinity, 1e16, -1e16, Number.MAX_VALUE])('is never made of %d', (value) => {
    expect(quantityOf(value)).toBeNull();
  });
});
