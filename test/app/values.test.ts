import { describe, expect, it } from '@jest/globals';
import { createMetricRegistry } from '../../src/app/metric-registry.ts';
import type { ValueRead, Values, ValuesOptions } from '../../src/app/values.ts';
import { externalQuestion } from '../../src/app/external-questions.ts';
import type { ExternalWant } from '../../src/app/want.ts';
import { InvalidError, UnavailableError, describeError } from '../../src/domain/errors.ts';
import type { MetricRule } from '../../src/domain/rules/metric-rule.ts';
import { parseTemplate } from '../../src/domain/rules/template.ts';
import { silentLog } from '../../src/ports/log.ts';
import type { MetricsSource, QueryResult } from '../../src/ports/metrics-source.ts';
import { type ServingRecorder, silentServingRecorder } from '../../src/ports/serving-recorder.ts';
import { aRule } from '../domain/rules/a-rule.ts';
import { TurnedClock } from '../support/turned-clock.ts';
import { oneRow } from './a-source.ts';
import { someValues } from './some-values.ts';

/** A source whose every query waits until the test answers it. */
function slowSource() {
  const open: { promql: string; answer: (result: QueryResult) => void; refuse: (error: Error) => void }[] = [];
  const asked: string[] = [];
  const source: MetricsSource = {
    query(promql) {
      asked.push(promql);
      const { promise, resolve, reject } = Promise.withResolvers<QueryResult>();
      open.push({ promql, answer: resolve, refuse: reject });
      return promise;
    },
    series: () => Promise.resolve([]),
  };
  return { source, open, asked };
}

/** One query a question: its template has no place for a batch. */
const alone = (about: Partial<MetricRule> = {}): MetricRule =>
  aRule({ seriesQuery: 'm', metricsQuery: parseTemplate('scalar(<<.Series>>{<<.LabelMatchers>>})'), ...about });

function setup(about: Partial<ValuesOptions> & { source: MetricsSource; rules?: MetricRule[] }) {
  const { rules = [alone()], ...rest } = about;
  const clock = new TurnedClock();
  const registry = createMetricRegistry({ source: about.source, clock, log: silentLog, relistIntervalSeconds: 60 });
  registry.replace(rules);
  const told: string[] = [];
  const ages: number[] = [];
  const recorder: ServingRecorder = {
    ...silentServingRecorder,
    read: (from) => told.push(from),
    shed: ({ what }) => told.push(`shed ${what}`),
    served: (seconds) => ages.push(seconds),
  };
  const values = someValues({ clock, registry, recorder, ...rest });
  const read = (namespace: string, metric = 'm'): ValueRead => {
    const want: ExternalWant = { type: 'external', namespace, metric, requirements: [] };
    return { want, question: externalQuestion(registry, want) };
  };
  return { values, clock, registry, told, ages, read };
}

const promqlFor = (namespace: string): string => `scalar(m{namespace="${namespace}"})`;
const answered = (value = 1): MetricsSource => ({
  query: () => Promise.resolve(oneRow(value)),
  series: () => Promise.resolve([]),
});
const readAll = (values: Values, ...reads: ValueRead[]): Promise<unknown> =>
  Promise.allSettled(reads.map((each) => values.rows(each)));

