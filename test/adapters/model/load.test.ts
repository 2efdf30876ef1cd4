import * as fc from 'fast-check';
import { type Load, regions, total, USUAL_PEAK, viewersAt } from '../../../src/adapters/model/load.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Monday, 00:00 UTC. */
const MONDAY = Date.UTC(2026, 10, 23);
const SATURDAY = MONDAY + 5 * 24 * HOUR;
const load: Load = { seed: 7, peak: USUAL_PEAK, origin: MONDAY, surges: [] };
const day = (start: number): number[] => Array.from({ length: 24 * 12 }, (_, i) => start + i * 5 * MINUTE);
const ratio = (counts: number[]): number => Math.min(...counts) / Math.max(...counts);

it('one seed gives one day, another seed another', () => {
  const at = day(MONDAY);
  expect(at.map((t) => viewersAt(load, t))).toEqual(at.map((t) => viewersAt({ ...load }, t)));
  expect(at.map((t) => viewersAt(load, t))).not.toEqual(at.map((t) => viewersAt({ ...load, seed: 8 }, t)));
});

it('viewers are whole and never negative', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4e12 }), fc.integer(), (t, seed) => {
      const viewers = viewersAt({ ...load, seed }, t);
      return regions.every((region) => Number.isInteger(viewers[region]) && viewers[region] >= 0);
    }),
    { numRuns: 50 },
  );
});

it('a region sleeps at night, the world as a whole does not', () => {
  const month = Array.from({ length: 28 * 24 * 3 }, (_, i) => viewersAt(load, MONDAY + i * 20 * MINUTE));
  for (const region of regions) expect(ratio(month.map((viewers) => viewers[region]))).toBeCloseTo(0.14, 1.5);
  expect(ratio(month.map(total))).toBeCloseTo(0.41, 1.5);
});

it.each([
  ['kr', 12],
  ['eu', 20],
  ['us', 2],
] as const)('%s has its evening at %i:00 UTC', (region, hour) => {
  const weekday = day(MONDAY + 24 * HOUR).map((t) => ({ t, viewers: viewersAt(load, t)[region] }));
  const busiest = weekday.toSorted((a, b) => b.viewers - a.viewers)[0]!.t;
  const hours = Math.abs((busiest % (24 * HOUR)) / HOUR - hour);
  expect(Math.min(hours, 24 - hours)).toBeLessThanOrEqual(1);
});

it('a weekend has more viewers than a weekday', () => {
  const sum = (start: number): number => day(start).reduce((all, t) => all + total(viewersAt(load, t)), 0);
  expect(sum(SATURDAY) / sum(MONDAY + 24 * HOUR)).toBeGreaterThan(1.2);
});

it('nothing jumps: midnight, the weekend and the noise move less than 2 % a minute', () => {
  let before = total(viewersAt(load, SATURDAY - 12 * HOUR));
  for (let t = SATURDAY - 12 * HOUR; t < SATURDAY + 12 * HOUR; t += MINUTE) {
    const after = total(viewersAt(load, t + MINUTE));
    expect(Math.abs(after / before - 1)).toBeLessThan(0.02);
    before = after;
  }
});

it('the audience grows by 2 % a week', () => {
  const quiet = { ...load, peak: 1e9 };
  const weeks = (n: number): number =>
    day(MONDAY + n * 7 * 24 * HOUR).reduce((all, t) => all + total(viewersAt(quiet, t)), 0);
  expect(weeks(10) / weeks(0)).toBeCloseTo(1.2, 1);
});

it('a surge comes along a curve, stays, and leaves', () => {
  const start = MONDAY + HOUR;
  const surge = { start, viewers: 100_000, rampMinutes: 25, holdMinutes: 110, exitMinutes: 1.2 };
  const extra = (minutes: number): number => {
    const t = start + minutes * MINUTE;
    return total(viewersAt({ ...load, surges: [surge] }, t)) - total(viewersAt(load, t));
  };
  const about = (count: number) => expect.closeTo(count / 100, -0.5);
  expect([-1, 0, 12.5, 25, 135].map((minutes) => extra(minutes) / 100)).toEqual(
    [0, 0, 50_000, 100_000, 100_000].map(about),
  );
  expect(extra(135 + 1.2) / 100_000).toBeCloseTo(Math.exp(-1), 3);
  expect(extra(200)).toBeLessThan(5);
});
