import { describe, expect, it } from '@jest/globals';
import { InvalidError } from '../../src/domain/errors.ts';
import type { CustomRule } from '../../src/domain/rules/custom-rule.ts';
import { parseTemplate } from '../../src/domain/rules/template.ts';
import { OBJECT_VALUES } from '../../src/domain/rules/value-policy.ts';
import { aCustomRule } from '../domain/rules/a-custom-rule.ts';
import { podsRead, viewersOf } from './pods-read.ts';

const HPA = {
  type: 'custom',
  namespace: 'shop',
  resource: 'pods',
  object: '*',
  metric: 'viewers',
  metricLabelSelector: '',
} as const;
const ALL = 'sum by (pod, namespace) (viewers{namespace="shop",pod!=""})';
const OF_A = 'sum(viewers{namespace="shop",pod=~"a-1|a-2"}) by (pod)';
const viewers = (about: Partial<CustomRule> = {}): CustomRule => aCustomRule({ seriesQuery: 'viewers', ...about });

async function setup(rule = viewers(), about = {}) {
  const world = await podsRead([rule], about);
  world.source.answers(() => Promise.resolve(viewersOf({ 'a-1': 1, 'a-2': 2, 'b-1': 3 })));
  return world;
}

describe('a metric of pods that an HPA names', () => {
  it('is asked for of all pods of the namespace, so that first reads by any selector are answered from memory', async () => {
    const { values, clock, source, inMemory } = await setup();
    values.hpasName([HPA]);
    expect(values.cold()).toBe(1);
    values.start();
    await clock.turn(1000);
    expect(values.cold()).toBe(0);
    expect(source.queries).toEqual([ALL]);
    expect(inMemory('app=a')).toEqual(['a-1=1', 'a-2=2']);
    expect(inMemory('app=b')).toEqual(['b-1=3']);
    expect(source.queries).toEqual([ALL]);
    await values.close();
  });

  it('is asked for of the pods that are read alone, half a minute after the first read', async () => {
    const { values, clock, source, inMemory } = await setup();
    values.hpasName([HPA]);
    values.start();
    await clock.turn(1000);
    inMemory('app=a');
    await clock.turn(36_000);
    source.queries.splice(0);
    await clock.turn(10_000);
    expect(source.queries).toEqual([OF_A, OF_A]);
    await values.close();
  });

  it('is asked for no longer than that also where it was read before the HPAs were known', async () => {
    const { values, clock, source, read } = await setup();
    await read('app=a');
    expect(source.queries).toEqual([OF_A]);
    values.hpasName([HPA]);
    values.start();
    await clock.turn(36_000);
    source.queries.splice(0);
    await clock.turn(10_000);
    expect(source.queries).toEqual([OF_A, OF_A]);
    await values.close();
  });

  it('is not asked for ahead where the rule makes another number of all pods than of some', async () => {
    const metricsQuery = parseTemplate('topk(1, <<.Series>>{<<.LabelMatchers>>})');
    const { values, clock, source, read } = await setup(viewers({ metricsQuery }));
    values.hpasName([HPA]);
    expect(values.cold()).toBe(0);
    values.start();
    await clock.turn(11_000);
    expect(source.queries).toEqual([]);
    await read('app=a');
    expect(source.queries).toEqual(['topk(1, viewers{namespace="shop",pod=~"a-1|a-2"})']);
    await values.close();
  });

  it('is no answer to a read of pods whose names the rule makes another query of', async () => {
    const metricsQuery = parseTemplate(
      'sum(<<.Series>>{<<.LabelMatchers>>}) by (<<.GroupBy>>)<<if eq (index .LabelValuesByName "pod") "a-1|a-2">> * 2<<end>>',
    );
    const { values, clock, source, inMemory } = await setup(viewers({ metricsQuery }));
    values.hpasName([HPA]);
    await clock.turn(0);
    expect(source.queries).toEqual([ALL]);
    expect(inMemory('app=b')).toEqual(['b-1=3']);
    expect(inMemory('app=a')).toBeNull();
  });

  it('is not asked for ahead where each read asks anew', async () => {
    const { values, source, clock } = await setup(viewers(), { maxStalenessSeconds: 0 });
    values.hpasName([HPA]);
    await clock.turn(1000);
    expect([source.queries, values.cold()]).toEqual([[], 0]);
  });

  it('is asked for as ever where the backend refuses all pods at once, which is tried once', async () => {
    const { values, clock, source, inMemory, read } = await setup();
    source.answers(() => {
      const [promql = ''] = source.queries.slice(-1);
      if (promql.includes('pod!=""')) return Promise.reject(new InvalidError('too many samples'));
      return Promise.resolve(viewersOf({ 'a-1': 1 }));
    });
    values.hpasName([HPA]);
    values.start();
    await clock.turn(11_000);
    expect([source.queries, values.cold()]).toEqual([[ALL], 0]);
    expect(inMemory('app=a')).toBeNull();
    expect(await read('app=a')).toEqual(['a-1=1']);
    expect(source.queries).toEqual([ALL, OF_A]);
    await values.close();
  });

  it('is asked for again where what is known of all pods is too old', async () => {
    const { values, clock, source, read, inMemory } = await setup();
    values.hpasName([HPA]);
    await clock.turn(10_001);
    expect(inMemory('app=a')).toBeNull();
    expect(await read('app=a')).toEqual(['a-1=1', 'a-2=2']);
    expect(source.queries).toEqual([ALL, OF_A]);
    await values.close();
  });

  it('is judged by the rows of the pods that are read, where one bad row fails them all', async () => {
    const rule = viewers({ values: { ...OBJECT_VALUES, nan: { type: 'error' }, empty: { type: 'error' } } });
    const { values, clock, source, inMemory } = await setup(rule);
    source.answers(() => Promise.resolve(viewersOf({ 'a-1': 1, 'a-2': 2, 'b-1': NaN })));
    values.hpasName([HPA]);
    await clock.turn(0);
    expect(inMemory('app=a')).toEqual(['a-1=1', 'a-2=2']);
    expect(() => inMemory('app=b')).toThrow('a row of the query is NaN');
    expect(() => inMemory('app=c')).toThrow('the query has no rows');
    await values.close();
  });

  it('is compared with the queries of reads, never with one of all pods, which a rule cannot ask', async () => {
    const { values, clock, source, inMemory } = await setup();
    values.hpasName([HPA]);
    values.start();
    await clock.turn(1000);
    inMemory('app=a');
    await clock.turn(25_000);
    expect(new Set(source.queries)).toEqual(new Set([ALL, OF_A]));
    await values.close();
  });
});
