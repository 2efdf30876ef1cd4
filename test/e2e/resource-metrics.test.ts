import type { V1Pod } from '@kubernetes/client-node';
import type { Tidecaster } from '../controlplane/tidecaster.ts';
import { NODE_NAME } from '../controlplane/address.ts';
import { Environment } from './environment.ts';
import { eventually } from './eventually.ts';
import { NAMESPACE, PolicyFolder } from './fixture.ts';

const GROUP = '/apis/metrics.k8s.io/v1beta1';
const SERVICE = 'streaming-service';

const environment = new Environment();
const { kubectl } = environment;
const { api } = environment.controlPlane;
let tidecaster: Tidecaster;

beforeAll(async () => {
  await environment.setViewers(SERVICE, 3000);
  const policies = new PolicyFolder(environment.shared.folder).path;
  tidecaster = await environment.tidecaster({ flags: { policies } });
  await tidecaster.start();
});
afterAll(() => environment.close(tidecaster));

/** The columns of a table that kubectl prints. */
const table = (text: string): string[][] =>
  text
    .trim()
    .split('\n')
    .map((line) => line.split(/\s+/));

const topPods = async (...more: string[]): Promise<string[][]> =>
  table(
    await kubectl(['top', 'pods', '-n', NAMESPACE, `-lapp.kubernetes.io/name=${SERVICE}`, '--no-headers', ...more]),
  );

/** What kubelets say by the rules that are shipped, past the adapter. */
const inPrometheus = (row: string): Promise<number> =>
  environment.prometheus(`sum(rate(container_cpu_usage_seconds_total{namespace="${NAMESPACE}",${row}}[1m]))`);

test('kubectl top shows the cpu and memory of every pod that runs, and of its containers', async () => {
  await eventually(async () => {
    const { items } = await api.ask<{ items: V1Pod[] }>({
      path: `/api/v1/namespaces/${NAMESPACE}/pods?labelSelector=app.kubernetes.io%2Fname%3D${SERVICE}`,
    });
    const rows = await topPods();
    expect(new Set(rows.map(([name]) => name))).toEqual(new Set(items.map(({ metadata }) => metadata?.name)));
    const milli = rows.map(([, cores]) => Number(/^(\d+)m$/.exec(cores ?? '')?.[1]));
    const total = await inPrometheus(`container="${SERVICE}"`);
    expect(milli.reduce((sum, one) => sum + one, 0) / (1000 * total)).toBeCloseTo(1, 1);
    for (const [, , bytes] of rows) expect(bytes).toMatch(/^\d{3,4}Mi$/);
    const containers = await topPods('--containers');
    expect(containers.map(([, container]) => container)).toEqual(rows.map(() => SERVICE));
  }, 120);
}, 150_000);

test('one pod is shown by name, one that is not there is not found', async () => {
  const [[name = ''] = []] = await topPods();
  const { body } = await api.send({ path: `${GROUP}/namespaces/${NAMESPACE}/pods/${name}` });
  expect(body).toMatchObject({ kind: 'PodMetrics', metadata: { name, namespace: NAMESPACE }, window: '1m0s' });
  const { status } = await api.send({ path: `${GROUP}/namespaces/${NAMESPACE}/pods/nobody` });
  expect(status).toBe(404);
});

test('kubectl top shows what the node uses', async () => {
  await eventually(async () => {
    const [[name, cores] = []] = table(await kubectl(['top', 'nodes', '--no-headers']));
    expect(name).toBe(NODE_NAME);
    expect(Number(/^(\d+)m$/.exec(cores ?? '')?.[1])).toBeGreaterThan(200);
  });
});

test('while no kubelet answers nobody is told a number, least of all 0', async () => {
  await environment.kubelet('down');
  try {
    await eventually(async () => {
      const { status, body } = await api.send({ path: `${GROUP}/namespaces/${NAMESPACE}/pods` });
      expect(status).toBe(200);
      expect(body).toMatchObject({ kind: 'PodMetricsList', items: [] });
    }, 120);
  } finally {
    await environment.kubelet('up');
  }
}, 150_000);
