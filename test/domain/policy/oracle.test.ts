import { describe, expect, it } from '@jest/globals';
import { levelAt } from '../../../src/domain/policy/floor.ts';
import { isOpen } from '../../../src/domain/policy/schedule.ts';
import { aPolicy, aSchedule, at } from '../../support/policies.ts';

/**
 * A minute-by-minute oracle that shares no code with src/: it walks the wall clock with Intl alone. Daily boundaries only:
 * a boundary falls on the first minute of a day whose wall-clock time is at or past it.
 */
function wallMinutes(timeZone: string, from: number, minutes: number): { t: number; day: string; minute: number }[] {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  });
  return Array.from({ length: minutes }, (_, index) => {
    const t = from + index * 60_000;
    const parts = Object.fromEntries(format.formatToParts(t).map(({ type, value }) => [type, value]));
    return {
      t,
      day: `${parts.year}-${parts.month}-${parts.day}`,
      minute: Number(parts.hour) * 60 + Number(parts.minute),
    };
  });
}

function openByOracle(walls: ReturnType<typeof wallMinutes>, start: number, end: number): boolean[] {
  let open = false;
  const done = new Set<string>();
  return walls.map(({ day, minute }) => {
    for (const [edge, due] of [
      ['end', end],
      ['start', start],
    ] as const) {
      const key = `${day} ${edge}`;
      if (minute < due || done.has(key)) continue;
      done.add(key);
      open = edge === 'start';
    }
    return open;
  });
}

const DAYS: [zone: string, before: string][] = [
  ['Europe/Berlin', '2026-03-27T12:00:00Z'],
  ['Europe/Berlin', '2026-10-23T12:00:00Z'],
  ['America/New_York', '2026-03-06T12:00:00Z'],
  ['America/New_York', '2026-10-30T12:00:00Z'],
  ['Australia/Sydney', '2026-10-02T12:00:00Z'],
  ['Australia/Lord_Howe', '2027-04-02T12:00:00Z'],
  ['America/Santiago', '2026-09-04T12:00:00Z'],
  ['Asia/Seoul', '2026-06-01T12:00:00Z'],
];

describe('against a minute-by-minute oracle over DST changes', () => {
  it.each(DAYS)('windows in %s from %s open and close as the wall clock says', (timeZone, before) => {
    const from = at(before);
    const walls = wallMinutes(timeZone, from, 4 * 1440);
    for (const [startMinute, endMinute] of [
      [60, 420],
      [1320, 360],
      [150, 360],
      [0, 300],
      [1380, 135],
    ] as const) {
      const cron = (minute: number): string => `${minute % 60} ${Math.floor(minute / 60)} * * *`;
      const schedule = aSchedule({ start: cron(startMinute), end: cron(endMinute) });
      const policy = aPolicy({ timeZone, schedules: [schedule] });
      const expected = openByOracle(walls, startMinute, endMinute);
      // The oracle knows nothing of the day before: compare from the second local midnight on.
      const settled = walls.findIndex(({ day }) => day > walls[0]!.day) + 1440;
      const wrong = walls
        .map(({ t }, index) => ({
          t: new Date(t).toISOString(),
          want: expected[index],
          got: isOpen(policy, schedule, t),
        }))
        .filter(({ want, got }, index) => index >= settled && want !== got);
      expect({ startMinute, endMinute, wrong: wrong.slice(0, 3) }).toEqual({ startMinute, endMinute, wrong: [] });
    }
  });

  it('and the level is the baseline outside of the window', () => {
    const policy = aPolicy({ schedules: [aSchedule()] });
    expect(levelAt(policy, at('2026-11-24T12:00:00+01:00')).replicas).toBe(3);
    expect(levelAt(policy, at('2026-11-24T02:00:00+01:00')).replicas).toBe(1);
  });
});
