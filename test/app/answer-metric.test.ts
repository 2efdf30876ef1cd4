import { describe, expect, it } from '@jest/globals';
import { type Answerer, createAnswerer } from '../../src/app/answer-metric.ts';
import { createMetricRegistry } from '../../src/app/metric-registry.ts';
import type { Values } from '../../src/app/values.ts';
import {
  ForbiddenError,
  InvalidError,
  NotFoundError,
  UnavailableError,
  describeError,
} from '../../src/domain/errors.ts';
import type { Backend } from '../../src/domain/rules/backend.ts';
import { parseTemplate } from '../../src/domain/rules/template.ts';
import type { MetricsBackends } from '../../src/ports/metrics-backends.ts';
import type { QueryResult } from '../../src/ports/metrics-source.ts';
import { DEFAULT_VALUES, type ValuePolicy } from '../../src/domain/rules/value-policy.ts';
import { silentLog } from '../../src/ports/log.ts';
import { type ServingRecorder, silentServingRecorder } from '../../src/ports/serving-recorder.ts';
import { aRule } from '../domain/rules/a-rule.ts';
import { TurnedClock } from '../support/turned-clock.ts';
import { type ASource, aSource, oneRow } from './a-source.ts';
import { someValues } from './some-values.ts';

const REQUEST = { namespace: 'streaming', metric: 'concurrent_viewers', selector: 'service=web' };
const QUERY = 'sum(concurrent_viewers{service="web",namespace="streaming"}) by ()';

type Setup = { answerer: Answerer; values: Values; source: ASource; clock: TurnedClock; reads: string[] };

function setup(rules = [aRule()], maxStalenessSeconds = 10): Setup {
  const source = aSource();
  const clock = new TurnedClock();
  const registry = createMetricRegistry({ source, clock, log: silentLog, relistIntervalSeconds: 60 });
  registry.replace(rules);
  const reads: string[] = [];
  const recorder: ServingRecorder = { ...silentServingRecorder, read: (from) => reads.push(from) };
  const values = someValues({ source, clock, registry, recorder, maxStalenessSeconds });
  return { answerer: createAnswerer({ registry, values }), values, source, clock, reads };
}

