import { describe, expect, it } from '@jest/globals';
import { DateTime } from 'luxon';
import type { HpaState } from '../../src/domain/hpa/hpa-state.ts';
import { type Inputs, type Plan, plan } from '../../src/domain/plan.ts';
import type { AutoscalingPolicy } from '../../src/domain/policy/autoscaling-policy.ts';
import { aPolicy, aSchedule, anHpa } from '../support/policies.ts';

const night = DateTime.fromISO('2026-11-24T02:00:00+01:00', { setZone: true });
const noon = DateTime.fromISO('2026-11-24T12:00:00+01:00', { setZone: true });
const limits = { heartbeatSeconds: 15, letGoAfterSeconds: 60 };
const ours = { restoreMinReplicas: 2, writtenAt: noon.toMillis() };

type World = { policies?: AutoscalingPolicy[]; hpas?: HpaState[]; clean?: boolean; previous?: Plan };

function planned(now: DateTime, { policies = [], hpas = [], clean = true, previous }: World): Plan {
  const inputs: Inputs = {
    policies: { policies, problems: [], clean, revision: 'r1' },
    hpas,
    orphanSince: previous?.orphanSince ?? new Map(),
    limits,
  };
  return plan(now, inputs);
}

const first = (
  result: Plan,
): { floor: number | null; action: string | undefined; min: number | undefined; why: string[] } => {
  const { floor, action, reasons } = result.decisions[0]!;
  return { floor, action: action?.type, min: action?.minReplicas, why: reasons.map(({ reason }) => reason) };
};

const policy = aPolicy({ schedules: [aSchedule()] });

describe('a plan', () => {
  it.each<[promise: string, now: DateTime, world: World, expected: ReturnType<typeof first>]>([
    [
      'takes an HPA and keeps the floor that it found',
      noon,
      { policies: [policy], hpas: [anHpa({ minReplicas: 7 })] },
      { floor: 3, action: 'Apply', min: 3, why: ['Baseline', 'FirstTake'] },
    ],
    [
      'takes an HPA also when its floor is right already, so that the field is ours',
      noon,
      { policies: [policy], hpas: [anHpa({ minReplicas: 3 })] },
      { floor: 3, action: 'Apply', min: 3, why: ['Baseline', 'FirstTake'] },
    ],
    [
      'lowers the floor at night',
      night,
      { policies: [policy], hpas: [anHpa({ governed: ours })] },
      { floor: 1, action: 'Apply', min: 1, why: ['ScheduleOpen'] },
    ],
    [
      'writes nothing when the floor is in force',
      noon,
      { policies: [policy], hpas: [anHpa({ governed: ours })] },
      { floor: 3, action: undefined, min: undefined, why: ['Baseline', 'InForce'] },
    ],
    [
      'never asks for more than the HPA allows',
      noon,
      { policies: [policy], hpas: [anHpa({ maxReplicas: 2, minReplicas: 1, governed: ours })] },
      { floor: 2, action: 'Apply', min: 2, why: ['Baseline', 'CappedByTarget'] },
    ],
    [
      'with actuation Off decides and reports',
      night,
      { policies: [{ ...policy, actuation: 'Off' }], hpas: [anHpa()] },
      { floor: 1, action: undefined, min: undefined, why: ['ScheduleOpen', 'ActuationOff'] },
    ],
    [
      'names an HPA that is not there',
      noon,
      { policies: [policy] },
      { floor: 3, action: undefined, min: undefined, why: ['Baseline', 'TargetNotFound'] },
    ],
    [
      'refuses two policies for one HPA and holds its floor',
      noon,
      { policies: [policy, { ...policy, name: 'other' }], hpas: [anHpa({ governed: ours, minReplicas: 9 })] },
      { floor: null, action: undefined, min: undefined, why: ['TargetClaimedTwice'] },
    ],
    [
      'holds an HPA of ours without a policy while the source is not clean',
      noon,
      { hpas: [anHpa({ governed: ours })], clean: false },
      { floor: null, action: undefined, min: undefined, why: ['SourceUnclean'] },
    ],
    [
      'waits before it lets go',
      noon,
      { policies: [aPolicy({ target: { namespace: 'x', name: 'y' } })].slice(1), hpas: [anHpa({ governed: ours })] },
      { floor: null, action: undefined, min: undefined, why: ['WaitingToLetGo'] },
    ],
  ])('%s', (_promise, now, world, expected) => {
    expect(first(planned(now, world))).toEqual(expected);
  });

  it('names both places of two policies for one HPA', () => {
    const twin = { ...policy, name: 'twin', place: { file: 'policies/twin.yaml', line: 4, column: 1, path: '' } };
    const message = planned(noon, { policies: [policy, twin], hpas: [anHpa()] }).decisions[0]!.reasons[0]!.message;
    expect(message).toContain('streaming/video (policies/video.yaml:1:1) and streaming/twin (policies/twin.yaml:4:1)');
  });

  it('keeps the restore value found at the first take, whatever the floor is later', () => {
    const { action } = planned(night, { policies: [policy], hpas: [anHpa({ governed: ours })] }).decisions[0]!;
    expect(action?.restoreMinReplicas).toBe(2);
  });

  it('leaves HPAs alone that no policy names and that are not ours', () => {
    expect(planned(noon, { hpas: [anHpa()] }).decisions).toEqual([]);
  });

  it('writes raises before lowerings, and the largest shortfall first', () => {
    const names = ['a', 'b', 'c', 'd'];
    const has = [1, 40, 2, 3];
    const policies = names.map((name) => aPolicy({ name, target: { namespace: 'n', name }, minReplicas: 20 }));
    const hpas = names.map((name, index) =>
      anHpa({ target: { namespace: 'n', name }, minReplicas: has[index]!, governed: ours }),
    );
    expect(planned(noon, { policies, hpas }).decisions.map(({ target }) => target.name)).toEqual(['a', 'c', 'd', 'b']);
  });
});

