import { describe, expect, it } from '@jest/globals';
import { isOpen } from '../../../src/domain/policy/schedule.ts';
import { aPolicy, aSchedule, at } from '../../support/policies.ts';

type Case = [promise: string, zone: string, start: string, end: string, instant: string, open: boolean];

describe('a schedule', () => {
  it.each<Case>([
    ['opens at its start', 'UTC', '0 9 * * *', '0 17 * * *', '2026-11-24T09:00:00Z', true],
    ['is closed before its start', 'UTC', '0 9 * * *', '0 17 * * *', '2026-11-24T08:59:59.999Z', false],
    ['is closed at its end', 'UTC', '0 9 * * *', '0 17 * * *', '2026-11-24T17:00:00Z', false],
    ['is open just before its end', 'UTC', '0 9 * * *', '0 17 * * *', '2026-11-24T16:59:59.999Z', true],
    ['crosses midnight: late evening', 'Asia/Seoul', '0 22 * * *', '0 6 * * *', '2026-11-24T23:30:00+09:00', true],
    ['crosses midnight: early morning', 'Asia/Seoul', '0 22 * * *', '0 6 * * *', '2026-11-24T05:59:00+09:00', true],
    ['crosses midnight: noon', 'Asia/Seoul', '0 22 * * *', '0 6 * * *', '2026-11-24T12:00:00+09:00', false],
    ['spans Friday to Monday: Saturday noon', 'UTC', '0 18 * * 5', '0 6 * * 1', '2026-11-28T12:00:00Z', true],
    ['spans Friday to Monday: Monday 06:00', 'UTC', '0 18 * * 5', '0 6 * * 1', '2026-11-30T06:00:00Z', false],
    ['spans Friday to Monday: Wednesday', 'UTC', '0 18 * * 5', '0 6 * * 1', '2026-11-25T12:00:00Z', false],
    // KEDA's 4677: comparing the next boundaries keeps this open all week-end
    [
      'with starts Mon-Fri and a daily end is closed on Saturday noon',
      'UTC',
      '30 6 * * 1-5',
      '10 22 * * *',
      '2026-11-28T12:00:00Z',
      false,
    ],
    [
      'with starts Mon-Fri and a daily end is open on Friday noon',
      'UTC',
      '30 6 * * 1-5',
      '10 22 * * *',
      '2026-11-27T12:00:00Z',
      true,
    ],
    [
      'opens again where a start and an end fall together',
      'UTC',
      '0 6 * * *',
      '0 6 * * *',
      '2026-11-24T06:00:00Z',
      true,
    ],
    // KEDA's spring-gap bug: 02:30 does not exist on 29 March 2026 in Berlin, 03:00 is meant
    [
      'in the spring gap is closed at noon the day before',
      'Europe/Berlin',
      '30 2 * * *',
      '0 6 * * *',
      '2026-03-28T12:00:00+01:00',
      false,
    ],
    [
      'in the spring gap is closed at 01:59',
      'Europe/Berlin',
      '30 2 * * *',
      '0 6 * * *',
      '2026-03-29T01:59:59+01:00',
      false,
    ],
    [
      'in the spring gap opens at 03:00, the first time that exists',
      'Europe/Berlin',
      '30 2 * * *',
      '0 6 * * *',
      '2026-03-29T03:00:00+02:00',
      true,
    ],
    [
      'at the autumn overlap opens at the first 02:30',
      'Europe/Berlin',
      '30 2 * * *',
      '0 6 * * *',
      '2026-10-25T02:30:00+02:00',
      true,
    ],
    [
      'at the autumn overlap stays open at the second 02:00',
      'Europe/Berlin',
      '30 2 * * *',
      '0 6 * * *',
      '2026-10-25T02:00:00+01:00',
      true,
    ],
    [
      'that ends at a time that comes twice ends at the first',
      'America/New_York',
      '0 22 * * *',
      '30 1 * * *',
      '2026-11-01T01:30:00-04:00',
      false,
    ],
    [
      'that ends at a time that comes twice does not open again',
      'America/New_York',
      '0 22 * * *',
      '30 1 * * *',
      '2026-11-01T01:10:00-05:00',
      false,
    ],
    [
      'knows half-hour changes (Lord Howe)',
      'Australia/Lord_Howe',
      '15 2 * * *',
      '0 5 * * *',
      '2026-10-04T02:31:00+11:00',
      true,
    ],
    [
      'knows a midnight that does not exist (Santiago)',
      'America/Santiago',
      '0 0 * * *',
      '0 6 * * *',
      '2026-09-06T01:00:00-03:00',
      true,
    ],
  ])('%s', (_promise, timeZone, start, end, instant, open) => {
    const schedule = aSchedule({ start, end });
    expect(isOpen(aPolicy({ timeZone, schedules: [schedule] }), schedule, at(instant))).toBe(open);
  });
});