describe('a read of a metric', () => {
  it("asks the rule's query and gives its rows", async () => {
    const { answerer, source } = setup();
    source.answers(() => Promise.resolve(oneRow(10.5, { queue: 'a' })));
    expect(await answerer.answer(REQUEST)).toEqual([
      {
        metricName: 'concurrent_viewers',
        metricLabels: { queue: 'a' },
        timestamp: '2026-01-01T00:00:00Z',
        value: '10500m',
      },
    ]);
    expect(source.queries).toEqual([QUERY]);
  });

  it('finds a rule by its lower-cased name, and answers under the name that was asked for', async () => {
    const { answerer, source } = setup([aRule({ seriesQuery: 'QueueDepth' })]);
    source.answers(() => Promise.resolve(oneRow(1)));
    expect(await answerer.answer({ ...REQUEST, metric: 'queuedepth' })).toMatchObject([{ metricName: 'queuedepth' }]);
    expect(source.queries[0]).toContain('sum(QueueDepth{');
  });

  it('of a scalar has no labels', async () => {
    const { answerer, source } = setup();
    source.answers(() => Promise.resolve({ type: 'scalar', timestamp: 0, value: 3 }));
    expect(await answerer.answer(REQUEST)).toMatchObject([{ metricLabels: null, value: '3' }]);
  });

  it.each<[string, QueryResult]>([
    ['no rows', { type: 'vector', samples: [] }],
    ['NaN', oneRow(Number.NaN)],
    ['infinity', oneRow(Infinity)],
    ['what no Quantity can hold', oneRow(1e300)],
  ])('with %s is an empty list, never 0', async (_name, result) => {
    const { answerer, source } = setup();
    source.answers(() => Promise.resolve(result));
    expect(await answerer.answer(REQUEST)).toEqual([]);
  });

  it('of a rule without a namespace label asks the same everywhere', async () => {
    const { answerer, source } = setup([aRule({ namespaceLabel: null })]);
    await answerer.answer({ ...REQUEST, selector: '' });
    expect(source.queries).toEqual(['sum(concurrent_viewers{}) by ()']);
  });

  it.each([
    ['a bad selector', { selector: 'a in (b' }, InvalidError, 'does not parse at character 8'],
    ['a namespace that is none', { namespace: 'a"} or vector(1)' }, InvalidError, 'is not one, expected at most 63'],
    ['an unknown metric', { metric: 'x' }, NotFoundError, 'could not find the metric x for '],
    [
      'an unknown metric in default',
      { namespace: 'default', metric: 'x' },
      NotFoundError,
      'the metric x for namespaces',
    ],
    [
      'a selector that PromQL cannot say',
      { selector: 'a>1' },
      UnavailableError,
      'makes no query of this read: a selector',
    ],
  ])('with %s is an error, and the source is not asked', async (_name, about, kind, message) => {
    const { answerer, source } = setup();
    const error = await answerer.answer({ ...REQUEST, ...about }).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(kind);
    expect(describeError(error)).toContain(message);
    expect(source.queries).toEqual([]);
  });

  it('of a rule that names namespaces is refused in all others, and the source is not asked', async () => {
    const { answerer, source } = setup([aRule({ namespaceLabel: null, allowedNamespaces: ['streaming'] })]);
    source.answers(() => Promise.resolve(oneRow(1)));
    expect(await answerer.answer(REQUEST)).toHaveLength(1);
    await expect(answerer.answer({ ...REQUEST, namespace: 'other' })).rejects.toThrow(ForbiddenError);
    expect(source.queries).toHaveLength(1);
  });

  it('whose template comes out empty is an error', async () => {
    const { answerer } = setup([aRule({ metricsQuery: parseTemplate('<<.GroupBy>>') })]);
    await expect(answerer.answer(REQUEST)).rejects.toThrow(UnavailableError);
  });

  it('whose query the source refuses is the fault of the rule, not of the caller', async () => {
    const { answerer, source } = setup();
    source.answers(() => Promise.reject(new InvalidError('parse error')));
    const error = await answerer.answer(REQUEST).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(UnavailableError);
    expect(describeError(error)).toBe(`the rule at rules.yaml:2:3 externalRules[0] makes ${QUERY}: parse error`);
  });
});

