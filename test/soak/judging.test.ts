import { describe, expect, it } from '@jest/globals';
import { mayAnswer } from './generations.ts';
import { type Sample, growthOf } from './growth.ts';
import { mayFail } from './outages.ts';
import { EXTERNAL, PODS_METRICS, type Read, allReads } from './reads.ts';
import { FAULTS, rulesText } from './rules-text.ts';
import { GENERATION, PODS, Scraped, decode, seriesOf } from './series.ts';
import { parseRules } from '../../src/config/rules.ts';
import { type Truth, type Verdict, verdictOf } from './verdict.ts';

const STARTED = Date.parse('2026-11-24T12:00:00Z');
const at = (seconds: number): number => STARTED + seconds * 1000;
const names = { namespaceOf: (index: number) => `n${index}`, podOf: (index: number) => `p${index}` };

/** The values that were scraped, of a namespace's pods. */
function scrapedValues(scraped: Scraped, seconds: number, namespace: number): number[] {
  const lines = scraped.exposition(at(seconds), names).split('\n');
  return lines
    .filter((line) => line.includes(`"n${namespace}"`))
    .map((line) => Number(line.slice(line.lastIndexOf(' ') + 1)));
}

const sum = (values: readonly number[]): number => values.reduce((all, one) => all + one, 0);

describe('a value says', () => {
  it('whose it is, when it was scraped and by which rules file it was asked', () => {
    const values = scrapedValues(new Scraped(STARTED), 12.3, 7);
    expect(values).toHaveLength(PODS);
    expect(decode(String(sum(values) + 5 * GENERATION), seriesOf(7))).toEqual({ tenths: 123, generation: 5 });
    expect(decode(String(values[1]), [seriesOf(7)[1]!])).toEqual({ tenths: 123, generation: 0 });
  });

  it.each([
    ['the sum of another namespace', (values: number[]) => sum(values), 8],
    ['a sum that lacks a pod', (values: number[]) => sum(values.slice(1)), 7],
    ['a sum that has a pod twice', (values: number[]) => sum(values) + values[0]!, 7],
    ['one more', (values: number[]) => sum(values) + 1, 7],
    ['nothing', () => 0, 7],
  ])('that it is not what was asked for: %s', (_what, of, namespace) => {
    expect(decode(String(of(scrapedValues(new Scraped(STARTED), 12.3, 7))), seriesOf(namespace))).toBeNull();
  });

  it.each([
    ['that of the last scrape before', 40, 5, true],
    ['that of a scrape that was just made', 60, 5, true],
    ['that of the one before, while a scrape is on its way', 40, 6, true],
    ['an older one', 20, 6, false],
    ['one that was not there yet', 60, 4, false],
    ['one that was never scraped', 50, 5, false],
  ])('whether it was true when it was evaluated: %s', (_what, tenths, evaluated, is) => {
    const scraped = new Scraped(STARTED);
    for (const seconds of [2, 4, 6]) scraped.exposition(at(seconds), names);
    expect(scraped.wasTrue(tenths, at(evaluated))).toBe(is);
  });
});

describe('a read of the flapping backend may be an error', () => {
  const bounds = { staleness: 10, refresh: 2, queryTimeout: 1 };
  const away = (from: number, until: number | null) => ({
    condition: { type: 'reset' } as const,
    from: at(from),
    until: until === null ? null : at(until),
  });
  it.each([
    ['never, while it is well', [], 50, false],
    ['not while what is known is young enough', [away(100, null)], 105, false],
    ['once that is too old', [away(100, null)], 107, true],
    ['until it has been asked again', [away(100, 114)], 118, true],
    ['and not later', [away(100, 114)], 120, false],
    ['never because of an outage that was too short', [away(100, 104)], 107, false],
  ])('%s', (_when, outages, asked, may) => {
    expect(mayFail(outages, { askedAt: at(asked), answeredAt: at(asked) }, bounds)).toBe(may);
  });
});

describe('a rules file may have answered', () => {
  it.each([
    ['while it is the newest', 2, 30, true],
    ['while the next one is being taken up', 1, 25, true],
    ['not when the next one has to be in force', 1, 29, false],
    ['not before it was there', 2, 19, false],
    ['not when there is none', 3, 30, false],
    ['not when it is none', 0, 5, false],
  ])('%s', (_when, generation, asked, may) => {
    const when = { askedAt: at(asked), answeredAt: at(asked), withinSeconds: 8 };
    expect(mayAnswer([at(10), at(20)], generation, when)).toBe(may);
  });
});