describe('letting go', () => {
  const orphan = anHpa({ governed: ours, minReplicas: 9 });
  const later = (from: DateTime, seconds: number): DateTime => from.plus({ seconds });

  it('hands the restore value back once the policy has been gone for long enough', () => {
    const gone = planned(noon, { hpas: [orphan] });
    const result = first(planned(later(noon, 60), { hpas: [orphan], previous: gone }));
    expect(result).toEqual({ floor: 2, action: 'HandBack', min: 2, why: ['PolicyGone'] });
  });

  it('does not let go after 59 s', () => {
    const gone = planned(noon, { hpas: [orphan] });
    expect(first(planned(later(noon, 59), { hpas: [orphan], previous: gone })).why).toEqual(['WaitingToLetGo']);
  });

  it('starts the wait anew when the source was unclean in between', () => {
    const gone = planned(noon, { hpas: [orphan] });
    const unclean = planned(later(noon, 50), { hpas: [orphan], clean: false, previous: gone });
    expect(first(planned(later(noon, 65), { hpas: [orphan], previous: unclean })).why).toEqual(['WaitingToLetGo']);
  });

  it('a policy that comes back in time changes nothing', () => {
    const gone = planned(noon, { hpas: [orphan] });
    const back = planned(later(noon, 30), { policies: [aPolicy({ minReplicas: 9 })], hpas: [orphan], previous: gone });
    expect(first(back)).toEqual({ floor: 9, action: undefined, min: undefined, why: ['Baseline', 'InForce'] });
    expect(back.orphanSince.size).toBe(0);
  });

  it('never restores more than the HPA allows now', () => {
    const small = anHpa({ governed: { ...ours, restoreMinReplicas: 50 }, maxReplicas: 10 });
    const gone = planned(noon, { hpas: [small] });
    expect(first(planned(later(noon, 60), { hpas: [small], previous: gone })).min).toBe(10);
  });

  it('hands back at the floor in force where the restore value was lost', () => {
    const lost = anHpa({ governed: { ...ours, restoreMinReplicas: null }, minReplicas: 9 });
    const gone = planned(noon, { hpas: [lost] });
    expect(first(planned(later(noon, 60), { hpas: [lost], previous: gone })).min).toBe(9);
  });

  it.each([
    ['three of three', 3, 3, 'PolicyGone'],
    ['four of four', 4, 4, 'TooManyAtOnce'],
    ['four of twenty', 4, 20, 'PolicyGone'],
    ['five of twenty', 5, 20, 'TooManyAtOnce'],
  ])('of %s governed HPAs at once: %s', (_promise, orphans, governed, why) => {
    const hpas = Array.from({ length: governed }, (_, index) =>
      anHpa({ target: { namespace: 'n', name: `hpa-${index}` }, governed: ours }),
    );
    const policies = hpas.slice(orphans).map(({ target }) => aPolicy({ name: target.name, target }));
    const gone = planned(noon, { policies, hpas });
    const result = planned(later(noon, 120), { policies, hpas, previous: gone });
    const words = result.decisions.filter((one) => one.policy === null).map(({ reasons }) => reasons.at(-1)!.reason);
    expect(words).toEqual(Array.from({ length: orphans }, () => why));
  });
});
