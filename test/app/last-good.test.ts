import { describe, expect, it } from '@jest/globals';
import { createLastGood } from '../../src/app/last-good.ts';

const rows = (count: number): { labels: null; timestamp: number; value: number }[] =>
  Array.from({ length: count }, (_, value) => ({ labels: null, timestamp: 0, value }));

describe('the last good answers', () => {
  it('hold no more rows than their capacity, and lose first what was kept longest ago', () => {
    const last = createLastGood(() => 0, 10);
    for (const query of ['a', 'b', 'c']) last.keep(query, rows(4), 0);
    expect(['a', 'b', 'c'].map((query) => last.within(query, 1)?.length)).toEqual([undefined, 4, 4]);
    last.keep('b', rows(1), 0);
    last.keep('d', rows(5), 0);
    expect(['b', 'c', 'd'].map((query) => last.within(query, 1)?.length)).toEqual([1, 4, 5]);
    last.keep('too big', rows(11), 0);
    expect(last.within('too big', 1)).toBeNull();
  });
});
