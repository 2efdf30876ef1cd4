import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { conformanceTable, replaceTable, unaligned } from '../contract/metrics-api/document.ts';
import { MUTANTS } from '../contract/metrics-api/mutants.ts';
import { failed } from '../contract/metrics-api/report.ts';
import { type Subject, rowsFor, runSuite } from '../contract/metrics-api/suite.ts';
import { findBinary } from '../controlplane/binaries.ts';
import { queryPrometheus } from '../controlplane/prometheus.ts';
import { type Adapter, type Ground, startBoth } from '../differential/adapters.ts';
import { type Pair, differencesOf } from '../differential/compare.ts';
import {
  type Configuration,
  KEYS,
  USAGE_KEYS,
  WINDOWS,
  documentedConfiguration,
  generateConfiguration,
} from '../differential/configuration.ts';
import { Coverage } from '../differential/coverage.ts';
import { KNOWN_DIFFERENCES, type KnownDifference } from '../differential/known-differences.ts';
import { startPrometheusOf } from '../differential/prometheus.ts';
import { randomNumbers } from '../differential/random.ts';
import {
  CUSTOM_PARTS,
  NAMESPACES,
  type Request,
  SELECTORS,
  customReadsOf,
  readOf,
  readsOf,
  rowRequests,
  usageReads,
} from '../differential/requests.ts';
import { FAMILIES, PODS, startExporter } from '../differential/series.ts';
import { documentOf, tableRows } from '../docs/documents.ts';
import { Environment } from './environment.ts';
import { eventually } from './eventually.ts';

/** Always the same run, so that a change and not chance turns it red; TIDECASTER_SEED=n makes another, TIDECASTER_ROUNDS=n more of it. */
const seed = Number(process.env['TIDECASTER_SEED'] ?? 1);
const rounds = Number(process.env['TIDECASTER_ROUNDS'] ?? 2);
const READS_PER_METRIC = 4;
const READS_OF_DOCUMENTED = 12;
const SUBJECT: Subject = {
  external: {
    metric: 'queue_consumer_lag',
    namespace: 'shop',
    selector: 'queue=mails',
    value: '1500m',
    emptyNamespace: 'nowhere',
  },
  custom: { metric: 'p1_jobs_total', namespace: 'shop', pod: 'web-1', selector: 'app=web' },
  resource: { namespace: 'shop', pod: 'web-1', selector: 'app=web' },
};

const environment = new Environment();
const coverage = new Coverage(randomNumbers(seed));
const explained = new Set<string>();
let ground: Ground;
let exporter: Awaited<ReturnType<typeof startExporter>>;
let prometheus: Awaited<ReturnType<typeof startPrometheusOf>>;
let standsStillAt = 0;

beforeAll(async () => {
  const { folder, address, prometheusBinary, access } = environment.shared;
  const own = join(folder, 'differential');
  exporter = await startExporter(address);
  prometheus = await startPrometheusOf({
    binary: prometheusBinary,
    processes: environment.processes,
    folder: join(own, 'prometheus'),
    address,
    port: 9092,
    target: exporter.target,
  });
  ground = {
    processes: environment.processes,
    folder: own,
    address,
    kubeconfig: access.kubeconfig,
    frontProxy: {
      certificate: join(folder, 'pki', 'front-proxy-client.crt'),
      key: join(folder, 'pki', 'front-proxy-client.key'),
    },
    prometheusUrl: prometheus.url,
    prometheusAdapterBinary: await findBinary('prometheus-adapter', process.env, (line) => console.error(line)),
  };
  await addObjects();
  // until the rows that end have ended, and a range has several samples
  await eventually(async () => {
    expect(exporter.scrapes()).toBeGreaterThan(6);
    expect(await queryPrometheus(prometheus.url, 'm0_depth{namespace="ended"}')).toEqual([]);
    expect(await queryPrometheus(prometheus.url, 'm0_depth{namespace="shop"}')).toHaveLength(4);
  });
  standsStillAt = Math.floor(Date.now() / 1000) - 1;
}, 900_000);

afterAll(async () => {
  await environment.controlPlane.api.send({ method: 'DELETE', path: '/api/v1/namespaces/shop' });
  await environment.close();
  await exporter.close();
});