describe('the rules', () => {
  const text = rulesText(1, { steady: 'http://steady', flapping: 'http://flapping' });

  it('are good, and each fault is one', () => {
    expect(parseRules('rules.yaml', text).problems).toEqual([]);
    for (const fault of FAULTS) {
      const broken = fault(text);
      if (broken !== null) expect(parseRules('rules.yaml', broken).problems).not.toEqual([]);
    }
  });

  it('give every metric that is read', () => {
    const read = new Set(allReads().map(({ path }) => /([\w-]+)\?/.exec(path)?.[1]));
    expect(read).toEqual(new Set([...Object.values(EXTERNAL), ...Object.values(PODS_METRICS)]));
  });
});

describe('an answer', () => {
  const truth: Truth = {
    wasTrue: (tenths) => tenths === 20,
    mayAnswer: (generation) => generation === 1,
    mayFail: ({ askedAt }) => askedAt >= at(100),
  };
  const [steady, , flapping, , pods] = allReads() as [Read, Read, Read, Read, Read];
  const scraped = (seconds: number): number[] => scrapedValues(new Scraped(STARTED), seconds, 0);
  const timestamp = new Date(at(3)).toISOString();
  const judge = (read: Read, about: { code?: number; body: unknown; seconds?: number }): Verdict['type'] => {
    const { code = 200, body, seconds = 3 } = about;
    const when = { askedAt: at(seconds), answeredAt: at(seconds) };
    return verdictOf(read, { type: 'answer', code, body: JSON.stringify(body) }, when, truth).type;
  };
  const one = (value: number) => ({ items: [{ value: String(value), timestamp }] });
  const listed = (values: readonly number[]) => ({
    items: values.map((value, pod) => ({ value: String(value), timestamp, describedObject: { name: `web-${pod}` } })),
  });
  const status = { kind: 'Status', status: 'Failure' };

  it.each<[string, Read, Parameters<typeof judge>[1], Verdict['type']]>([
    ['that is true', steady, { body: one(sum(scraped(2)) + GENERATION) }, 'right'],
    ['that is true of each pod', pods, { body: listed(scraped(2)) }, 'right'],
    ['of another time', steady, { body: one(sum(scraped(4)) + GENERATION) }, 'wrong'],
    ['by other rules', steady, { body: one(sum(scraped(2)) + 2 * GENERATION) }, 'wrong'],
    ['with a number where there is none', flapping, { body: one(0) }, 'wrong'],
    ['that lacks a pod', pods, { body: listed(scraped(2).slice(1)) }, 'wrong'],
    ['with pods mixed up', pods, { body: listed(scraped(2).toReversed()) }, 'wrong'],
    ['without items', steady, { body: { items: [] } }, 'wrong'],
    ['that is an error', flapping, { code: 500, body: status }, 'failed'],
    ['that is an error while its backend is away', flapping, { code: 500, body: status, seconds: 100 }, 'away'],
    ['that is no Status then', flapping, { code: 500, body: 'oops', seconds: 100 }, 'failed'],
    ['that is an error of a backend that is well', steady, { code: 500, body: status, seconds: 100 }, 'failed'],
  ])('%s', (_what, read, about, verdict) => {
    expect(judge(read, about)).toBe(verdict);
  });

  it('that does not come has failed', () => {
    const when = { askedAt: at(100), answeredAt: at(100) };
    expect(verdictOf(flapping, { type: 'none', why: 'cut' }, when, truth).type).toBe('failed');
  });
});

describe('growth', () => {
  const samplesOf = (heapOf: (at: number) => number): Sample[] =>
    Array.from({ length: 40 }, (_none, index) => ({
      at: index / 40,
      values: { heapMegabytes: heapOf(index), rssMegabytes: 0, descriptors: 0, handles: 0, lagMilliseconds: 0 },
    }));

  it.each([
    ['what comes and goes does not grow', (index: number) => 100 + (index % 5) * 50, 1, 0],
    ['what is kept does', (index: number) => 100 + index, 130 / 110, 20],
    ['what is only needed at first does not', (index: number) => (index < 10 ? 10 : 100), 1, 0],
  ])('%s', (_what, heapOf, ratio, difference) => {
    const samples = samplesOf(heapOf);
    expect(growthOf(samples, 'heapMegabytes', 'ratio')).toBeCloseTo(ratio);
    expect(growthOf(samples, 'heapMegabytes', 'difference')).toBe(difference);
  });

  it('is not known where a quarter was not looked at', () => {
    expect(growthOf([], 'heapMegabytes', 'difference')).toBeNaN();
  });
});