describe('values in memory', () => {
  it('are asked for once by a read, and by the rounds from then on, until ten minutes after the last read', async () => {
    const { source, asked, open } = slowSource();
    const { values, clock, read, told } = setup({ source });
    values.start();
    const first = values.rows(read('a'));
    await clock.turn(0);
    open.shift()?.answer(oneRow(1));
    expect(await first).toMatchObject([{ value: 1 }]);
    for (let second = 0; second < 615; second += 5) {
      await clock.turn(5000);
      open.splice(0).forEach(({ answer }) => answer(oneRow(second)));
    }
    const until = asked.length;
    expect(until).toBeGreaterThan(115);
    expect(told).toEqual(['query']);
    await clock.turn(60_000);
    expect(asked).toHaveLength(until);
    await values.close();
  });

  it('are the very same rows as long as nothing new was learned, and cost no query', async () => {
    const { values, clock, read, ages } = setup({ source: answered() });
    const rows = await values.rows(read('a'));
    await clock.turn(4000);
    expect(values.inMemory(read('a'))).toBe(rows);
    expect(values.inMemory(read('a'))).toBe(rows);
    expect(ages).toEqual([0, 4, 4]);
    values.refresh();
    await clock.turn(0);
    expect(values.inMemory(read('a'))).not.toBe(rows);
  });

  it('of a read whose backend takes longer than a second are an error at a second, and there when it answered', async () => {
    const { source, open } = slowSource();
    const { values, clock, read, told } = setup({ source });
    const late = values.rows(read('a')).catch(describeError);
    await clock.turn(1000);
    expect(await late).toContain('no answer within 1 s');
    expect(await values.rows(read('a')).catch(describeError)).toContain('no answer within 1 s');
    open[0]?.answer(oneRow(7));
    await clock.turn(0);
    expect(values.inMemory(read('a'))).toMatchObject([{ value: 7 }]);
    expect(told).toEqual(['late', 'late', 'memory']);
    expect(open).toHaveLength(1);
  });

  it('are never older than the bound, however long the backend is away', async () => {
    const { source, open } = slowSource();
    const { values, clock, read } = setup({ source, maxStalenessSeconds: 10 });
    const first = values.rows(read('a'));
    await clock.turn(0);
    open.shift()?.answer(oneRow(1));
    await first;
    for (const _round of [1, 2]) {
      values.refresh();
      await clock.turn(0);
      open.shift()?.refuse(new UnavailableError('down'));
      await clock.turn(5000);
      expect(values.inMemory(read('a'))).toMatchObject([{ value: 1 }]);
    }
    values.refresh();
    await clock.turn(1);
    open.shift()?.refuse(new UnavailableError('down'));
    await clock.turn(0);
    expect(() => values.inMemory(read('a'))).toThrow(UnavailableError);
  });

  it.each([
    ['with two rows of the same labels', [1, 1], /two rows have the same labels/],
    [
      'with more rows than anybody reads',
      Array.from({ length: 50_001 }, (_, index) => index),
      /50001 rows, more than 50000/,
    ],
  ])('stay what they were while the backend answers %s, and are an error then', async (_name, nodes, message) => {
    const { source, open } = slowSource();
    const { values, clock, read } = setup({ source, maxStalenessSeconds: 10 });
    const first = values.rows(read('a'));
    await clock.turn(0);
    open.shift()?.answer(oneRow(1));
    await first;
    values.refresh();
    await clock.turn(0);
    const samples = nodes.map((node) => ({ labels: { node: String(node) }, timestamp: 1, value: 7 }));
    open.shift()?.answer({ type: 'vector', samples });
    await clock.turn(10_000);
    expect(values.inMemory(read('a'))).toMatchObject([{ value: 1 }]);
    values.refresh();
    await clock.turn(1);
    open.shift()?.answer({ type: 'vector', samples });
    await clock.turn(0);
    let thrown: unknown;
    try {
      values.inMemory(read('a'));
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(UnavailableError);
    expect(describeError(thrown)).toMatch(message);
  });

  it('ask the same question once, though two metrics and every namespace ask it', async () => {
    const { source, asked } = slowSource();
    const rule = alone({ namespaceLabel: null });
    const { values, clock, read } = setup({ source, rules: [rule] });
    void readAll(values, read('a'), read('b'), read('a'));
    await clock.turn(0);
    expect(asked).toEqual(['scalar(m{})']);
    await clock.turn(1000);
  });

  it('follow the rules: what a changed rule asks is asked anew, what stays the same stays in memory', async () => {
    const { source, asked, open } = slowSource();
    const { values, clock, read, registry } = setup({ source });
    void readAll(values, read('a'));
    await clock.turn(0);
    open.shift()?.answer(oneRow(1));
    await clock.turn(0);
    registry.replace([alone()]);
    expect(values.inMemory(read('a'))).toMatchObject([{ value: 1 }]);
    registry.replace([alone({ metricsQuery: parseTemplate('scalar(2 * <<.Series>>)') })]);
    expect(values.inMemory(read('a'))).toBeNull();
    values.refresh();
    await clock.turn(0);
    expect(asked).toEqual([promqlFor('a'), 'scalar(2 * m)']);
  });

  it('of a bad rule are an error, and those of the others are there', async () => {
    const source: MetricsSource = {
      query: (promql) =>
        promql.includes('bad') ? Promise.reject(new InvalidError('parse error')) : Promise.resolve(oneRow(1)),
      series: () => Promise.resolve([]),
    };
    const bad = alone({ seriesQuery: 'n', metricsQuery: parseTemplate('bad(<<.Series>>)') });
    const { values, read } = setup({ source, rules: [alone(), bad] });
    expect(await readAll(values, read('a'), read('a', 'n'), read('b'))).toMatchObject([
      { status: 'fulfilled' },
      { status: 'rejected', reason: expect.any(UnavailableError) },
      { status: 'fulfilled' },
    ]);
  });
});

describe('demand of HPAs', () => {
  const hpa = (namespace: string, metric = 'm') => ({ type: 'external', namespace, metric, selector: '' }) as const;

  it('is asked for at once, before anybody reads, and never expires', async () => {
    const { source, asked, open } = slowSource();
    const { values, clock, read } = setup({ source });
    values.hpasName([hpa('a'), hpa('b')]);
    await clock.turn(0);
    expect(asked).toEqual([promqlFor('a'), promqlFor('b')]);
    expect(values.cold()).toBe(2);
    open.splice(0).forEach(({ answer }) => answer(oneRow(1)));
    values.start();
    await clock.turn(1000);
    expect(values.cold()).toBe(0);
    expect(values.inMemory(read('a'))).toMatchObject([{ value: 1 }]);
    await clock.turn(700_000);
    expect(values.explain(read('a').want)).toMatchObject({ wantedBy: 'hpa' });
    await values.close();
  });

  it('that nobody can answer keeps nothing waiting', () => {
    const { values } = setup({ source: answered() });
    values.hpasName([hpa('a', 'other')]);
    expect(values.cold()).toBe(0);
  });
});

describe('a backend that is slow', () => {
  const many = Array.from({ length: 40 }, (_, index) => `n${index}`);

  it('is never asked more than so many queries at once, and each question gets its turn', async () => {
    const { source, asked, open } = slowSource();
    const { values, clock, told } = setup({ source, concurrency: 4, refreshSeconds: 5 });
    values.hpasName(many.map((namespace) => ({ type: 'external', namespace, metric: 'm', selector: '' })));
    values.start();
    await clock.turn(30_000);
    expect(asked).toHaveLength(4);
    for (let left = 0; left < 60 && open.length > 0; left++) {
      expect(open.length).toBeLessThanOrEqual(4);
      open.shift()?.answer(oneRow(1));
      await clock.turn(0);
    }
    expect(new Set(asked.slice(0, 40)).size).toBe(40);
    expect(told).not.toContain('shed query');
    await values.close();
  });

  it('leaves out rounds while the last one still waits for places', async () => {
    const { source, open } = slowSource();
    const { values, clock, read, told } = setup({ source, concurrency: 2, refreshSeconds: 5 });
    void readAll(values, ...many.slice(0, 10).map((namespace) => read(namespace)));
    await clock.turn(0);
    while (open.length > 0) {
      open.shift()?.answer(oneRow(1));
      await clock.turn(0);
    }
    values.start();
    await clock.turn(14_000);
    expect(open).toHaveLength(2);
    expect(told.filter((what) => what === 'shed round')).toHaveLength(2);
    await values.close();
  });

  it('does not gather reads without end: those that could not be answered in time fail at once', async () => {
    const { source } = slowSource();
    const { values, clock, read, told } = setup({ source, concurrency: 1 });
    const reads = many.map((namespace) => values.rows(read(namespace)).catch(describeError));
    await clock.turn(0);
    expect(told.filter((what) => what === 'shed query')).toHaveLength(31);
    expect(await reads.at(-1)).toContain('too many queries wait');
    await clock.turn(1000);
    await Promise.all(reads);
  });

  it('holds up no other', async () => {
    const hanging = slowSource();
    const backend = {
      name: 'far',
      url: 'http://far',
      tenant: null,
      headers: {},
      caFile: null,
      clientCertificate: null,
      bearerTokenFile: null,
    };
    const { values, clock, read } = setup({
      source: answered(5),
      backends: { source: () => hanging.source },
      rules: [alone(), alone({ seriesQuery: 'far', backend })],
      concurrency: 1,
    });
    const far = many.map((namespace) => values.rows(read(namespace, 'far')).catch(describeError));
    expect(await values.rows(read('a'))).toMatchObject([{ value: 5 }]);
    await clock.turn(1000);
    expect(new Set(await Promise.all(far)).size).toBeGreaterThan(1);
    for (let round = 0; round < 3; round++) {
      values.refresh();
      await clock.turn(5000);
      expect(values.inMemory(read('a'))).toMatchObject([{ value: 5 }]);
    }
  });
});

describe('a round', () => {
  it('is spread over the interval, at the same places each time, others for another replica', async () => {
    const times = async (phase: number): Promise<number[][]> => {
      const at: number[] = [];
      const rounds: number[][] = [];
      const { values, clock, read } = setup({
        source: {
          query: () => {
            at.push(clock.monotonic());
            return Promise.resolve(oneRow(1));
          },
          series: () => Promise.resolve([]),
        },
        phase,
        refreshSeconds: 5,
      });
      await readAll(values, ...['a', 'b', 'c', 'd', 'e'].map((namespace) => read(namespace)));
      for (let round = 0; round < 4; round++) {
        const start = clock.monotonic();
        at.length = 0;
        values.refresh();
        await clock.turn(5000);
        rounds.push(at.map((time) => time - start));
      }
      return rounds;
    };
    const rounds = await times(0);
    expect(rounds.slice(2)).toEqual([
      [0, 1000, 2000, 3000, 4000],
      [0, 1000, 2000, 3000, 4000],
    ]);
    expect((await times(0.1)).at(-1)).toEqual([500, 1500, 2500, 3500, 4500]);
  });
});
