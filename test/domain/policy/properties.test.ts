import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DateTime } from 'luxon';
import type { AutoscalingPolicy, Schedule } from '../../../src/domain/policy/autoscaling-policy.ts';
import { fall } from '../../../src/domain/policy/fall.ts';
import { floorAt, levelAt, replicasAt } from '../../../src/domain/policy/floor.ts';
import { isOpen } from '../../../src/domain/policy/schedule.ts';
import { nextChange, timeline } from '../../../src/domain/policy/timeline.ts';
import { oracleMinutes, type OracleMinute } from '../../support/floor-oracle.ts';
import { plan } from '../../../src/domain/plan.ts';
import { aPolicy, anHpa, at } from '../../support/policies.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const DAY = 1440 * MINUTE;

/** `REPEAT=50 npx jest properties` looks further, with other seeds. */
const REPEAT = Number(process.env.REPEAT ?? 1);

/** Zones with a DST change, and one without; the days (UTC) of their changes, 2024 to 2030. */
const CHANGES: Record<string, string[]> = {
  'Europe/Berlin': ['2024-03-31', '2026-10-25', '2030-03-31'],
  'America/New_York': ['2024-03-10', '2026-11-01', '2029-03-11'],
  'Australia/Sydney': ['2024-04-06', '2026-10-03', '2030-04-06'],
  'Australia/Lord_Howe': ['2025-04-05', '2026-10-03', '2028-04-01'],
  'America/Santiago': ['2024-04-07', '2026-09-06', '2027-04-04'],
  'Africa/Cairo': ['2024-04-25', '2026-10-29', '2029-04-26'],
  'America/Nuuk': ['2024-03-31', '2026-03-29', '2027-10-31'],
  'Antarctica/Troll': ['2025-03-30', '2026-10-25', '2030-10-27'],
  'Africa/Casablanca': ['2025-02-23', '2026-02-15', '2026-03-22'],
  'Asia/Seoul': ['2026-01-01', '2028-02-29', '2030-12-31'],
};

const chosen = <T>(...values: T[]): fc.Arbitrary<T> => fc.constantFrom(...values);
const cron = fc
  .tuple(
    chosen('0', '15', '30', '59', '0,20,40', '5-50/15'),
    fc.oneof(fc.nat(23).map(String), chosen('2', '0', '23', '1-3', '2,14', '*/6', '0-23/2', '*')),
    chosen('*', '*', '*', '1,11,21'),
    chosen('*', '*', '*', '1-5', '0,6', '5', '7', '1'),
  )
  .map(([minute, hour, day, weekday]) => `${minute} ${hour} ${day} * ${weekday}`);
const schedule = fc.record({
  start: cron,
  end: cron,
  minReplicas: fc.oneof(fc.integer({ min: 1, max: 60 }), chosen(1, 2)),
  priority: chosen(0, 0, 0, 1, -1),
  rampSeconds: chosen(0, 0, 600, 1800, 1800, 5400, 12_345, 86_400),
});

const policies = (zone: fc.Arbitrary<string>): fc.Arbitrary<AutoscalingPolicy> =>
  fc
    .record({
      timeZone: zone,
      minReplicas: fc.integer({ min: 1, max: 20 }),
      maxReplicas: chosen(40, 100, 100),
      schedules: fc.array(schedule, { minLength: 1, maxLength: 4 }),
    })
    .map(({ schedules, ...rest }) =>
      aPolicy({ ...rest, schedules: schedules.map((one, index): Schedule => ({ name: `s${index}`, ...one })) }),
    );

/** A policy and an instant near a change of its zone. */
const nearChange = policies(chosen(...Object.keys(CHANGES))).chain((policy) =>
  fc.record({
    policy: fc.constant(policy),
    day: chosen(...CHANGES[policy.timeZone]!).map((day) => at(`${day}T00:00:00Z`)),
  }),
);

const settings = (seed: number, numRuns: number): fc.Parameters<unknown> => ({
  numRuns: numRuns * REPEAT,
  seed: seed + REPEAT,
});

