import { join } from 'node:path';
import type { V1APIService } from '@kubernetes/client-node';
import { certificatePem, makeCa } from '../../src/adapters/certificates/issue.ts';
import { REPOSITORY, type Tidecaster } from '../controlplane/tidecaster.ts';
import { API_SERVICE, Environment } from './environment.ts';
import { eventually, stays } from './eventually.ts';
import { quantity, readHpa } from './hpa.ts';
import { type Neighbourhood, startNeighbourhood } from './neighbourhood.ts';

const GROUP = '/apis/external.metrics.k8s.io/v1beta1';
const THEIRS = `${GROUP}/namespaces/streaming/my-external-metric`;
const OURS = `${GROUP}/namespaces/streaming/concurrent_viewers?labelSelector=service%3Dstreaming-service`;
const RIGHT = join(REPOSITORY, 'apiservice/components/neighbour/rbac.yaml');
const WEB = 'neighbour-web';

type List = { kind: string; items: { metricLabels: Record<string, string>; value: string }[] };

const environment = new Environment();
const { kubectl, controlPlane } = environment;
const { api } = controlPlane;
let neighbourhood: Neighbourhood;
let tidecaster: Tidecaster;

beforeAll(async () => {
  neighbourhood = await startNeighbourhood(environment);
  const token = await kubectl(['create', 'token', 'tidecaster', '-n', 'tidecaster-system', '--duration=24h']);
  tidecaster = await environment.tidecaster({
    flags: { ...neighbourhood.flags(token), 'http-port': '8081' }, // 8080 of every address is the test-adapter's
  });
  await tidecaster.start();
  await eventually(async () => expect((await api.send({ path: OURS })).status).toBe(200));
}, 900_000);

afterAll(async () => {
  for (const path of [
    `/apis/autoscaling/v2/namespaces/streaming/horizontalpodautoscalers/${WEB}`,
    `/apis/apps/v1/namespaces/streaming/deployments/${WEB}`,
  ])
    await api.send({ method: 'DELETE', path });
  await kubectl(['delete', '-f', RIGHT, '--ignore-not-found']);
  await neighbourhood.close();
  await environment.close(tidecaster);
});

const counted = async (result: string): Promise<number> => {
  const metrics = await (await fetch(`${tidecaster.httpUrl}/metrics`)).text();
  const line = new RegExp(`^tidecaster_neighbour_read_duration_seconds_count\\{result="${result}"\\} (\\d+)$`, 'm');
  return Number(line.exec(metrics)?.[1] ?? 0);
};

const oursIsFine = async (): Promise<void> => {
  const { status, body } = await api.send({ path: OURS });
  expect(status).toBe(200);
  expect(body).toMatchObject({ kind: 'ExternalMetricValueList', items: [{}] });
};

test('without its right our ServiceAccount is refused, and the refusal is passed on with its name', async () => {
  const { status, body } = await api.send({ path: THEIRS });
  expect(status).toBe(403);
  expect(body).toMatchObject({ kind: 'Status', reason: 'Forbidden', code: 403 });
  expect(JSON.stringify(body)).toContain('system:serviceaccount:tidecaster-system:tidecaster');
});

test('who may not read is refused before the neighbour is asked', async () => {
  const before = neighbourhood.asked.length;
  const { status, body } = await environment.direct(THEIRS);
  expect([status, body]).toMatchObject([
    403,
    { reason: 'Forbidden', message: expect.stringContaining('User "system:anonymous" cannot list') },
  ]);
  expect(neighbourhood.asked).toHaveLength(before);
});

test('a metric that no rule names is read through Tidecaster from the test-adapter', async () => {
  await kubectl(['apply', '-f', RIGHT, '--validate=strict']);
  await eventually(async () => {
    const list = JSON.parse(await kubectl(['get', '--raw', `${THEIRS}?labelSelector=foo%3Dbar`])) as List;
    expect(list).toMatchObject({
      kind: 'ExternalMetricValueList',
      items: [{ metricName: 'my-external-metric', metricLabels: { foo: 'bar' }, value: '42' }],
    });
  });
  // it may have refused this one before, and remembers that for 10 s
  await eventually(async () => {
    const both = (await api.ask<List>({ path: THEIRS })).items.map(({ value }) => value);
    expect(both.toSorted()).toEqual(['42', '43']);
  });
  expect(neighbourhood.asked.at(-1)?.authorization).toMatch(/^Bearer /);
});

test('discovery has the names of both', async () => {
  await eventually(async () => {
    const { resources } = await api.ask<{ resources: { name: string }[] }>({ path: GROUP });
    const names = resources.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['concurrent_viewers', ...neighbourhood.listed]));
  });
});

