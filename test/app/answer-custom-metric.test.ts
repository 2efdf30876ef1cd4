import { describe, expect, it } from '@jest/globals';
import { type CustomRequest, createCustomAnswerer } from '../../src/app/answer-custom-metric.ts';
import { createCustomRegistry } from '../../src/app/custom-registry.ts';
import { createSeriesLists } from '../../src/app/series-lists.ts';
import { ForbiddenError, InvalidError, NotFoundError, UnavailableError } from '../../src/domain/errors.ts';
import type { Backend } from '../../src/domain/rules/backend.ts';
import type { CustomRule } from '../../src/domain/rules/custom-rule.ts';
import { parseTemplate } from '../../src/domain/rules/template.ts';
import { DEFAULT_VALUES } from '../../src/domain/rules/value-policy.ts';
import { silentLog } from '../../src/ports/log.ts';
import type { Labels } from '../../src/ports/metrics-source.ts';
import type { Objects } from '../../src/ports/objects.ts';
import { aCustomRule, labelsOf } from '../domain/rules/a-custom-rule.ts';
import { RESOURCES } from '../domain/rules/cluster-resources.ts';
import { TurnedClock } from '../support/turned-clock.ts';
import { aSource } from './a-source.ts';
import { someValues } from './some-values.ts';

const SERIES: Labels[] = [{ __name__: 'viewers', namespace: 'streaming', pod: 'p-1', node: 'n-1' }];
const byTemplate = aCustomRule({ seriesQuery: 'viewers', labels: labelsOf({ template: '<<.Resource>>' }) });
const timestamp = Date.UTC(2026, 0, 1) / 1000;

/** What every backend but the default one is. */
const other = aSource();
other.lists(() => Promise.resolve(SERIES));

/** An answerer whose cluster and source a test answers for; rows are label values of the label in `by`. */
async function anAnswerer(rules: CustomRule[] = [byTemplate]) {
  const source = aSource();
  const clock = new TurnedClock();
  const cluster = { resources: RESOURCES, reads: 0, listed: [] as object[] };
  let names = (): Promise<string[]> => Promise.resolve(['p-1', 'p-2']);
  const backends = { source: () => other };
  const options = { source, backends, clock, log: silentLog, relistIntervalSeconds: 60 };
  source.lists(() => Promise.resolve(SERIES));
  const registry = createCustomRegistry({
    ...options,
    lists: createSeriesLists(options),
    mapper: {
      resources() {
        cluster.reads += 1;
        return Promise.resolve(cluster.resources);
      },
    },
  });
  registry.replace(rules);
  await registry.relist();
  const objects: Objects = {
    inMemory: () => null,
    async list(resource, where) {
      cluster.listed.push({ resource: resource.resource, ...where });
      return (await names()).map((name) => ({ namespace: where.namespace, name, labels: {} }));
    },
  };
  const values = someValues({ ...options, customRegistry: registry, objects, maxStalenessSeconds: 0 });
  const answerer = createCustomAnswerer({ ...options, registry, objects, values });
  return {
    source,
    clock,
    cluster,
    registry,
    answerer,
    lists: (next: typeof names) => (names = next),
    rows(by: string, values: Record<string, number>) {
      const samples = Object.entries(values).map(([name, value]) => ({ labels: { [by]: name }, timestamp, value }));
      source.answers(() => Promise.resolve({ type: 'vector', samples }));
    },
    read: (about: Partial<CustomRequest> = {}) =>
      answerer.answer({
        namespace: 'streaming',
        resource: 'pods',
        object: '*',
        metric: 'viewers',
        labelSelector: '',
        metricLabelSelector: '',
        ...about,
      }),
  };
}

const kindOf = (read: Promise<unknown>): Promise<unknown> =>
  read.then(
    () => 'it worked',
    (error: unknown) => [(error as Error).constructor, (error as Error).message],
  );

