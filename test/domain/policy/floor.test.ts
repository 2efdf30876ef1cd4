import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fall } from '../../../src/domain/policy/fall.ts';
import { floorAt, levelAt } from '../../../src/domain/policy/floor.ts';
import { nextChange, timeline } from '../../../src/domain/policy/timeline.ts';
import { aPolicy, aSchedule, at } from '../../support/policies.ts';

const MINUTE = 60_000;
const prime = aSchedule({ name: 'prime', start: '0 8 * * *', end: '0 22 * * *', minReplicas: 10, rampSeconds: 1800 });
const ramped = aPolicy({ timeZone: 'UTC', minReplicas: 4, schedules: [prime] });

describe('which floor', () => {
  const low = aSchedule({ name: 'low', start: '0 0 * * *', end: '0 12 * * *', minReplicas: 1 });
  const high = aSchedule({ name: 'high', start: '0 6 * * *', end: '0 18 * * *', minReplicas: 9 });
  const important = { ...low, name: 'important', priority: 5 };
  const noon = at('2026-11-24T07:00:00Z');

  it.each([
    ['no schedule is open: the baseline', [], 3, 'Baseline'],
    ['an open schedule replaces the baseline, also with less', [low], 1, 'ScheduleOpen'],
    ['at equal priority the higher floor wins', [low, high], 9, 'ScheduleOpen'],
    ['the higher priority wins, also with the lower floor', [high, important], 1, 'ScheduleOpen'],
  ])('%s', (_promise, schedules, replicas, reason) => {
    const floor = levelAt(aPolicy({ timeZone: 'UTC', schedules }), noon);
    expect([floor.replicas, floor.reasons[0]?.reason]).toEqual([replicas, reason]);
  });
});

describe('a ramp', () => {
  it.each([
    ['has not begun', '2026-11-24T07:30:00Z', 4],
    ['is half way', '2026-11-24T07:45:00Z', 7],
    ['rounds its steps up', '2026-11-24T07:46:00Z', 8],
    ['of a raise is complete at the boundary', '2026-11-24T08:00:00Z', 10],
    ['is over', '2026-11-24T12:00:00Z', 10],
    ['of a lowering starts at the boundary', '2026-11-24T22:00:00Z', 10],
    ['of a lowering is half way', '2026-11-24T22:15:00Z', 7],
    ['of a lowering rounds up too', '2026-11-24T22:16:00Z', 7],
    ['of a lowering ends after its time', '2026-11-24T22:30:00Z', 4],
  ])('%s at %s', (_promise, instant, replicas) => {
    expect(floorAt(ramped, at(instant)).replicas).toBe(replicas);
  });

  // 20 -> 10 at 23:00 and 10 -> 3 at 23:15: were the higher of two ramps the floor, it would drop from 11 to 7 at 23:30
  it.each([
    ['23:00', 20],
    ['23:15', 15],
    ['23:29', 8],
    ['23:30', 7],
    ['23:40', 5],
    ['23:45', 3],
  ])('adds up with the one before it, so that neither ends in a jump: %s', (time, replicas) => {
    const evening = aSchedule({
      name: 'prime',
      start: '0 19 * * *',
      end: '0 23 * * *',
      minReplicas: 20,
      rampSeconds: 1800,
    });
    const late = { ...evening, name: 'late', start: '0 20 * * *', end: '15 23 * * *', minReplicas: 10 };
    const policy = aPolicy({ timeZone: 'UTC', schedules: [evening, late] });
    expect(floorAt(policy, at(`2026-11-24T${time}:00Z`)).replicas).toBe(replicas);
  });

  it('of a lowering goes on under a raise that comes before its end', () => {
    const day = aSchedule({ name: 'day', start: '0 8 * * *', end: '0 22 * * *', minReplicas: 10, rampSeconds: 1800 });
    const late = aSchedule({ name: 'late', start: '10 22 * * *', end: '0 23 * * *', minReplicas: 5 });
    const policy = aPolicy({ timeZone: 'UTC', minReplicas: 4, schedules: [day, late] });
    const floors = ['22:09', '22:10', '22:20', '22:30'].map((time) => floorAt(policy, at(`2026-11-24T${time}:00Z`)));
    expect(floors.map(({ replicas }) => replicas)).toEqual([9, 8, 7, 5]);
    expect(floors[2]?.reasons.at(-1)?.message).toBe('7 on the way from 10 to 5, complete Tue 22:30 (UTC)');
  });

  it('never goes below the level and never above the higher end of its step', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 14 * 1440 }), (minute) => {
        const t = at('2026-11-24T00:00:00Z') + minute * MINUTE;
        const { replicas } = floorAt(ramped, t);
        expect(replicas).toBeGreaterThanOrEqual(levelAt(ramped, t).replicas);
        expect(replicas).toBeLessThanOrEqual(10);
      }),
    );
  });

  it('is capped by the policy and says so', () => {
    const floor = floorAt({ ...ramped, maxReplicas: 6 }, at('2026-11-24T12:00:00Z'));
    expect(floor.replicas).toBe(6);
    expect(floor.reasons.map(({ reason }) => reason)).toEqual(['ScheduleOpen', 'CappedByPolicy']);
  });
});

