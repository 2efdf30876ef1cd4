import { describe, expect, it } from '@jest/globals';
import { externalQuestion } from '../../src/app/external-questions.ts';
import { createMetricRegistry } from '../../src/app/metric-registry.ts';
import type { ValueRead } from '../../src/app/values.ts';
import type { ExternalWant } from '../../src/app/want.ts';
import { InvalidError, describeError } from '../../src/domain/errors.ts';
import type { Backend } from '../../src/domain/rules/backend.ts';
import type { MetricRule } from '../../src/domain/rules/metric-rule.ts';
import { parseTemplate } from '../../src/domain/rules/template.ts';
import { silentLog } from '../../src/ports/log.ts';
import type { MetricsSource, QueryResult, Sample } from '../../src/ports/metrics-source.ts';
import { type ServingRecorder, silentServingRecorder } from '../../src/ports/serving-recorder.ts';
import { aRule } from '../domain/rules/a-rule.ts';
import { TurnedClock } from '../support/turned-clock.ts';
import { someValues } from './some-values.ts';

const NAMESPACES = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
const sums = (about: Partial<MetricRule> = {}): MetricRule =>
  aRule({ seriesQuery: 'm', metricsQuery: parseTemplate('sum(<<.Series>>{<<.LabelMatchers>>})'), ...about });

/** A backend with one number a namespace, which a query names or not. bad: it refuses queries that name this namespace. */
function backend(about: { bad?: string; extra?: Sample[]; wrong?: string } = {}) {
  const asked: string[] = [];
  const source: MetricsSource = {
    query(promql) {
      asked.push(promql);
      const wanted = NAMESPACES.filter((each) => new RegExp(`["|]${each}["|]`).test(promql));
      if (about.bad !== undefined && wanted.includes(about.bad)) {
        return Promise.reject(new InvalidError(`${about.bad} is too much`));
      }
      const grouped = promql.includes('by');
      const samples = wanted.map((namespace): Sample => {
        const value = NAMESPACES.indexOf(namespace) + (grouped && namespace === about.wrong ? 100 : 0);
        return { labels: grouped ? { namespace } : {}, timestamp: 1, value };
      });
      const result: QueryResult = { type: 'vector', samples: [...samples, ...(grouped ? (about.extra ?? []) : [])] };
      return Promise.resolve(result);
    },
    series: () => Promise.resolve([]),
  };
  return { source, asked };
}

function setup(source: MetricsSource, rules: MetricRule[] = [sums()], backends = {}) {
  const clock = new TurnedClock();
  const registry = createMetricRegistry({ source, clock, log: silentLog, relistIntervalSeconds: 60 });
  registry.replace(rules);
  const told: unknown[] = [];
  const recorder: ServingRecorder = {
    ...silentServingRecorder,
    asked: ({ together, alone }) => told.push({ together, alone }),
    bisected: (backend) => told.push(`bisected for ${backend}`),
    strays: ({ rule, rows }) => told.push(`${rows} strays of ${rule}`),
    compared: ({ result }) => told.push(result),
  };
  const values = someValues({ clock, registry, recorder, source, ...backends });
  const read = (namespace: string, metric = 'm'): ValueRead => {
    const want: ExternalWant = { type: 'external', namespace, metric, requirements: [] };
    return { want, question: externalQuestion(registry, want) };
  };
  const readAll = async (namespaces: readonly string[]): Promise<unknown[]> => {
    const reads = namespaces.map((each) => values.rows(read(each)).then((rows) => rows[0]?.value, describeError));
    await clock.turn(100);
    return Promise.all(reads);
  };
  return { values, clock, told, read, readAll };
}

describe('questions that can share a query', () => {
  it('of which one gets two rows of the same labels are an error for that one alone', async () => {
    const { source } = backend({ extra: [{ labels: { namespace: 'b' }, timestamp: 1, value: 50 }] });
    const { values, readAll } = setup(source);
    expect(await readAll(['a', 'b', 'c'])).toEqual([0, expect.stringContaining('two rows have the same labels'), 2]);
    await values.close();
  });

  it('are asked in one, cold and in each round, and each has the rows of its own query', async () => {
    const { source, asked } = backend();
    const { values, clock, read, readAll, told } = setup(source);
    expect(await readAll(NAMESPACES)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(asked).toHaveLength(1);
    values.refresh();
    await clock.turn(10_000);
    expect(asked.slice(1).filter((promql) => promql.includes('by'))).toEqual([asked[0], asked[0]]);
    expect(values.inMemory(read('c'))).toEqual([{ labels: {}, timestamp: 1, value: 2 }]);
    expect(told).toEqual([{ together: 8, alone: 0 }, 'equal']);
    await values.close();
  });

  it('are parted where one of them spoils the query, which harms no other', async () => {
    const { source, asked } = backend({ bad: 'f' });
    const { values, readAll, told } = setup(source);
    const answers = await readAll(NAMESPACES);
    expect(answers[5]).toContain('f is too much');
    expect(answers.toSpliced(5, 1)).toEqual([0, 1, 2, 3, 4, 6, 7]);
    // 8, 4+4, 2+2 of the spoiled half, 1+1: found by halving
    expect(asked).toHaveLength(7);
    expect(told).toEqual(['bisected for default', 'bisected for default', 'bisected for default']);
    await values.close();
  });

  it('is what one no longer does that the backend refused', async () => {
    const { source, asked } = backend({ bad: 'f' });
    const { values, clock, readAll } = setup(source);
    await readAll(NAMESPACES);
    asked.splice(0);
    values.refresh();
    await clock.turn(10_000);
    expect(asked.filter((promql) => /["|]f["|]/.test(promql))).toEqual(['sum(m{namespace="f"})']);
    await values.close();
  });

  it('lose no row to a stray one, which is dropped and counted', async () => {
    const extra: Sample[] = [{}, { namespace: 'elsewhere' }].map((labels) => ({ labels, timestamp: 1, value: 9 }));
    const { source } = backend({ extra });
    const { values, readAll, told } = setup(source);
    expect(await readAll(['a', 'b'])).toEqual([0, 1]);
    expect(told).toEqual(['2 strays of externalRules[0]']);
    await values.close();
  });

  it('are compared one by one with their own queries, so that a wrong batch is noticed', async () => {
    const { source } = backend({ wrong: 'b' });
    const { values, clock, readAll, told } = setup(source);
    await readAll(['a', 'b']);
    for (const _round of [1, 2]) {
      values.refresh();
      await clock.turn(10_000);
    }
    expect(told.filter((each) => typeof each === 'string').toSorted()).toEqual(['equal', 'mismatch']);
    await values.close();
  });

  it('never share one across backends', async () => {
    const ours = backend();
    const theirs = backend();
    const other: Backend = {
      name: 'other',
      url: 'http://other',
      tenant: 'b',
      headers: {},
      caFile: null,
      clientCertificate: null,
      bearerTokenFile: null,
    };
    const rules = [sums(), sums({ seriesQuery: 'n', pinnedSeries: 'n', backend: other })];
    const { values, clock, read } = setup(ours.source, rules, { backends: { source: () => theirs.source } });
    const reads = ['a', 'b'].flatMap((each) => [values.rows(read(each)), values.rows(read(each, 'n'))]);
    await clock.turn(100);
    await Promise.all(reads);
    expect(ours.asked).toEqual(['sum by (namespace) (m{namespace=~"a|b"})']);
    expect(theirs.asked).toEqual(['sum by (namespace) (n{namespace=~"a|b"})']);
    await values.close();
  });
});