describe('a read of a custom metric', () => {
  it('of * lists the objects, asks once for all of them, and gives those that have a value', async () => {
    const { read, rows, cluster, source } = await anAnswerer();
    rows('pod', { 'p-2': 5, stranger: 1 });
    const items = await read({ labelSelector: 'app=x', metricLabelSelector: 'region=eu' });
    expect(items.map(({ describedObject: { name }, value }) => [name, value])).toEqual([['p-2', '5']]);
    expect(cluster.listed).toEqual([{ resource: 'pods', namespace: 'streaming', labelSelector: 'app=x' }]);
    expect(source.queries).toEqual(['sum(viewers{region="eu",namespace="streaming",pod=~"p-1|p-2"}) by (pod)']);
  });

  it.each([
    [{ object: 'p-1' }, 'pod', 'p-1', 'sum(viewers{namespace="streaming",pod="p-1"}) by (pod)'],
    [{ resource: 'pod', object: 'p-1' }, 'pod', 'p-1', 'sum(viewers{namespace="streaming",pod="p-1"}) by (pod)'],
    [
      { namespace: null, resource: 'namespaces', object: 'streaming' },
      'namespace',
      'streaming',
      'sum(viewers{namespace="streaming"}) by (namespace)',
    ],
    [{ namespace: null, resource: 'nodes', object: 'n-1' }, 'node', 'n-1', 'sum(viewers{node="n-1"}) by (node)'],
  ])('%j lists nothing and gives the one item', async (request, by, name, query) => {
    const { read, rows, cluster, source } = await anAnswerer();
    rows(by, { [name]: 7 });
    expect(await read(request)).toMatchObject([{ describedObject: { name }, value: '7' }]);
    expect(cluster.listed).toEqual([]);
    expect(source.queries).toEqual([query]);
  });

  it('of * of what is root-scoped lists without a namespace', async () => {
    const { read, rows, cluster } = await anAnswerer();
    rows('node', { 'p-1': 1 });
    await read({ namespace: null, resource: 'nodes' });
    expect(cluster.listed).toEqual([{ resource: 'nodes', namespace: null, labelSelector: '' }]);
  });

  const missing = 'the server could not find the metric';
  it.each<[Partial<CustomRequest>, unknown, string]>([
    [{ metric: 'other' }, NotFoundError, `${missing} other for pods`],
    [{ resource: 'unicorns.x.io' }, NotFoundError, `${missing} viewers for unicorns.x.io`],
    [{ resource: 'nodes' }, NotFoundError, `${missing} viewers for nodes`],
    [{ namespace: null }, NotFoundError, `${missing} viewers for pods`],
    [{ object: 'p-9' }, NotFoundError, `${missing} viewers for pods p-9`],
    [{ object: 'p"} or vector(1)' }, NotFoundError, `${missing} viewers for pods p"} or vector(1)`],
    [{ metricLabelSelector: 'a>1' }, NotFoundError, `${missing} viewers for pods`],
    [{ labelSelector: 'a in' }, InvalidError, 'does not parse'],
    [{ metricLabelSelector: '=' }, InvalidError, 'does not parse'],
    [{ namespace: '*' }, InvalidError, 'is not one'],
    [{ namespace: null, resource: 'namespaces', object: 'A"' }, InvalidError, 'is not one'],
  ])('%j is an error that says so', async (request, errorClass, message) => {
    const { read } = await anAnswerer();
    expect(await kindOf(read(request))).toEqual([errorClass, expect.stringContaining(message)]);
  });

  it('of objects that nothing selects is not found, and of objects without a value is empty', async () => {
    const { read, lists } = await anAnswerer();
    expect(await read()).toEqual([]);
    lists(() => Promise.resolve([]));
    expect(await kindOf(read())).toEqual([NotFoundError, `${missing} viewers for pods`]);
  });

  it('is unavailable where objects cannot be listed, and says no more than that', async () => {
    const { read, lists } = await anAnswerer();
    lists(() => Promise.reject(new ForbiddenError('pods is forbidden')));
    const error = await read().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UnavailableError);
    expect(error).toMatchObject({ told: 'unable to list matching resources' });
  });

  it.each([
    ['a refused query', () => Promise.reject(new InvalidError('parse error'))],
    ['a source that is down', () => Promise.reject(new UnavailableError('down'))],
    ['a scalar', () => Promise.resolve({ type: 'scalar' as const, timestamp, value: 1 })],
  ])('is unavailable after %s', async (_, answer) => {
    const { read, source } = await anAnswerer();
    source.answers(answer);
    expect(await kindOf(read())).toEqual([UnavailableError, expect.any(String)]);
  });

  it('is not found where the template comes out empty', async () => {
    const rule = aCustomRule({ ...byTemplate, metricsQuery: parseTemplate('<<index .LabelValuesByName "x">>') });
    const { read } = await anAnswerer([rule]);
    expect(await kindOf(read())).toEqual([NotFoundError, `${missing} viewers for pods`]);
  });
});

