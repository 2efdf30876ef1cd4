import { describe, expect, it } from '@jest/globals';
import { type Demand, createDemand } from '../../src/app/demand.ts';
import { type ExternalWant, type Want, keyOf, wantOfHpa } from '../../src/app/want.ts';
import { parseSelector } from '../../src/domain/rules/selector.ts';

const want = (metric: string, namespace = 'a', selector = ''): ExternalWant => ({
  type: 'external',
  namespace,
  metric,
  requirements: parseSelector(selector),
});
const named = (...wants: Want[]): Map<string, Want> => new Map(wants.map((each) => [keyOf(each), each]));
const read = (demand: Demand, now: number, ...wants: Want[]): void =>
  wants.forEach((each) => demand.read(keyOf(each), each, now));
const metrics = (demand: Demand): string[] => [...demand.all()].map((entry) => entry.want.metric).toSorted();

describe('demand', () => {
  it('from reads expires ten minutes after the last one', () => {
    const demand = createDemand();
    read(demand, 0, want('x'), want('y'));
    read(demand, 300_000, want('y'));
    demand.expire(600_000);
    expect(metrics(demand)).toEqual(['x', 'y']);
    demand.expire(600_001);
    expect(metrics(demand)).toEqual(['y']);
    demand.expire(900_001);
    expect(metrics(demand)).toEqual([]);
    expect(demand.counts()).toEqual({ hpas: 0, reads: 0, evicted: 0 });
  });

  it('from HPAs lasts as long as they name it, and as a read for ten minutes more', () => {
    const demand = createDemand();
    demand.hpasName(named(want('x'), want('y')));
    read(demand, 1_000_000, want('y'));
    demand.expire(1e9);
    expect(metrics(demand)).toEqual(['x', 'y']);
    expect(demand.counts()).toEqual({ hpas: 2, reads: 0, evicted: 0 });
    demand.hpasName(named());
    expect(metrics(demand)).toEqual(['y']);
    demand.expire(1_600_001);
    expect(metrics(demand)).toEqual([]);
  });

  it('is an HPA’s from then on where a read was there first', () => {
    const demand = createDemand({ readSeconds: 600, perNamespace: 1, inAll: 1 });
    read(demand, 0, want('x'));
    demand.hpasName(named(want('x')));
    read(demand, 1, want('y'), want('z'));
    expect(metrics(demand)).toEqual(['x', 'z']);
    expect(demand.counts()).toEqual({ hpas: 1, reads: 1, evicted: 1 });
  });

  it('is capped per namespace and in all, least recent out, and counts who went', () => {
    const demand = createDemand({ readSeconds: 600, perNamespace: 2, inAll: 3 });
    read(demand, 0, want('x'), want('y'));
    read(demand, 2000, want('x'));
    read(demand, 3000, want('z'));
    expect(metrics(demand)).toEqual(['x', 'z']);
    read(demand, 4000, want('v', 'b'), want('w', 'b'));
    expect(metrics(demand)).toEqual(['v', 'w', 'z']);
    expect(demand.counts()).toEqual({ hpas: 0, reads: 3, evicted: 2 });
  });
});

describe('a key', () => {
  it.each([
    ['a=b,c in (e,d)', 'c in (d,e,d), a==b'],
    ['a!=b,a=c', 'a=c,a!=b'],
    ['!x,y', 'y,!x'],
  ])('is one for %s and %s', (one, other) => {
    expect(keyOf(want('x', 'a', one))).toBe(keyOf(want('x', 'a', other)));
  });

  it('of an external metric is in lower case; none is made of a selector that does not parse', () => {
    const hpa = { type: 'external', namespace: 'a', metric: 'Queue_Depth', selector: 'a=b' } as const;
    expect(wantOfHpa(hpa)).toEqual(want('queue_depth', 'a', 'a=b'));
    expect(wantOfHpa({ ...hpa, selector: 'a in (' })).toBeNull();
  });

  it.each([
    [want('x', 'a'), want('x', 'b')],
    [want('x', 'a', 'k=v'), want('x', 'a', 'k')],
    [want('x', 'a', 'k=v'), want('x', 'a', 'k in (v)')],
  ])('tells %j from %j', (one, other) => {
    expect(keyOf(one)).not.toBe(keyOf(other));
  });
});
