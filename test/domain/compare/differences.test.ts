import { describe, expect, it } from '@jest/globals';
import { comparisonOf } from '../../../src/domain/compare/comparison.ts';
import { type Round, differencesOf } from '../../../src/domain/compare/differences.ts';
import { type Reading, readingOf } from '../../../src/domain/compare/reading.ts';

const rows = (values: Record<string, string>): Reading =>
  readingOf(200, { items: Object.entries(values).map(([q, value]) => ({ metricLabels: { q }, value })) });
const status = (code: number, reason: string): Reading => readingOf(code, { reason, message: `it is ${reason}` });
/** Rounds of ours and theirs, one after the other. */
const rounds = (...pairs: [Reading, Reading][]): Round[] => pairs.map(([ours, theirs]) => ({ ours, theirs }));
const causes = (of: Round[], tolerance = 0.01): string[] => differencesOf(of, tolerance).map(({ cause }) => cause);

describe('two adapters', () => {
  it.each<[string, Round[]]>([
    ['equal rows, in any order', rounds([rows({ a: '1', b: '2' }), rows({ b: '2', a: '1' })])],
    ['one number in two spellings', rounds([rows({ a: '1k' }), rows({ a: '1000' })])],
    ['numbers within the tolerance', rounds([rows({ a: '1000' }), rows({ a: '1009' })])],
    [
      'a number that the other says a round later',
      rounds([rows({ a: '5' }), rows({ a: '1' })], [rows({ a: '5' }), rows({ a: '5' })]),
    ],
    [
      'a number between two of the other',
      rounds(
        [rows({ a: '1' }), rows({ a: '1' })],
        [rows({ a: '5' }), rows({ a: '9' })],
        [rows({ a: '9' }), rows({ a: '9' })],
      ),
    ],
    [
      'a row that comes a round later',
      rounds([rows({ a: '1', b: '1' }), rows({ a: '1' })], [rows({ a: '1', b: '1' }), rows({ a: '1', b: '1' })]),
    ],
    [
      'the same status, whatever it says',
      rounds([status(404, 'NotFound'), readingOf(404, { reason: 'NotFound', message: 'other' })]),
    ],
    ['no rows in both', rounds([rows({}), rows({})])],
  ])('agree in %s', (_what, of) => {
    expect(causes(of)).toEqual([]);
  });

  it.each<[string, Round[], string[]]>([
    ['numbers', rounds([rows({ a: '1' }), rows({ a: '2' })]), ['ours is less than the other']],
    ['numbers below 0', rounds([rows({ a: '-1' }), rows({ a: '-2' })]), ['ours is more than the other']],
    ['a row that one has', rounds([rows({ a: '1', b: '1' }), rows({ a: '1' })]), ['ours has a row more']],
    ['a row that the other has', rounds([rows({}), rows({ a: '1' })]), ['the other has a row more']],
    [
      'statuses',
      rounds([status(403, 'Forbidden'), status(404, 'NotFound')]),
      ['ours answers 403 Forbidden, the other 404 NotFound'],
    ],
    [
      'a status and rows',
      rounds([status(500, 'InternalError'), rows({ a: '1' })]),
      ['ours answers 500 InternalError, the other rows'],
    ],
    [
      'rows and a status',
      rounds([rows({}), status(404, 'NotFound')]),
      ['ours answers no rows, the other 404 NotFound'],
    ],
    [
      'sense and nonsense',
      rounds([rows({}), readingOf(200, 'hello')]),
      ['ours answers no rows, the other 200 without a list'],
    ],
    [
      'each round',
      rounds([rows({ a: '1' }), rows({ a: '2' })], [rows({ a: '1' }), rows({ a: '2' })]),
      ['ours is less than the other', 'ours is less than the other'],
    ],
  ])('differ in %s', (_what, of, expected) => {
    expect(causes(of)).toEqual(expected);
  });

  it('are told together by what differs, with how many reads it concerns', () => {
    const less = rounds([rows({ a: '1' }), rows({ a: '2' })], [rows({ a: '1' }), rows({ a: '2' })]);
    const reads = [
      { name: 'n/x', rounds: less },
      { name: 'n/y', rounds: less },
      { name: 'n/z', rounds: rounds([rows({}), rows({})]) },
      { name: 'n/w', rounds: rounds([status(404, 'NotFound'), rows({})]) },
    ];
    expect(comparisonOf(reads, 0)).toEqual({
      reads: 4,
      equal: 1,
      rounds: 2,
      differences: [
        {
          type: 'value',
          cause: 'ours is less than the other',
          example: 'n/x: {q="a"}: ours 1, the other 2',
          reads: 2,
          names: ['n/x', 'n/y'],
          times: 4,
        },
        expect.objectContaining({ type: 'status', reads: 1, names: ['n/w'] }),
      ],
    });
  });

  it('name objects by kind and name', () => {
    const item = { describedObject: { kind: 'Pod', name: 'web-0' }, value: '1500m' };
    expect(readingOf(200, { items: [item] })).toEqual({ type: 'rows', values: new Map([['Pod web-0', 1500n]]) });
  });
});
