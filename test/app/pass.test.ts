import { beforeEach, describe, expect, it } from '@jest/globals';
import { DateTime } from 'luxon';
import { createModelPlatform } from '../../src/adapters/model/platform.ts';
import { type World, pass, preview } from '../../src/app/pass.ts';
import { UnavailableError } from '../../src/domain/errors.ts';
import { targetKey } from '../../src/domain/target.ts';
import type { AutoscalingPolicy } from '../../src/domain/policy/autoscaling-policy.ts';
import type { Cluster } from '../../src/ports/cluster.ts';
import type { PolicyReading } from '../../src/ports/policy-source.ts';
import { aPolicy, aSchedule } from '../support/policies.ts';

/** A world on the model platform, with a clock turned by hand, that remembers what was written. */
let now: DateTime;
let policies: AutoscalingPolicy[];
let writes: string[];
let told: string[];
let failing: string | null;
let world: World;

beforeEach(async () => {
  now = DateTime.fromISO('2026-11-24T12:00:00+09:00').toUTC();
  const clock = { now: () => now, monotonic: () => now.toMillis(), sleep: async () => {} };
  const platform = createModelPlatform({ clock, seed: 1 });
  writes = [];
  told = [];
  failing = null;
  const cluster: Cluster = {
    hpas: () => platform.cluster.hpas(),
    async applyFloor(floor) {
      if (floor.target.name === failing) throw new UnavailableError('the API server is away');
      writes.push(`${floor.target.name} ${floor.minReplicas}`);
      await platform.cluster.applyFloor(floor);
    },
    async handBack(floor) {
      writes.push(`${floor.target.name} back at ${floor.minReplicas}`);
      await platform.cluster.handBack(floor);
    },
  };
  const targets = (await cluster.hpas()).map(({ target }) => target);
  policies = targets.map((target, index) =>
    aPolicy({
      ...target,
      target,
      timeZone: 'Asia/Seoul',
      minReplicas: 3 + index,
      schedules: [aSchedule({ minReplicas: 1 })],
    }),
  );
  world = {
    clock,
    cluster,
    policies: { read: async (): Promise<PolicyReading> => ({ policies, problems: [], clean: true, revision: 'r' }) },
    recorder: {
      planned: (plan) => void told.push(`planned ${plan.decisions.length}`),
      acted: ({ target }, error) => void told.push(`${target.name} ${error === null ? 'ok' : 'failed'}`),
    },
    limits: { heartbeatSeconds: 15, letGoAfterSeconds: 60 },
  };
});

describe('a pass', () => {
  it('writes every floor that differs, once: the second pass writes nothing', async () => {
    const first = await pass(world, null);
    expect(writes).toHaveLength(policies.length);
    await pass(world, first);
    expect(writes).toHaveLength(policies.length);
  });

  it('writes the largest shortfall first', async () => {
    await pass(world, null);
    const raises = writes.map((write) => Number(write.split(' ')[1]));
    expect(raises).toEqual(raises.toSorted((a, b) => b - a));
  });

  it('goes on when one write fails, tells it, and makes up for it at the next heartbeat', async () => {
    failing = policies[2]!.target.name;
    const first = await pass(world, null);
    expect(told).toContain(`${failing} failed`);
    expect(writes).toHaveLength(policies.length - 1);
    const late = failing;
    failing = null;
    await pass(world, first);
    expect(writes.at(-1)).toBe(`${late} 5`);
  });

  it('opens and closes the night, also when heartbeats were missed in between', async () => {
    let last = await pass(world, null);
    now = DateTime.fromISO('2026-11-25T03:00:00+09:00').toUTC();
    last = await pass(world, last);
    const floors = async (): Promise<number[]> => (await world.cluster.hpas()).map(({ minReplicas }) => minReplicas);
    expect(new Set(await floors())).toEqual(new Set([1]));
    now = DateTime.fromISO('2026-11-25T07:00:00+09:00').toUTC();
    await pass(world, last);
    expect(await floors()).toEqual(policies.map(({ minReplicas }) => minReplicas));
  });

  it('decides after a restart as an unkilled twin does', async () => {
    const first = await pass(world, null);
    now = now.plus({ hours: 14 });
    const twin = await preview(world, first);
    const restarted = await preview(world, null);
    expect(restarted.decisions).toEqual(twin.decisions);
  });

  it('hands an HPA back when its policy has been gone for long enough', async () => {
    let last = await pass(world, null);
    const [gone] = policies.splice(0, 1);
    for (let second = 0; second <= 60; second += 15, now = now.plus({ seconds: 15 })) last = await pass(world, last);
    expect(writes.at(-1)).toMatch(new RegExp(`^${gone!.target.name} back at`));
    const hpa = (await world.cluster.hpas()).find(({ target }) => targetKey(target) === targetKey(gone!.target));
    expect(hpa?.governed).toBeNull();
  });

  it('a preview writes nothing and tells nothing', async () => {
    const result = await preview(world, null);
    expect(result.decisions.every(({ action }) => action !== null)).toBe(true);
    expect([writes, told]).toEqual([[], []]);
  });
});
