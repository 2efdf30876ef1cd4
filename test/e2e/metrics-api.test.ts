import { join } from 'node:path';
import { startPrometheus } from '../controlplane/prometheus.ts';
import type { Tidecaster } from '../controlplane/tidecaster.ts';
import { API_SERVICE, Environment } from './environment.ts';
import { eventually, stays } from './eventually.ts';
import { quantity, readHpa } from './hpa.ts';

const GROUP = '/apis/external.metrics.k8s.io/v1beta1';
const VIEWERS = `${GROUP}/namespaces/streaming/concurrent_viewers?labelSelector=service%3Dstreaming-service`;

const environment = new Environment();
const { controlPlane, kubectl } = environment;
const { api } = controlPlane;
let tidecaster: Tidecaster;
let prometheus: Awaited<ReturnType<typeof startPrometheus>>;

/** A Prometheus of this file's own, to be stopped. */
async function ownPrometheus(): Promise<typeof prometheus> {
  const { prometheusBinary, folder, address, simulatorUrl } = environment.shared;
  return startPrometheus({
    binary: prometheusBinary,
    controlPlane,
    processes: environment.processes,
    folder: join(folder, 'prometheus-of-metrics-api'),
    address,
    port: 9091,
    simulatorUrl,
    intervalSeconds: 1,
    name: 'prometheus-of-metrics-api',
  });
}

beforeAll(async () => {
  await environment.setViewers('streaming-service', 7000);
  prometheus = await ownPrometheus();
  tidecaster = await environment.tidecaster({ prometheusUrl: prometheus.url });
  await tidecaster.start();
});
afterAll(() => environment.close(tidecaster));

const available = async (): Promise<string | undefined> => {
  const { status } = await api.ask<{ status?: { conditions?: { type: string; status: string }[] } }>({
    path: API_SERVICE,
  });
  return status?.conditions?.find(({ type }) => type === 'Available')?.status;
};

test('the APIService is Available, and kubectl finds its resources', async () => {
  await eventually(async () => expect(await available()).toBe('True'));
  const listed = await eventually(() => kubectl(['get', '--raw', GROUP]), 60);
  const resources = JSON.parse(listed) as { resources: { name: string }[] };
  expect(resources.resources.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['concurrent_viewers', 'bandwidth', 'storage_io']),
  );
});

test('kubectl get --raw answers a metric through the aggregator with what Prometheus says', async () => {
  await eventually(async () => {
    const list = JSON.parse(await kubectl(['get', '--raw', VIEWERS])) as { kind: string; items: { value: string }[] };
    expect(list.kind).toBe('ExternalMetricValueList');
    const viewers = await environment.prometheus('sum(concurrent_viewers{service="streaming-service"})');
    expect(list.items.reduce((sum, { value }) => sum + quantity(value), 0)).toBe(viewers);
  });
});

test.each([
  {
    what: 'a metric that no rule names',
    path: `${GROUP}/namespaces/streaming/no_such_metric`,
    code: 404,
    reason: 'NotFound',
  },
  { what: 'a selector that does not parse', path: VIEWERS.replace('%3D', '%20'), code: 400, reason: 'BadRequest' },
])('$what is a Status $code', async ({ path, code, reason }) => {
  const { status, body } = await api.send({ path });
  expect(body).toMatchObject({ kind: 'Status', status: 'Failure', code, reason });
  expect(status).toBe(code);
});

test('with Prometheus stopped the answer is an error, never 0, and the replicas stay', async () => {
  const replicas = await eventually(async () => {
    const { status } = await readHpa(api, 'streaming', 'streaming-service-hpa');
    expect(status?.currentReplicas).toBeGreaterThan(1);
    expect(status?.desiredReplicas).toBe(status?.currentReplicas);
    expect(status?.conditions?.find(({ type }) => type === 'ScalingActive')?.status).toBe('True');
    return status?.currentReplicas;
  });
  await prometheus.process.stop();

  await eventually(async () => {
    const { status, body } = await api.send({ path: VIEWERS });
    expect(status).toBeGreaterThanOrEqual(500);
    expect(body).toMatchObject({ kind: 'Status', status: 'Failure' });
    const hpa = await readHpa(api, 'streaming', 'streaming-service-hpa');
    expect(hpa.status?.conditions?.find(({ type }) => type === 'ScalingActive')).toMatchObject({
      status: 'False',
      reason: 'FailedGetPodsMetric',
    });
  });
  await stays(async () => {
    const answer = await api.send({ path: VIEWERS });
    expect(answer.status).toBeGreaterThanOrEqual(500);
    expect(answer.headers['retry-after']).toBeUndefined();
    const { status } = await readHpa(api, 'streaming', 'streaming-service-hpa');
    expect(status?.currentReplicas).toBe(replicas);
  }, 8);

  prometheus = await ownPrometheus();
  await eventually(async () => {
    expect((await api.send({ path: VIEWERS })).status).toBe(200);
    const { status } = await readHpa(api, 'streaming', 'streaming-service-hpa');
    expect(status?.conditions?.find(({ type }) => type === 'ScalingActive')?.status).toBe('True');
  });
});
