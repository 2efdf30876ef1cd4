import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Row, externalMetricValues } from '../../../src/domain/rules/external-metric-value.ts';
import {
  DEFAULT_VALUES,
  OBJECT_VALUES,
  PROMETHEUS_ADAPTER_VALUES,
  type ValuePolicy,
  isGood,
  judge,
  judgeFailure,
  lastGoodSeconds,
} from '../../../src/domain/rules/value-policy.ts';

const NOW = 1_795_521_600;
const LAST_GOOD = { type: 'lastGood', withinSeconds: 300 } as const;
const rows = (...values: number[]): Row[] =>
  values.map((value, index) => ({ labels: { n: String(index) }, timestamp: 1, value }));
const policy = (about: Partial<ValuePolicy>): ValuePolicy => ({ ...DEFAULT_VALUES, ...about });

describe("a rule's policy for what is no number", () => {
  it.each<[string, Partial<ValuePolicy>, number[], object]>([
    ['numbers are answered as they are', {}, [1, 0, 2.5], { type: 'answer', rows: rows(1, 0, 2.5) }],
    ['a negative number is an error by default', {}, [7, -2], { type: 'error', why: expect.stringContaining('is -2') }],
    ['what a Quantity rounds to 0 is not negative', {}, [-0.0009, -0], { type: 'answer', rows: rows(-0.0009, -0) }],
    ['the least negative Quantity is', {}, [-0.001], { type: 'error' }],
    ['negative numbers stay where the rule keeps them', { negative: { type: 'keep' } }, [-2], { rows: rows(-2) }],
    ['negative numbers can be left out', { negative: { type: 'drop' } }, [7, -2], { rows: rows(7) }],
    ['negative numbers can count as zero', { negative: { type: 'zero' } }, [7, -2], { rows: rows(7, 0) }],
    ['a negative number as the last good rows', { negative: LAST_GOOD }, [-2], { type: 'lastGood' }],
    ['minus infinity is infinite, not negative', { infinite: { type: 'drop' } }, [-Infinity], { rows: [] }],
    ['no rows are an empty list by default', {}, [], { type: 'answer', rows: [] }],
    ['no rows as error', { empty: { type: 'error' } }, [], { type: 'error', why: 'the query has no rows' }],
    [
      'no rows as zero are one row of now without labels',
      { empty: { type: 'zero' } },
      [],
      { type: 'answer', rows: [{ labels: {}, timestamp: NOW, value: 0 }] },
    ],
    ['no rows as the last good ones', { empty: LAST_GOOD }, [], { ...LAST_GOOD, why: 'the query has no rows' }],
    ['NaN is left out by default', {}, [Number.NaN, 7], { type: 'answer', rows: [rows(0, 7)[1]] }],
    ['NaN as error fails the whole read', { nan: { type: 'error' } }, [7, Number.NaN], { type: 'error' }],
    ['NaN as zero keeps the labels of its row', { nan: { type: 'zero' } }, [7, Number.NaN], { rows: rows(7, 0) }],
    ['NaN as the last good rows means all of them', { nan: LAST_GOOD }, [7, Number.NaN], { type: 'lastGood' }],
    ['NaN alone never becomes zero by the policy for no rows', { empty: { type: 'zero' } }, [Number.NaN], { rows: [] }],
    ['infinity has a reaction of its own', { nan: { type: 'error' } }, [Infinity, -Infinity], { rows: [] }],
    ['what no Quantity holds counts as infinite', { infinite: { type: 'error' } }, [1e300], { type: 'error' }],
  ])('%s', (_name, about, values, expected) => {
    expect(judge(policy(about), rows(...values), () => NOW)).toMatchObject(expected);
  });

  it.each<[ValuePolicy['unavailable'], object]>([
    [{ type: 'error' }, { type: 'error', why: 'down' }],
    [{ type: 'zero' }, { type: 'answer', rows: [{ value: 0 }] }],
    [LAST_GOOD, { ...LAST_GOOD, why: 'down' }],
  ])('says %j of a backend that does not answer', (unavailable, expected) => {
    expect(judgeFailure(policy({ unavailable }), 'down', () => NOW)).toMatchObject(expected);
  });

  it.each([Number.NaN, Infinity, -Infinity, 1e300])(
    "gives prometheus-adapter's number for %d where that is asked",
    (value) => {
      const judgement = judge(PROMETHEUS_ADAPTER_VALUES, rows(value), () => NOW);
      const items = judgement.type === 'answer' ? externalMetricValues('x', judgement.rows) : [];
      expect(items).toMatchObject([{ value: '-9223372036854775808m', metricLabels: { n: '0' } }]);
    },
  );

  it('answers negative numbers as prometheus-adapter does where that is asked, and those of objects always', () => {
    for (const values of [PROMETHEUS_ADAPTER_VALUES, OBJECT_VALUES]) {
      expect(judge(values, rows(-2), () => NOW)).toEqual({ type: 'answer', rows: rows(-2) });
    }
  });

  it('knows how long good rows have to be kept', () => {
    expect(lastGoodSeconds(DEFAULT_VALUES)).toBe(0);
    expect(lastGoodSeconds(policy({ unavailable: LAST_GOOD, nan: { ...LAST_GOOD, withinSeconds: 60 } }))).toBe(300);
  });

  it.each([
    [[1, 0, 2], true],
    [[1, -2], false],
    [[], false],
    [[7, Number.NaN], false],
    [[1e300], false],
  ])('calls %j good: %s', (values, good) => {
    expect(isGood(DEFAULT_VALUES, rows(...values))).toBe(good);
  });

  it('calls negative numbers good where the rule keeps them', () => {
    expect(isGood(policy({ negative: { type: 'keep' } }), rows(-2))).toBe(true);
  });

  it('never makes a number of what is none, unless it is told to', () => {
    const value = fc.oneof(fc.double(), fc.constantFrom(Number.NaN, Infinity, -Infinity));
    fc.assert(
      fc.property(fc.array(value), (values) => {
        const judgement = judge(DEFAULT_VALUES, rows(...values), () => NOW);
        const answered = judgement.type === 'answer' ? judgement.rows : [];
        expect(answered.every((row) => values.includes(row.value) && row.value > -0.001)).toBe(true);
        expect(judgement.type).toBe(values.some((one) => one <= -0.001 && one > -9e15) ? 'error' : 'answer');
      }),
    );
  });
});