describe('against a minute-by-minute oracle', () => {
  // Sixteen days before, because a schedule may open on three days of a month; and two after, because a raise begins a ramp before.
  const oracle = (policy: AutoscalingPolicy, day: number): OracleMinute[] =>
    oracleMinutes(policy, day - 16 * DAY, day + 3 * DAY);

  it('schedules open and close, floors and ramps are as the wall clock says, around the changes of ten zones', () => {
    fc.assert(
      fc.property(nearChange, ({ policy, day }) => {
        const minutes = oracle(policy, day).filter(({ t }) => t >= day - DAY / 2 && t < day + DAY);
        const looked = minutes.filter(({ floor }, index) => index % 20 === 0 || floor !== minutes[index - 1]!.floor);
        const wrong = looked
          .map((want) => ({ want: asText(want), got: asText(asSource(policy, want.t)) }))
          .filter(({ want, got }) => want !== got);
        expect(wrong.slice(0, 3)).toEqual([]);
      }),
      settings(1, 15),
    );
  });

  const asText = ({ t, open, level, floor }: OracleMinute): string =>
    `${new Date(t).toISOString()} open ${[...open].toSorted().join(',')} level ${level} floor ${floor}`;

  function asSource(policy: AutoscalingPolicy, t: number): OracleMinute {
    const open = new Set(policy.schedules.filter((one) => isOpen(policy, one, t)).map(({ name }) => name));
    return { t, open, level: levelAt(policy, t).replicas, floor: floorAt(policy, t).replicas };
  }

  it('the timeline and the next change name each minute in which the floor changes', () => {
    fc.assert(
      fc.property(nearChange, ({ policy, day }) => {
        const changes = timeline(policy, day, day + DAY);
        const floors = new Map(changes.map(({ at: t, replicas }) => [Math.ceil(t / MINUTE) * MINUTE, replicas]));
        let floor = floors.get(day);
        const wrong = oracle(policy, day)
          .filter(({ t }) => t >= day && t <= day + DAY)
          .filter((want) => {
            floor = floors.get(want.t) ?? floor;
            return floor !== want.floor;
          });
        expect(wrong.slice(0, 3).map(asText)).toEqual([]);
        const second = changes[1] && { at: changes[1].at, replicas: changes[1].replicas };
        if (second) expect(nextChange(policy, day)).toEqual(second);
      }),
      settings(2, 15),
    );
  });
});

describe('of any policy', () => {
  const anyTime = fc.integer({ min: at('2024-01-01T00:00:00Z') / MINUTE, max: at('2030-12-31T00:00:00Z') / MINUTE });
  const policyAndTime = fc.record({
    policy: policies(chosen(...Object.keys(CHANGES))),
    t: anyTime.map((minute) => minute * MINUTE),
  });
  const range = ({ minReplicas, schedules }: AutoscalingPolicy): number[] => [
    minReplicas,
    ...schedules.map((one) => one.minReplicas),
  ];

  it('the floor is never below its level, the least floor it names, or 1, and never above the most or maxReplicas', () => {
    fc.assert(
      fc.property(policyAndTime, ({ policy, t }) => {
        for (let minute = 0; minute < 1440; minute += 19) {
          const { replicas } = floorAt(policy, t + minute * MINUTE);
          expect(replicas).toBeGreaterThanOrEqual(
            Math.min(levelAt(policy, t + minute * MINUTE).replicas, policy.maxReplicas),
          );
          expect(replicas).toBeLessThanOrEqual(Math.min(policy.maxReplicas, Math.max(...range(policy))));
        }
      }),
      settings(3, 20),
    );
  });

  it('the timeline is the floor at every second around each of its changes', () => {
    fc.assert(
      fc.property(policyAndTime, ({ policy, t }) => {
        const changes = timeline(policy, t, t + DAY / 4);
        for (const [index, change] of changes.entries()) {
          if (index === 0) continue;
          const before = changes[index - 1]!.replicas;
          expect([-1500, -1000, -1, 0, 1, 999].map((ms) => replicasAt(policy, change.at + ms))).toEqual([
            ...[-1500, -1000, -1].map((ms) => (change.at + ms < changes[index - 1]!.at ? expect.any(Number) : before)),
            ...[0, 1, 999].map(() => change.replicas),
          ]);
        }
      }),
      settings(4, 50),
    );
  });

  it('where every schedule has a ramp, no second falls or raises the floor by more than its ramps explain', () => {
    fc.assert(
      fc.property(policyAndTime, fc.integer({ min: 600, max: 7200 }), ({ policy, t }, rampSeconds) => {
        const ramped = { ...policy, schedules: policy.schedules.map((one) => ({ ...one, rampSeconds })) };
        const changes = timeline(ramped, t, t + DAY / 2);
        // As many steps as come within one ramp may be on their way at once, each by the whole range of the policy.
        const height = Math.max(...range(ramped)) - Math.min(...range(ramped));
        for (const [index, change] of changes.entries()) {
          const before = changes[index - 1] ?? change;
          const stepsNear = 1 + (2 * rampSeconds) / 300;
          expect(Math.abs(change.replicas - before.replicas)).toBeLessThanOrEqual(
            1 + Math.ceil((height / rampSeconds) * stepsNear),
          );
        }
      }),
      settings(5, 50),
    );
  });
});