describe('what a rule says of itself', () => {
  const backend: Backend = {
    name: 'other',
    url: 'http://other:9090',
    tenant: null,
    headers: {},
    caFile: null,
    clientCertificate: null,
    bearerTokenFile: null,
  };

  it('is asked of the backend that it names, the listing too', async () => {
    const { registry, answerer, source } = await anAnswerer([{ ...byTemplate, backend }]);
    const request = { namespace: 'streaming', resource: 'pods', object: 'p-1', metric: 'viewers' };
    const selectors = { labelSelector: '', metricLabelSelector: '' };
    other.answers(() =>
      Promise.resolve({ type: 'vector', samples: [{ labels: { pod: 'p-1' }, timestamp, value: 3 }] }),
    );
    expect(await answerer.answer({ ...request, ...selectors })).toMatchObject([{ value: '3' }]);
    expect(registry.troubles()).toEqual([]);
    expect([source.queries, source.listings]).toEqual([[], []]);
  });

  it('decides what NaN is: left out, or 0', async () => {
    const zero: CustomRule = { ...byTemplate, values: { ...DEFAULT_VALUES, nan: { type: 'zero' } } };
    for (const [rule, items] of [
      [byTemplate, []],
      [zero, ['0']],
    ] as const) {
      const { read, rows } = await anAnswerer([rule]);
      rows('pod', { 'p-1': Number.NaN });
      expect((await read()).map(({ value }) => value)).toEqual(items);
    }
  });
});

describe('what can be read', () => {
  it('is listed for discovery, with its scope', async () => {
    const { answerer } = await anAnswerer();
    expect(answerer.metricNames()).toEqual([
      { name: 'pods/viewers', namespaced: true },
      { name: 'namespaces/viewers', namespaced: false },
      { name: 'nodes/viewers', namespaced: false },
    ]);
  });

  it('follows a new CRD at the first miss, but asks the cluster at most every 5 s', async () => {
    const rule = aCustomRule({
      seriesQuery: 'viewers',
      labels: labelsOf({ overrides: { pod: { resource: 'streamingservice' }, namespace: { resource: 'namespace' } } }),
    });
    const { read, rows, cluster, clock } = await anAnswerer([rule]);
    cluster.resources = RESOURCES.filter(({ group }) => group !== 'streaming.io');
    rows('pod', { 's-1': 1 });
    await clock.turn(31_000);
    const request = { resource: 'streamingservices.streaming.io', object: 's-1' };
    expect(await read(request)).toHaveLength(1);

    const { reads } = cluster;
    expect(await kindOf(read({ metric: 'other' }))).toEqual([NotFoundError, expect.any(String)]);
    expect(await kindOf(read({ metric: 'other' }))).toEqual([NotFoundError, expect.any(String)]);
    expect(cluster.reads).toBe(reads + 1);
    expect(await kindOf(read(request))).toEqual([NotFoundError, expect.any(String)]);
    cluster.resources = RESOURCES;
    await clock.turn(5000);
    expect(await read(request)).toHaveLength(1);
  });

  it('is unavailable, not unknown, before series were ever listed', async () => {
    const never = aCustomRule({ seriesQuery: 'never' });
    const { registry, source, read } = await anAnswerer([]);
    source.lists(() => Promise.reject(new UnavailableError('down')));
    registry.replace([never]);
    await registry.relist();
    expect(await kindOf(read())).toEqual([UnavailableError, expect.stringContaining('never listed')]);
    expect(registry.troubles()).toEqual(['series of never: down']);
  });

  it("keeps a rule's last list when the next one fails", async () => {
    const { registry, source, read, rows } = await anAnswerer();
    source.lists(() => Promise.reject(new UnavailableError('down')));
    await registry.relist();
    rows('pod', { 'p-1': 1 });
    expect(await read()).toHaveLength(1);
  });
});
