import { jest } from '@jest/globals';
import { fencedCluster } from '../../src/adapters/fenced-cluster.ts';
import { pacedCluster } from '../../src/adapters/paced-cluster.ts';
import { ConflictError } from '../../src/domain/errors.ts';
import type { FloorWrite } from '../../src/domain/decision.ts';
import type { Cluster } from '../../src/ports/cluster.ts';
import { TurnedClock } from '../support/turned-clock.ts';

const floor = (name: string): FloorWrite => ({
  target: { namespace: 'ns', name },
  uid: 'u',
  minReplicas: 3,
  restoreMinReplicas: null,
});

/** A cluster that notes what is done to it, and when. */
function noting(clock = new TurnedClock()): Cluster & { done: { what: string; at: number }[] } {
  const start = clock.monotonic();
  const done: { what: string; at: number }[] = [];
  const note = (what: string): void => void done.push({ what, at: clock.monotonic() - start });
  return {
    done,
    hpas: async () => (note('hpas'), []),
    applyFloor: async ({ target }) => note(`apply ${target.name}`),
    handBack: async ({ target }) => note(`hand back ${target.name}`),
  };
}

describe('pacedCluster', () => {
  it.each([
    [10, [0, 100, 200, 300]],
    [1, [0, 1000, 2000, 3000]],
    [0.5, [0, 2000, 4000, 6000]],
  ])('with %d writes a second lets four that come at once begin evenly spaced', async (writesPerSecond, times) => {
    const clock = new TurnedClock();
    const cluster = noting(clock);
    const paced = pacedCluster(cluster, { writesPerSecond, clock });
    const all = Promise.all([
      paced.applyFloor(floor('a')),
      paced.handBack(floor('b')),
      paced.applyFloor(floor('c')),
      paced.applyFloor(floor('d')),
    ]);
    await clock.turn(10_000);
    await all;
    expect(cluster.done.map(({ at }) => at)).toEqual(times);
    expect(cluster.done.map(({ what }) => what)).toEqual(['apply a', 'hand back b', 'apply c', 'apply d']);
  });

  it('does not save up: after a pause the next burst is paced like the first', async () => {
    const clock = new TurnedClock();
    const cluster = noting(clock);
    const paced = pacedCluster(cluster, { writesPerSecond: 10, clock });
    await paced.applyFloor(floor('a'));
    await clock.turn(60_000);
    const burst = Promise.all([paced.applyFloor(floor('b')), paced.applyFloor(floor('c'))]);
    await clock.turn(1_000);
    await burst;
    expect(cluster.done.map(({ at }) => at)).toEqual([0, 60_000, 60_100]);
  });

  it('keeps its pace when a write fails, and reads at once', async () => {
    const clock = new TurnedClock();
    const cluster = noting(clock);
    const failing = { ...cluster, applyFloor: () => Promise.reject(new ConflictError('no')) };
    const paced = pacedCluster(failing, { writesPerSecond: 10, clock });
    await expect(paced.applyFloor(floor('a'))).rejects.toBeInstanceOf(ConflictError);
    const next = paced.handBack(floor('b'));
    await paced.hpas();
    await clock.turn(100);
    await next;
    expect(cluster.done).toEqual([
      { what: 'hpas', at: 0 },
      { what: 'hand back b', at: 100 },
    ]);
  });

  it('asks a fence inside after the wait, not before', async () => {
    const clock = new TurnedClock();
    const cluster = noting(clock);
    let holder = true;
    const paced = pacedCluster(
      fencedCluster(cluster, () => holder),
      { writesPerSecond: 1, clock },
    );
    await paced.applyFloor(floor('a'));
    const late = expect(paced.applyFloor(floor('b'))).rejects.toBeInstanceOf(ConflictError);
    holder = false;
    await clock.turn(1_000);
    await late;
    expect(cluster.done.map(({ what }) => what)).toEqual(['apply a']);
  });
});

describe('fencedCluster', () => {
  it('writes while it may, refuses when it may not, and always reads', async () => {
    const cluster = noting();
    const mayWrite = jest.fn(() => true);
    const fenced = fencedCluster(cluster, mayWrite);
    await fenced.applyFloor(floor('a'));
    await fenced.handBack(floor('b'));
    mayWrite.mockReturnValue(false);
    await expect(fenced.applyFloor(floor('c'))).rejects.toThrow('nothing is written to ns/c');
    await expect(fenced.handBack(floor('d'))).rejects.toBeInstanceOf(ConflictError);
    await fenced.hpas();
    expect(cluster.done.map(({ what }) => what)).toEqual(['apply a', 'hand back b', 'hpas']);
  });
});
