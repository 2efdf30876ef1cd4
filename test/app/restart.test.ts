import { describe, expect, it } from '@jest/globals';
import { DateTime } from 'luxon';
import { createModelPlatform } from '../../src/adapters/model/platform.ts';
import { pass } from '../../src/app/pass.ts';
import type { HpaState } from '../../src/domain/hpa/hpa-state.ts';
import type { Plan } from '../../src/domain/plan.ts';
import type { AutoscalingPolicy } from '../../src/domain/policy/autoscaling-policy.ts';
import { type TargetRef, targetKey } from '../../src/domain/target.ts';
import { aPolicy, aSchedule } from '../support/policies.ts';

const TARGET: TargetRef = { namespace: 'streaming', name: 'streaming-service-hpa' };
const RAMP = 1800;
const evening = aSchedule({
  name: 'evening',
  start: '0 19 * * *',
  end: '0 20 * * *',
  minReplicas: 20,
  rampSeconds: RAMP,
});
const POLICY = aPolicy({ target: TARGET, timeZone: 'UTC', minReplicas: 10, schedules: [evening] });

/** A model platform under passes that a test makes one by one, and a process that it may kill between two of them. */
class Sequence {
  now = DateTime.fromISO('2026-11-24T16:30:00Z', { zone: 'utc' });
  policies: AutoscalingPolicy[] = [POLICY];
  writes = 0;
  readonly #platform = createModelPlatform({
    clock: { now: () => this.now, monotonic: () => this.now.toMillis(), sleep: async () => {} },
    seed: 1,
  });
  /** What the process remembers. */
  #last: Plan | null = null;

  /** Git sets the floor before anybody governs it. */
  found(minReplicas: number): this {
    for (const manager of this.#owners()) this.#platform.otherPeople.applyAs(manager, TARGET, minReplicas);
    return this;
  }

  #owners(): readonly string[] {
    const { hpa } = this.#platform.snapshot().services.find((one) => targetKey(one.hpa.target) === targetKey(TARGET))!;
    return hpa.otherManagers.length > 0 ? hpa.otherManagers : ['git'];
  }

  kill(): void {
    this.#last = null;
    this.policies = this.policies.map((policy) => ({ ...policy }));
  }

  async beat(seconds = 15): Promise<number> {
    const { cluster } = this.#platform;
    this.#last = await pass(
      {
        clock: { now: () => this.now, monotonic: () => this.now.toMillis(), sleep: async () => {} },
        cluster: {
          hpas: () => cluster.hpas(),
          applyFloor: (floor) => cluster.applyFloor(floor).then(() => void (this.writes += 1)),
          handBack: (floor) => cluster.handBack(floor),
        },
        policies: { read: async () => ({ policies: this.policies, problems: [], clean: true, revision: 'r' }) },
        recorder: { planned: () => {}, acted: () => {} },
        limits: { heartbeatSeconds: 15, letGoAfterSeconds: 60 },
      },
      this.#last,
    );
    this.now = this.now.plus({ seconds });
    return (await this.hpa()).minReplicas;
  }

  async hpa(): Promise<HpaState> {
    return (await this.#platform.cluster.hpas()).find(({ target }) => targetKey(target) === targetKey(TARGET))!;
  }

  async until(iso: string, seconds = 15): Promise<number[]> {
    const floors: number[] = [];
    for (const end = DateTime.fromISO(iso); this.now < end;) floors.push(await this.beat(seconds));
    return floors;
  }
}

const falls = (floors: readonly number[]): number[] => floors.slice(1).map((floor, index) => floors[index]! - floor);

describe('a floor that no boundary explains', () => {
  it('falls along the same way whether the process is killed at every third beat or never', async () => {
    const unkilled = await new Sequence().found(40).until('2026-11-24T18:00:00Z');
    const killed = new Sequence().found(40);
    const floors: number[] = [];
    for (let beat = 0; floors.length < unkilled.length; beat++) {
      if (beat % 3 === 2) killed.kill();
      floors.push(await killed.beat());
    }
    expect(floors).toEqual(unkilled);
    expect([floors[0], floors.at(-1)]).toEqual([39, 10]);
    expect(Math.max(...falls(floors))).toBe(1);
  });

  it('does not make up for the hour in which nobody ran', async () => {
    const sequence = new Sequence().found(40);
    const [first] = await sequence.until('2026-11-24T16:30:10Z');
    sequence.kill();
    sequence.now = sequence.now.plus({ hours: 1 });
    expect(first! - (await sequence.beat())).toBeLessThanOrEqual(1);
  });

  it('is held when its policy goes, and handed back as it was found', async () => {
    const sequence = new Sequence().found(40);
    await sequence.until('2026-11-24T17:00:00Z');
    const { minReplicas } = await sequence.hpa();
    expect(minReplicas).toBeLessThan(40);
    sequence.policies = [];
    sequence.kill();
    expect([await sequence.beat(), await sequence.beat(), await sequence.beat(), await sequence.beat()]).toEqual(
      Array.from({ length: 4 }, () => minReplicas),
    );
    expect(await sequence.beat()).toBe(40);
    expect((await sequence.hpa()).governed).toBeNull();
  });

  it('is raised at once where an edit of the policy asks for more', async () => {
    const sequence = new Sequence().found(40);
    await sequence.until('2026-11-24T17:00:00Z');
    sequence.policies = [{ ...POLICY, minReplicas: 50 }];
    expect(await sequence.beat()).toBe(50);
  });
});

describe('an evening', () => {
  it('is ramped up and down without a step of more than one, and each floor is written once', async () => {
    const sequence = new Sequence().found(10);
    await sequence.until('2026-11-24T16:30:10Z');
    sequence.now = DateTime.fromISO('2026-11-24T18:20:00Z', { zone: 'utc' });
    const floors = await sequence.until('2026-11-24T20:40:00Z', 60);
    expect(Math.max(...falls(floors).map(Math.abs))).toBe(1);
    expect([Math.max(...floors), floors.at(-1)]).toEqual([20, 10]);
    expect(sequence.writes).toBe(1 + 10 + 10);
  });

  it('that nobody lowered falls from where it is, not in one step', async () => {
    const sequence = new Sequence().found(10);
    sequence.now = DateTime.fromISO('2026-11-24T19:30:00Z', { zone: 'utc' });
    expect(await sequence.beat()).toBe(20);
    sequence.kill();
    sequence.now = DateTime.fromISO('2026-11-24T21:30:00Z', { zone: 'utc' });
    const floors = await sequence.until('2026-11-24T22:30:00Z', 30);
    expect(Math.max(...falls([20, ...floors]))).toBe(1);
    expect(floors.at(-1)).toBe(10);
  });

  it('that begins while nobody runs is in force at the first beat', async () => {
    const sequence = new Sequence().found(10);
    await sequence.beat();
    sequence.kill();
    sequence.now = DateTime.fromISO('2026-11-24T19:30:00Z', { zone: 'utc' });
    expect(await sequence.beat()).toBe(20);
  });
});
