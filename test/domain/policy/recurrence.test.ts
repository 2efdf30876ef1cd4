import { describe, expect, it } from '@jest/globals';
import { recurrence } from '../../../src/domain/policy/recurrence.ts';
import { at } from '../../support/policies.ts';

const iso = (t: number | null): string => (t === null ? 'never' : new Date(t).toISOString().slice(0, 16));

function between(cron: string, zone: string, from: string, to: string): { ahead: string[]; back: string[] } {
  const { nextAfter, lastAtOrBefore } = recurrence(cron, zone);
  const ahead: string[] = [];
  for (let t = nextAfter(at(from) - 1); t !== null && t <= at(to); t = nextAfter(t)) ahead.push(iso(t));
  const back: string[] = [];
  for (let t = lastAtOrBefore(at(to)); t !== null && t >= at(from); t = lastAtOrBefore(t - 1)) back.unshift(iso(t));
  return { ahead, back };
}

type Case = [promise: string, cron: string, zone: string, day: string, instants: string[]];

describe('the instants of a cron expression, looking ahead and back', () => {
  it.each<Case>([
    // Berlin skips 02:00-03:00 on 29 March 2026, 01:00 UTC
    ['a fixed time that is skipped', '30 2 * * *', 'Europe/Berlin', '2026-03-29', ['2026-03-29T01:00']],
    [
      'one of a list of hours that is skipped',
      '30 2,14 * * *',
      'Europe/Berlin',
      '2026-03-29',
      ['2026-03-29T01:00', '2026-03-29T12:30'],
    ],
    [
      'a skipped hour of every hour, together with the next where that is at the end of the gap',
      '0 1-3 * * *',
      'Europe/Berlin',
      '2026-03-29',
      ['2026-03-29T00:00', '2026-03-29T01:00'],
    ],
    // Berlin has 02:00-03:00 twice on 25 October 2026: 00:00 and 01:00 UTC
    ['a fixed time that comes twice', '30 2 * * *', 'Europe/Berlin', '2026-10-25', ['2026-10-25T00:30']],
    [
      'one of a list of hours that comes twice',
      '0 1,2,3 * * *',
      'Europe/Berlin',
      '2026-10-25',
      ['2026-10-25T00:00', '2026-10-25T02:00'],
    ],
    // Nuuk goes from 23:00 to midnight: the last hour of 28 March 2026 is missing, the first that exists is on the next day
    ['a time skipped at the end of a day', '59 23 * * *', 'America/Nuuk', '2026-03-29', ['2026-03-29T01:00']],
    // Lord Howe's half an hour
    [
      'half an hour that is skipped',
      '*/20 2 * * *',
      'Australia/Lord_Howe',
      '2026-10-03',
      ['2026-10-03T15:30', '2026-10-03T15:40'],
    ],
    // Troll's two hours
    ['two hours that come twice', '30 2 * * *', 'Antarctica/Troll', '2026-10-25', ['2026-10-25T00:30']],
  ])('%s: %s in %s on %s', (_promise, cron, zone, day, instants) => {
    const found = between(cron, zone, `${day}T00:00:00Z`, `${day}T22:59:00Z`);
    expect(found).toEqual({ ahead: instants, back: instants });
  });

  it.each([
    ['29 February, from the years around', '0 0 29 2 *', '2028-02-29T00:00', '2024-02-29T00:00'],
    ['a day of the month or of the week, as cron has it', '0 0 13 * 5', '2026-11-27T00:00', '2026-11-20T00:00'],
    ['a day that no month has', '0 0 31 2 *', 'never', 'never'],
  ])('%s', (_promise, cron, next, last) => {
    const { nextAfter, lastAtOrBefore } = recurrence(cron, 'UTC');
    expect([nextAfter, lastAtOrBefore].map((ask) => iso(ask(at('2026-11-24T00:00:00Z'))))).toEqual([next, last]);
  });

  it('an instant is its own last one, and not its own next', () => {
    const { nextAfter, lastAtOrBefore } = recurrence('0 1 * * *', 'UTC');
    const one = at('2026-11-24T01:00:00Z');
    expect([lastAtOrBefore(one), lastAtOrBefore(one - 1), nextAfter(one), nextAfter(one - 1)]).toEqual([
      one,
      one - 86_400_000,
      one + 86_400_000,
      one,
    ]);
  });
});
