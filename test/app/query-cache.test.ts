import { describe, expect, it } from '@jest/globals';
import { createQueryCache } from '../../src/app/query-cache.ts';
import type { QueryResult } from '../../src/ports/metrics-source.ts';
import { silentServingRecorder } from '../../src/ports/serving-recorder.ts';
import { TurnedClock } from '../support/turned-clock.ts';
import { aSource } from './a-source.ts';

const rows = (count: number): QueryResult => ({
  type: 'vector',
  samples: Array.from({ length: count }, (_, index) => ({ labels: { n: String(index) }, timestamp: 0, value: index })),
});

describe('the cache of answers', () => {
  it('holds no more rows than its capacity, and drops the oldest answer first', async () => {
    const source = aSource();
    const options = {
      source,
      backend: 'default',
      clock: new TurnedClock(),
      recorder: silentServingRecorder,
      maxStalenessSeconds: 10,
    };
    const cache = createQueryCache({ ...options, capacity: 10 });
    source.answers(() => Promise.resolve(rows(4)));
    for (const query of ['a', 'b', 'c']) await cache.ask(query);
    await cache.ask('b');
    await cache.ask('c');
    expect(source.queries).toEqual(['a', 'b', 'c']);
    await cache.ask('a');
    expect(source.queries).toEqual(['a', 'b', 'c', 'a']);
    source.answers(() => Promise.resolve(rows(11)));
    await cache.ask('too big');
    await cache.ask('too big');
    await cache.ask('a');
    expect(source.queries.slice(4)).toEqual(['too big', 'too big']);
  });
});