/** In a namespace of this file alone: pods, which kwok runs, and a Service and a Deployment without any. */
async function addObjects(): Promise<void> {
  const { api } = environment.controlPlane;
  await api.ask({ method: 'POST', path: '/api/v1/namespaces', body: { metadata: { name: 'shop' } } });
  for (const name of PODS) {
    const labels = { app: name.startsWith('web') ? 'web' : 'api' };
    const spec = { nodeName: 'node-0', containers: [{ name: 'main', image: 'none' }] };
    const body = { metadata: { name, ...(name !== 'silent' && { labels }) }, spec };
    // not before the namespace has its ServiceAccount
    await eventually(() => api.ask({ method: 'POST', path: '/api/v1/namespaces/shop/pods', body }));
  }
  const metadata = { name: 'web', labels: { app: 'web' } };
  const service = { metadata, spec: { ports: [{ port: 80 }] } };
  await api.ask({ method: 'POST', path: '/api/v1/namespaces/shop/services', body: service });
  const own = { app: 'deployed' };
  const template = { metadata: { labels: own }, spec: { containers: [{ name: 'main', image: 'none' }] } };
  const deployment = { metadata, spec: { replicas: 0, selector: { matchLabels: own }, template } };
  await api.ask({ method: 'POST', path: '/apis/apps/v1/namespaces/shop/deployments', body: deployment });
}

const ask = async ({ theirs, ours }: { theirs: Adapter; ours: Adapter }, request: Request): Promise<Pair> => {
  const [their, our] = await Promise.all([theirs.ask(request.asked), ours.ask(request.asked)]);
  return { ...request, theirs: their, ours: our };
};

/** What no known difference explains, one line each. Notes which ones were met. */
function unexplained(pair: Pair, all = KNOWN_DIFFERENCES): string[] {
  return differencesOf(pair).flatMap((difference) => {
    const known = all.filter((one) => one.explains(pair, difference));
    for (const { id } of known) explained.add(id);
    if (known.length > 0) return [];
    return [
      `${pair.about} ${pair.asked.path}: ${difference.part}: theirs ${difference.theirs}, ours ${difference.ours}`,
    ];
  });
}

const ofObjectsAlone = (known: KnownDifference): KnownDifference =>
  known.id === 'not a number'
    ? {
        ...known,
        explains: (pair, about) => pair.asked.path.startsWith('/apis/custom.') && known.explains(pair, about),
      }
    : known;

/** Four at a time: a real HPA controller has five workers. */
async function inTurns<From, To>(all: readonly From[], turn: (one: From) => Promise<To>): Promise<To[]> {
  const done: To[] = [];
  for (let index = 0; index < all.length; index += 4) {
    done.push(...(await Promise.all(all.slice(index, index + 4).map(turn))));
  }
  return done;
}

const askAll = (both: { theirs: Adapter; ours: Adapter }, requests: readonly Request[]): Promise<Pair[]> =>
  inTurns(requests, (request) => ask(both, request));

const GROUPS = { external: '/apis/external.metrics.k8s.io/v1beta1', custom: '/apis/custom.metrics.k8s.io/v1beta1' };

async function metricsOf({ ask: askOne }: Adapter, group: keyof typeof GROUPS): Promise<string[]> {
  const { text } = await askOne({ method: 'GET', path: GROUPS[group], headers: { accept: 'application/json' } });
  const { resources } = JSON.parse(text) as { resources: { name: string }[] };
  return resources.map(({ name }) => name).toSorted();
}

/** Reads of every metric that either lists. */
async function readsOfAll({ theirs, ours }: { theirs: Adapter; ours: Adapter }, count: number): Promise<Request[]> {
  const [external, custom] = [new Set<string>(), new Set<string>()];
  for (const adapter of [theirs, ours]) {
    for (const metric of await metricsOf(adapter, 'external')) external.add(metric);
    for (const metric of await metricsOf(adapter, 'custom')) custom.add(metric);
  }
  return [
    ...[...external].flatMap((metric) => readsOf(metric, coverage, count)),
    ...[...custom].flatMap((metric) => customReadsOf(metric, coverage, count)),
  ];
}

test('with the configuration that its documentation shows both answer alike, row by row and read by read', async () => {
  await using both = await startBoth(ground, documentedConfiguration, { name: 'documented' });
  const reads = [...(await readsOfAll(both, READS_OF_DOCUMENTED)), ...usageReads];
  const requests = [...rowRequests(SUBJECT, coverage), ...reads];
  const pairs = await askAll(both, requests);
  expect(pairs.flatMap((pair) => unexplained(pair))).toEqual([]);

  for (const { name, plant } of MUTANTS) {
    const mutant = plant(both.ours.ask);
    const mutated = await inTurns(pairs, async (pair) => ({ ...pair, ours: await mutant(pair.asked) }));
    expect({ name, found: mutated.flatMap((pair) => unexplained(pair)).length > 0 }).toEqual({ name, found: true });
  }

  const rows = rowsFor(SUBJECT);
  const results = [await runSuite(rows, both.ours), await runSuite(rows, both.theirs)] as const;
  expect(failed(results[0]).map(({ row, faults }) => ({ id: row.id, faults }))).toEqual([]);
  const document = readFileSync('docs/conformance.md', 'utf8');
  const expected = replaceTable(document, conformanceTable(...results));
  if (process.env['TIDECASTER_WRITE_DOCS']) writeFileSync('docs/conformance.md', expected);
  else expect(unaligned(document)).toBe(unaligned(expected));
});