test('who else writes the caBundle of the APIService is named', async () => {
  const { spec } = await api.ask<V1APIService>({ path: API_SERVICE });
  const write = (pem: string, manager: string): Promise<unknown> =>
    api.ask({
      method: 'PATCH',
      path: `${API_SERVICE}?fieldManager=${manager}`,
      contentType: 'application/merge-patch+json',
      body: { spec: { caBundle: Buffer.from(pem).toString('base64') } },
    });
  const ours = Buffer.from(spec!.caBundle!, 'base64').toString();
  const theirs = certificatePem(await makeCa({ from: new Date(), days: 1 }));
  const metric = 'tidecaster_bundle_other_writer{manager="keda"} 1';
  const metrics = async (): Promise<string> => (await fetch(`${tidecaster.httpUrl}/metrics`)).text();
  try {
    // beside ours, so that reads go on
    await write(ours + theirs, 'keda');
    await eventually(async () => expect(await metrics()).toContain(metric), 90);
    expect(tidecaster.said).toContain('somebody else writes the caBundle');
  } finally {
    await write(ours, 'tidecaster-certs');
  }
  await eventually(async () => expect(await metrics()).not.toContain(metric), 90);
});

test("a read as KEDA's HPAs make it reaches the neighbour as it is", async () => {
  const path = `${GROUP}/namespaces/streaming/s0-prometheus?labelSelector=scaledobject.keda.sh%2Fname%3Dweb`;
  const item = { metricName: 's0-prometheus', metricLabels: null, timestamp: '2026-01-01T00:00:00Z', value: '8500m' };
  neighbourhood.answers({ type: 'own', path, body: { kind: 'ExternalMetricValueList', metadata: {}, items: [item] } });
  expect((await api.ask<List>({ path })).items).toEqual([item]);
  expect(neighbourhood.asked.at(-1)?.path).toBe(path);
});

test('an HPA scales by a metric of the neighbour', async () => {
  neighbourhood.answers({ type: 'forward' });
  await kubectl(['apply', '-f', '-', '--validate=strict'], JSON.stringify(scaledByThem()));
  await eventually(async () => {
    const { status } = await readHpa(api, 'streaming', WEB);
    expect(status).toMatchObject({ currentReplicas: 3, desiredReplicas: 3 });
    expect(status?.conditions?.find(({ type }) => type === 'ScalingActive')?.status).toBe('True');
  });
});

test.each([
  { what: 'answers nonsense', how: { type: 'nonsense' } as const },
  { what: 'does not answer in 3 s', how: { type: 'hang' } as const },
  { what: 'hangs up', how: { type: 'hang up' } as const },
])('a neighbour that $what harms its own metrics alone, and its HPAs hold', async ({ how }) => {
  const errors = await counted('error');
  neighbourhood.answers(how);
  const waiting = api.send({ path: THEIRS });
  await oursIsFine();
  const { status, body, headers } = await waiting;
  expect(status).toBe(500);
  expect(body).toMatchObject({
    kind: 'Status',
    message: 'Internal error occurred: unable to fetch metrics from the neighbour',
  });
  expect(headers['retry-after']).toBeUndefined();
  expect(await counted('error')).toBeGreaterThan(errors);
  await eventually(async () => {
    const hpa = await readHpa(api, 'streaming', WEB);
    const active = hpa.status?.conditions?.find(({ type }) => type === 'ScalingActive');
    expect(active).toMatchObject({ status: 'False', reason: 'FailedGetExternalMetric' });
  });
  await stays(async () => {
    await oursIsFine();
    expect((await readHpa(api, 'streaming', WEB)).status?.currentReplicas).toBe(3);
  }, 3);
  neighbourhood.answers({ type: 'forward' });
  await eventually(async () => expect((await api.send({ path: THEIRS })).status).toBe(200));
});

test('a metric that nobody has is the empty list of the test-adapter, which is an error to an HPA', async () => {
  expect((await api.ask<List>({ path: `${GROUP}/namespaces/streaming/nobodys` })).items).toEqual([]);
});

/** 42 of the metric at 14 a replica: three. */
function scaledByThem(): object {
  const metadata = { name: WEB, namespace: 'streaming' };
  const labels = { app: WEB };
  expect(quantity('42') / quantity('14')).toBe(3);
  const pod = { metadata: { labels }, spec: { containers: [{ name: 'main', image: 'none:1' }] } };
  return {
    apiVersion: 'v1',
    kind: 'List',
    items: [
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata,
        spec: { selector: { matchLabels: labels }, template: pod },
      },
      {
        apiVersion: 'autoscaling/v2',
        kind: 'HorizontalPodAutoscaler',
        metadata,
        spec: {
          scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: WEB },
          maxReplicas: 10,
          metrics: [
            {
              type: 'External',
              external: {
                metric: { name: 'my-external-metric', selector: { matchLabels: { foo: 'bar' } } },
                target: { type: 'AverageValue', averageValue: '14' },
              },
            },
          ],
        },
      },
    ],
  };
}