describe('many reads', () => {
  it('that are equal and at once are one query', async () => {
    const { answerer, source, reads } = setup();
    const { promise, resolve } = Promise.withResolvers<QueryResult>();
    source.answers(() => promise);
    const all = Promise.all(Array.from({ length: 50 }, () => answerer.answer(REQUEST)));
    resolve(oneRow(7));
    expect((await all).map(([item]) => item?.value)).toEqual(Array(50).fill('7'));
    expect(source.queries).toHaveLength(1);
    expect(reads.filter((from) => from === 'joined')).toHaveLength(49);
  });

  it('that are at once and fail all fail, and the next ones at once until it is asked again', async () => {
    const { answerer, source, values, clock } = setup();
    source.answers(() => Promise.reject(new UnavailableError('down')));
    const all = await Promise.allSettled([answerer.answer(REQUEST), answerer.answer(REQUEST)]);
    expect(all.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    source.answers(() => Promise.resolve(oneRow(1)));
    expect(() => answerer.inMemory(REQUEST)).toThrow(UnavailableError);
    await expect(answerer.answer(REQUEST)).rejects.toThrow(UnavailableError);
    expect(source.queries).toHaveLength(1);
    values.refresh();
    await clock.turn(0);
    expect(await answerer.answer(REQUEST)).toHaveLength(1);
    expect(source.queries).toHaveLength(2);
  });

  it('get an answer again only within the bound on staleness', async () => {
    const { answerer, source, clock, reads } = setup();
    source.answers(() => Promise.resolve(oneRow(1)));
    await answerer.answer(REQUEST);
    await clock.turn(10_000);
    await answerer.answer(REQUEST);
    await clock.turn(1);
    await answerer.answer(REQUEST);
    expect(reads).toEqual(['query', 'memory', 'query']);
  });

  it('count the age of an answer from when it was asked for', async () => {
    const { answerer, source, clock } = setup();
    source.answers(async () => {
      await clock.sleep(900);
      return oneRow(1);
    });
    const first = answerer.answer(REQUEST);
    await clock.turn(900);
    await first;
    source.answers(() => Promise.resolve(oneRow(2)));
    await clock.turn(9101);
    expect(await answerer.answer(REQUEST)).toMatchObject([{ value: '2' }]);
  });

  it('never get an old value while the source is down, once the bound is over', async () => {
    const { answerer, source, clock } = setup();
    source.answers(() => Promise.resolve(oneRow(1)));
    await answerer.answer(REQUEST);
    source.answers(() => Promise.reject(new UnavailableError('down')));
    expect(await answerer.answer(REQUEST)).toHaveLength(1);
    await clock.turn(10_001);
    await expect(answerer.answer(REQUEST)).rejects.toThrow(UnavailableError);
  });

  it('ask each time where no staleness is allowed', async () => {
    const { answerer, source } = setup([aRule()], 0);
    await answerer.answer(REQUEST);
    await answerer.answer(REQUEST);
    expect(source.queries).toHaveLength(2);
  });

  it('that differ in namespace or selector are different queries', async () => {
    const { answerer, source } = setup();
    await answerer.answer(REQUEST);
    await answerer.answer({ ...REQUEST, namespace: 'other' });
    await answerer.answer({ ...REQUEST, selector: 'service=other' });
    expect(new Set(source.queries).size).toBe(3);
  });
});

describe("a read under the rule's own values", () => {
  const withValues = (values: Partial<ValuePolicy>, maxStalenessSeconds = 0): Setup =>
    setup([aRule({ values: { ...DEFAULT_VALUES, ...values } })], maxStalenessSeconds);
  const lastGood = { type: 'lastGood', withinSeconds: 60 } as const;
  const none: QueryResult = { type: 'vector', samples: [] };

  it.each<[string, Partial<ValuePolicy>, QueryResult, string]>([
    ['no rows as error', { empty: { type: 'error' } }, none, 'the query has no rows'],
    ['a negative number by default', {}, oneRow(-2), 'a row of the query is -2, a negative number'],
    ['NaN as error', { nan: { type: 'error' } }, oneRow(Number.NaN), 'a row of the query is NaN'],
    [
      'no good answer yet',
      { empty: lastGood },
      none,
      'the query has no rows, and there was no good answer within 60 s',
    ],
  ])('fails for %s, and says why', async (_name, values, result, message) => {
    const { answerer, source } = withValues(values);
    source.answers(() => Promise.resolve(result));
    const error = await answerer.answer(REQUEST).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(UnavailableError);
    expect(describeError(error)).toContain(message);
  });

  it('is 0 where the rule says so, at the time of now', async () => {
    const { answerer, source } = withValues({ empty: { type: 'zero' }, unavailable: { type: 'zero' } });
    source.answers(() => Promise.resolve(none));
    expect(await answerer.answer(REQUEST)).toMatchObject([{ value: '0', metricLabels: {} }]);
    source.answers(() => Promise.reject(new UnavailableError('down')));
    expect(await answerer.answer(REQUEST)).toMatchObject([{ value: '0' }]);
  });

  it.each<[string, () => Promise<QueryResult>]>([
    ['the backend is down', () => Promise.reject(new UnavailableError('down'))],
    ['the query is refused', () => Promise.reject(new InvalidError('many-to-many matching'))],
    ['there are no rows', () => Promise.resolve(none)],
    ['a row is NaN', () => Promise.resolve(oneRow(Number.NaN))],
    ['a row is negative', () => Promise.resolve(oneRow(-2))],
  ])('is the last good answer while %s, up to its age and no longer', async (_name, answer) => {
    const { answerer, source, clock } = withValues({
      empty: lastGood,
      nan: lastGood,
      negative: lastGood,
      unavailable: lastGood,
    });
    source.answers(() => Promise.resolve(oneRow(7)));
    await answerer.answer(REQUEST);
    source.answers(answer);
    await clock.turn(60_000);
    expect(await answerer.answer(REQUEST)).toMatchObject([{ value: '7', timestamp: '2026-01-01T00:00:00Z' }]);
    await expect(answerer.answer({ ...REQUEST, selector: 'service=other' })).rejects.toThrow(UnavailableError);
    await clock.turn(1);
    await expect(answerer.answer(REQUEST)).rejects.toThrow(/no good answer within 60 s|makes sum/);
  });

  it('counts the age of the last good answer from when it was asked for, also where it came from memory', async () => {
    const { answerer, source, clock } = withValues({ unavailable: lastGood }, 10);
    source.answers(() => Promise.resolve(oneRow(7)));
    await answerer.answer(REQUEST);
    await clock.turn(10_000);
    await answerer.answer(REQUEST);
    source.answers(() => Promise.reject(new UnavailableError('down')));
    await clock.turn(50_001);
    await expect(answerer.answer(REQUEST)).rejects.toThrow(UnavailableError);
  });

  it('never gives a stand-in, such as zero, for a last good answer', async () => {
    const { answerer, source } = withValues({ nan: { type: 'zero' }, unavailable: lastGood });
    source.answers(() => Promise.resolve(oneRow(Number.NaN)));
    expect(await answerer.answer(REQUEST)).toMatchObject([{ value: '0' }]);
    source.answers(() => Promise.reject(new UnavailableError('down')));
    await expect(answerer.answer(REQUEST)).rejects.toThrow(UnavailableError);
  });
});

describe('backends', () => {
  const backend = (name: string): Backend => ({
    name,
    url: `http://${name}`,
    tenant: null,
    headers: {},
    caFile: null,
    clientCertificate: null,
    bearerTokenFile: null,
  });

  it('never share an answer, though two of them are asked the same', async () => {
    const sources = { near: aSource(), a: aSource(), b: aSource() };
    const clock = new TurnedClock();
    const backends: MetricsBackends = { source: ({ name }) => (name === 'a' ? sources.a : sources.b) };
    const registry = createMetricRegistry({
      source: sources.near,
      backends,
      clock,
      log: silentLog,
      relistIntervalSeconds: 60,
    });
    const metricsQuery = parseTemplate('sum(x{<<.LabelMatchers>>})');
    registry.replace([
      aRule({ seriesQuery: 'near', metricsQuery }),
      aRule({ seriesQuery: 'far_a', metricsQuery, backend: backend('a') }),
      aRule({ seriesQuery: '{__name__=~"far_.*"}', metricsQuery, backend: backend('b') }),
    ]);
    sources.b.lists(() => Promise.resolve([{ __name__: 'far_b' }]));
    await registry.relist();
    expect([sources.near.listings, sources.a.listings, sources.b.listings].map(({ length }) => length)).toEqual([
      0, 0, 2,
    ]);
    for (const [value, source] of Object.values(sources).entries())
      source.answers(() => Promise.resolve(oneRow(value)));
    const answerer = createAnswerer({
      registry,
      values: someValues({ source: sources.near, backends, clock, registry }),
    });
    for (const [value, metric] of ['near', 'far_a', 'far_b'].entries())
      expect(await answerer.answer({ ...REQUEST, metric })).toMatchObject([{ value: String(value) }]);
    await answerer.answer({ ...REQUEST, metric: 'far_a' });
    expect(Object.values(sources).map(({ queries }) => queries.length)).toEqual([1, 1, 1]);
  });
});