describe('the timeline', () => {
  const day = at('2026-11-24T00:00:00Z');

  it('names every integer change, and agrees with the floor just before and at each', () => {
    const changes = timeline(ramped, day, day + 24 * 60 * MINUTE);
    expect(changes.map(({ replicas }) => replicas)).toEqual([4, 5, 6, 7, 8, 9, 10, 9, 8, 7, 6, 5, 4]);
    for (const [index, change] of changes.slice(1).entries()) {
      expect(floorAt(ramped, change.at).replicas).toBe(change.replicas);
      expect(floorAt(ramped, change.at - 1000).replicas).toBe(changes[index]!.replicas);
    }
  });

  it('says when the floor changes next', () => {
    expect(nextChange(ramped, at('2026-11-24T12:00:00Z'))?.replicas).toBe(9);
    expect(nextChange(aPolicy(), day)).toBeNull();
  });
});

describe('a drop that no boundary explains', () => {
  const noon = at('2026-11-24T12:00:00Z');
  const input = { policy: ramped, now: noon, planned: 10, heartbeatSeconds: 15 };

  it.each([
    ['falls by what the slope allows in one heartbeat at the first take', { inForce: 1000, writtenAt: null }, 992],
    ['falls by one replica when the slope allows less than one a heartbeat', { inForce: 12, writtenAt: null }, 11],
    ['waits when the last step was just made', { inForce: 12, writtenAt: noon - 10_000 }, 12],
    ['goes on when one replica is due', { inForce: 12, writtenAt: noon - 180_000 }, 11],
    ['does not make up for time in which nothing had to fall', { inForce: 12, writtenAt: noon - 86_400_000 }, 11],
    ['is no drop when the plan is higher', { inForce: 5, writtenAt: null }, 10],
  ])('%s', (_promise, about, floor) => {
    expect(fall({ ...input, ...about })).toBe(floor);
  });

  it('is at once where the policy has no ramp', () => {
    expect(fall({ ...input, policy: aPolicy(), planned: 3, inForce: 40, writtenAt: null })).toBe(3);
  });

  it('is none within the ramp of a boundary: the ramp itself decides', () => {
    const now = at('2026-11-24T22:20:00Z');
    expect(fall({ ...input, now, planned: 6, inForce: 10, writtenAt: null })).toBe(6);
  });

  it('reaches the plan in the end, one heartbeat after the other, and never goes below', () => {
    let inForce = 40;
    let writtenAt: number | null = null;
    let now = noon;
    for (let beat = 0; inForce > 10 && beat < 2000; beat++, now += 15_000) {
      const next = fall({ ...input, now, inForce, writtenAt });
      expect(next).toBeGreaterThanOrEqual(10);
      if (next !== inForce) writtenAt = now;
      inForce = next;
    }
    expect(inForce).toBe(10);
    // 40 -> 10 at a slope of max(left, 10) per 30 min: 30 min x ln 3 and a last linear ramp.
    expect((now - noon) / MINUTE).toBeLessThan(120);
  });
});