test.each(Array.from({ length: rounds }, (_none, round) => round))(
  `with a generated configuration both answer alike (TIDECASTER_SEED=${seed}, configuration %i)`,
  async (round) => {
    // every second one in the mode that answers NaN and infinities of external metrics as they do
    const ourFlags = round % 2 === 1 ? ['--compatibility=prometheus-adapter'] : [];
    const known = ourFlags.length === 0 ? KNOWN_DIFFERENCES : KNOWN_DIFFERENCES.map(ofObjectsAlone);
    const configuration: Configuration = generateConfiguration(coverage, FAMILIES, standsStillAt);
    await using both = await startBoth(ground, configuration, { name: `generated-${round}`, ourFlags });
    for (const group of ['external', 'custom'] as const) {
      expect(await metricsOf(both.ours, group)).toEqual(await metricsOf(both.theirs, group));
    }
    const pairs = await askAll(both, [...(await readsOfAll(both, READS_PER_METRIC)), ...usageReads]);
    expect({ seed, configuration, differences: pairs.flatMap((pair) => unexplained(pair, known)) }).toEqual({
      seed,
      configuration,
      differences: [],
    });
  },
);

test('with Prometheus stopped both answer the same error, and an unknown metric is unknown as before', async () => {
  await using both = await startBoth(ground, documentedConfiguration, { name: 'stopped' });
  await prometheus.process.stop();
  const requests = [
    readOf('queue_consumer_lag', 'shop', ''),
    readOf('queue_depth', 'shop', 'queue=a'),
    readOf('none', 'shop', ''),
  ];
  const pairs = await askAll(both, requests);
  expect(pairs.map(({ ours }) => ours.code)).toEqual([500, 500, 404]);
  expect(pairs.flatMap((pair) => unexplained(pair))).toEqual([]);
  coverage.use('row', 'Prometheus stopped');
});

test('the migration guide has a line for every flag of prometheus-adapter', () => {
  const { stdout, stderr } = spawnSync(ground.prometheusAdapterBinary, ['--help'], {
    encoding: 'utf8',
    timeout: 30_000,
  });
  const flags = [...`${stdout}${stderr}`.matchAll(/^ +(?:-\w, )?--([a-z0-9-]+)/gm)].map(([, flag = '']) => flag);
  const named = new Set(
    tableRows(documentOf('docs/prometheus-adapter.md'), 'flag of prometheus-adapter').flatMap(([cell = '']) =>
      cell.split(/, | and /),
    ),
  );
  expect(flags.length).toBeGreaterThan(40);
  // one line for the family
  const alone = flags.filter((flag) => !flag.startsWith('audit-') && flag !== 'help');
  expect(alone.filter((flag) => !named.has(flag))).toEqual([]);
});

test('the run has used every way to write a rule, every selector, namespace and row, and met every known difference', () => {
  const rows = rowsFor(SUBJECT)
    .filter(({ as }) => as !== 'nobody')
    .map(({ id }) => ({ name: id }));
  const unused = [
    ...Object.entries(KEYS).flatMap(([list, keys]) =>
      Object.entries(keys).flatMap(([key, choices]) => coverage.unused(`${list}.${key}`, choices)),
    ),
    ...Object.entries({ ...USAGE_KEYS, window: WINDOWS }).flatMap(([key, choices]) =>
      coverage.unused(`resourceRules.${key}`, choices),
    ),
    ...Object.entries(CUSTOM_PARTS).flatMap(([part, choices]) => coverage.unused(`custom ${part}`, choices)),
    ...coverage.unused('selector', SELECTORS),
    ...coverage.unused('namespace', NAMESPACES),
    ...coverage.unused('row', [...rows, { name: 'Prometheus stopped' }]),
    ...KNOWN_DIFFERENCES.filter(({ id }) => !explained.has(id)).map(({ id }) => `known difference: ${id}`),
  ];
  expect({ seed, unused }).toEqual({ seed, unused: [] });
});
