import { describe, expect, it } from '@jest/globals';
import { lint } from '../../../src/domain/policy/lint.ts';
import { transitions } from '../../../src/domain/policy/transitions.ts';
import { aPolicy, aSchedule, at } from '../../support/policies.ts';

const now = at('2026-11-24T12:00:00Z');
const messages = (...policies: Parameters<typeof lint>[0]): string[] =>
  lint(policies, now).map(({ message }) => message);

describe('lint', () => {
  it('says nothing of a policy that is plain', () => {
    expect(messages(aPolicy({ timeZone: 'Asia/Seoul', schedules: [aSchedule()] }))).toEqual([]);
  });

  it('names schedules that are open at once, when first, and which one rules', () => {
    const evening = aSchedule({ name: 'evening', start: '0 18 * * *', end: '0 2 * * *', minReplicas: 9 });
    expect(messages(aPolicy({ timeZone: 'Asia/Seoul', schedules: [aSchedule(), evening] }))).toEqual([
      'schedules "night" and "evening" are both open from 2026-11-25 01:00 (Asia/Seoul): "evening" rules (the higher floor)',
    ]);
    expect(
      messages(aPolicy({ timeZone: 'Asia/Seoul', schedules: [{ ...aSchedule(), priority: 1 }, evening] })),
    ).toEqual([
      'schedules "night" and "evening" are both open from 2026-11-25 01:00 (Asia/Seoul): "night" rules (the higher priority)',
    ]);
  });

  it('names each day on which a local time does not exist or exists twice', () => {
    const schedule = aSchedule({ start: '30 2 * * *', end: '0 6 * * *' });
    expect(messages(aPolicy({ schedules: [schedule] }))).toEqual([
      'schedule "night", start "30 2 * * *": 2027-03-28 02:30 in Europe/Berlin does not exist: it means 03:00, the first that does',
      'schedule "night", start "30 2 * * *": 2027-10-31 02:30 in Europe/Berlin exists twice: it means the first',
    ]);
  });

  it('leaves a week-day schedule alone whose days the change does not fall on', () => {
    expect(messages(aPolicy({ schedules: [aSchedule({ start: '30 2 * * 1-5', end: '0 6 * * *' })] }))).toEqual([]);
  });

  it('names a schedule that does not open within a year', () => {
    const leap = aSchedule({ name: 'leap', start: '0 1 29 2 *', end: '0 7 29 2 *' });
    expect(messages(aPolicy({ timeZone: 'UTC', schedules: [leap] }))).toEqual([
      'schedule "leap" does not open within a year: its start is "0 1 29 2 *"',
    ]);
  });

  it('names a schedule that does not close, because it starts whenever it ends', () => {
    const always = aSchedule({ name: 'always', start: '0 6 * * *', end: '0 6 * * 1' });
    expect(messages(aPolicy({ timeZone: 'UTC', schedules: [always] }))).toEqual([
      'schedule "always" does not close within a year: its start is "0 6 * * *", its end "0 6 * * 1"',
    ]);
  });

  it('refuses two policies for one HPA, and one name for two policies', () => {
    const found = lint([aPolicy(), aPolicy()], now);
    expect(found.map(({ severity }) => severity)).toEqual(['error', 'error']);
  });
});

describe('the changes of a zone', () => {
  it.each([
    ['Europe/Berlin', ['2027-03-28T01:00:00.000Z Skipped 02:00-03:00', '2027-10-31T01:00:00.000Z Twice 02:00-03:00']],
    [
      'America/New_York',
      ['2027-03-14T07:00:00.000Z Skipped 02:00-03:00', '2027-11-07T06:00:00.000Z Twice 01:00-02:00'],
    ],
    [
      'Australia/Lord_Howe',
      ['2027-04-03T15:00:00.000Z Twice 01:30-02:00', '2027-10-02T15:30:00.000Z Skipped 02:00-02:30'],
    ],
    ['Asia/Seoul', []],
  ])('%s within a year', (zone, expected) => {
    const found = transitions(zone, now, now + 366 * 86_400_000);
    expect(
      found.map(
        ({ at: t, type, from, to }) =>
          `${new Date(t).toISOString()} ${type} ${from.toFormat('HH:mm')}-${to.toFormat('HH:mm')}`,
      ),
    ).toEqual(expected);
  });
});