describe('of any policy and any HPA', () => {
  const heartbeatSeconds = 15;
  const circumstances = fc.record({
    policy: policies(chosen('UTC', 'America/New_York')),
    t: fc
      .integer({ min: at('2026-01-01T00:00:00Z') / MINUTE, max: at('2027-01-01T00:00:00Z') / MINUTE })
      .map((m) => m * MINUTE),
    inForce: fc.integer({ min: 1, max: 1000 }),
    // also ahead of us, by a clock that differs
    written: fc.option(fc.oneof(fc.integer({ min: -3_600_000, max: 0 }), fc.integer({ min: 0, max: 100_000_000 }))),
  });

  it('a fall never raises, never goes below the plan, and is nothing where the plan is higher', () => {
    fc.assert(
      fc.property(circumstances, ({ policy, t, inForce, written }) => {
        const planned = replicasAt(policy, t);
        const writtenAt = written === null ? null : t - written;
        const floor = fall({ policy, now: t, planned, inForce, writtenAt, heartbeatSeconds });
        if (inForce <= planned) expect(floor).toBe(planned);
        else expect([floor >= planned, floor <= inForce]).toEqual([true, true]);
      }),
      settings(6, 200),
    );
  });

  it('a plan that was carried out is quiet, and is the same after a restart', () => {
    fc.assert(
      fc.property(circumstances, ({ policy, t, inForce, written }) => {
        const governed = written === null ? null : { restoreMinReplicas: 7, writtenAt: t - written };
        const found = anHpa({ minReplicas: inForce, maxReplicas: 1000, governed });
        const decide = (hpa: typeof found): ReturnType<typeof plan>['decisions'][number] =>
          plan(DateTime.fromMillis(t, { zone: 'utc' }), {
            policies: { policies: [{ ...policy }], problems: [], clean: true, revision: '' },
            hpas: [hpa],
            orphanSince: new Map(),
            limits: { heartbeatSeconds, letGoAfterSeconds: 60 },
          }).decisions[0]!;
        const { action, floor } = decide(found);
        expect(decide(found).floor).toBe(floor);
        if (action === null) return;
        const { minReplicas, restoreMinReplicas } = action;
        const after = { ...found, minReplicas, governed: { restoreMinReplicas, writtenAt: t } };
        expect(decide(after)).toMatchObject({ action: null, floor });
        expect(restoreMinReplicas).toBe(governed === null ? inForce : 7);
      }),
      settings(7, 60),
    );
  });

  it('a fall arrives, heartbeat after heartbeat, in a few ramps', () => {
    const steady = fc.record({
      minReplicas: fc.integer({ min: 1, max: 50 }),
      above: fc.integer({ min: 1, max: 200 }),
      rampSeconds: chosen(1, 20, 600, 1800),
      beat: chosen(15, 60),
    });
    fc.assert(
      fc.property(steady, ({ minReplicas, above: more, rampSeconds, beat }) => {
        const yearly = { name: 'yearly', start: '0 0 1 1 *', end: '0 0 2 1 *', minReplicas, priority: 0, rampSeconds };
        const policy = aPolicy({ minReplicas, schedules: [yearly] });
        const begin = at('2026-06-01T00:00:00Z');
        const most = begin + (rampSeconds * (2 + Math.log(more + 1)) + (more + 1) * beat) * SECOND;
        let inForce = minReplicas + more;
        let writtenAt: number | null = null;
        let now = begin;
        for (; inForce > minReplicas && now <= most; now += beat * SECOND) {
          const floor = fall({ policy, now, planned: minReplicas, inForce, writtenAt, heartbeatSeconds: beat });
          if (floor === inForce) continue;
          inForce = floor;
          writtenAt = now;
        }
        expect(inForce).toBe(minReplicas);
      }),
      settings(8, 20),
    );
  });
});
