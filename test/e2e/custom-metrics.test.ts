import type { V1Pod } from '@kubernetes/client-node';
import type { Tidecaster } from '../controlplane/tidecaster.ts';
import { Environment } from './environment.ts';
import { eventually } from './eventually.ts';
import { NAMESPACE, PolicyFolder } from './fixture.ts';
import { quantity } from './hpa.ts';

const GROUP = '/apis/custom.metrics.k8s.io';
const SERVICE = 'streaming-service';
const SELECTOR = `labelSelector=${encodeURIComponent(`app.kubernetes.io/name=${SERVICE}`)}`;

const environment = new Environment();
const { kubectl } = environment;
const { api } = environment.controlPlane;
let tidecaster: Tidecaster;

beforeAll(async () => {
  await environment.setViewers(SERVICE, 6000);
  tidecaster = await environment.tidecaster({ flags: { policies: new PolicyFolder(environment.shared.folder).path } });
  await tidecaster.start();
});
afterAll(() => environment.close(tidecaster));

type Item = {
  describedObject: { kind: string; namespace?: string; name: string; apiVersion: string };
  metric: { name: string; selector: object | null };
  value: string;
};
type List = { kind: string; apiVersion: string; items: Item[] };

const raw = async (path: string, version = 'v1beta2'): Promise<List> =>
  JSON.parse(await kubectl(['get', '--raw', `${GROUP}/${version}/${path}`])) as List;

const viewers = (items: readonly Item[]): number => items.reduce((sum, { value }) => sum + quantity(value), 0);

/** Names of the pods that the simulator plays: those that run. */
async function runningPods(): Promise<string[]> {
  const { items } = await api.ask<{ items: V1Pod[] }>({ path: `/api/v1/namespaces/${NAMESPACE}/pods?${SELECTOR}` });
  return items.filter(({ status }) => status?.phase === 'Running').map(({ metadata }) => metadata?.name ?? '');
}

test('both APIServices are Available, and kubectl finds the resources', async () => {
  await eventually(async () => {
    for (const version of ['v1beta1', 'v1beta2']) {
      const { status } = await api.ask<{ status?: { conditions?: { type: string; status: string }[] } }>({
        path: `/apis/apiregistration.k8s.io/v1/apiservices/${version}.custom.metrics.k8s.io`,
      });
      expect(status?.conditions?.find(({ type }) => type === 'Available')?.status).toBe('True');
      const { resources } = JSON.parse(await kubectl(['get', '--raw', `${GROUP}/${version}`])) as {
        resources: { name: string; namespaced: boolean }[];
      };
      expect(resources).toEqual([
        {
          name: 'pods/concurrent_viewers',
          singularName: '',
          namespaced: true,
          kind: 'MetricValueList',
          verbs: ['get'],
        },
        {
          name: 'namespaces/concurrent_viewers',
          singularName: '',
          namespaced: false,
          kind: 'MetricValueList',
          verbs: ['get'],
        },
      ]);
    }
  });
  // kubectl reads the discovery of every group for this, ours included, and complains when one does not read.
  await expect(kubectl(['get', 'pods', '-n', NAMESPACE, '-v=1'])).resolves.toContain(SERVICE);
  await expect(kubectl(['api-resources'])).resolves.toContain('horizontalpodautoscalers');
});

test('pods/* gives every pod that is selected, with the numbers that Prometheus has', async () => {
  await eventually(async () => {
    const { kind, apiVersion, items } = await raw(`namespaces/${NAMESPACE}/pods/*/concurrent_viewers?${SELECTOR}`);
    expect({ kind, apiVersion }).toEqual({ kind: 'MetricValueList', apiVersion: 'custom.metrics.k8s.io/v1beta2' });
    expect(items.map(({ describedObject: { name } }) => name).toSorted()).toEqual((await runningPods()).toSorted());
    for (const { describedObject, metric } of items) {
      expect(describedObject).toMatchObject({ kind: 'Pod', namespace: NAMESPACE, apiVersion: '/v1' });
      expect(metric).toEqual({ name: 'concurrent_viewers', selector: null });
    }
    expect(viewers(items)).toBe(6000);
  });
});

test('one pod, and the namespace, by name', async () => {
  const [pod = ''] = await runningPods();
  await eventually(async () => {
    const one = await raw(`namespaces/${NAMESPACE}/pods/${pod}/concurrent_viewers`, 'v1beta1');
    const promql = `sum(concurrent_viewers{namespace="${NAMESPACE}",pod="${pod}"})`;
    expect(one).toMatchObject({
      apiVersion: 'custom.metrics.k8s.io/v1beta1',
      items: [{ metricName: 'concurrent_viewers' }],
    });
    expect(viewers(one.items)).toBe(await environment.prometheus(promql));
  });
  await eventually(async () => {
    const { items } = await raw(`namespaces/${NAMESPACE}/metrics/concurrent_viewers`);
    expect(items).toMatchObject([{ describedObject: { kind: 'Namespace', name: NAMESPACE }, value: '6k' }]);
  });
});

test.each([
  ['pods/*/nothing', 404, 'the server could not find the metric nothing for pods'],
  ['pods/nobody/concurrent_viewers', 404, 'the server could not find the metric concurrent_viewers for pods nobody'],
  [
    'pods/*/concurrent_viewers?labelSelector=app%3Dnobody',
    404,
    'the server could not find the metric concurrent_viewers for pods',
  ],
  ['services/*/concurrent_viewers', 404, 'the server could not find the metric concurrent_viewers for services'],
])('%s is %i through the API server', async (path, code, message) => {
  const { status, body } = await api.send({ path: `${GROUP}/v1beta2/namespaces/${NAMESPACE}/${path}` });
  expect(status).toBe(code);
  expect(body).toMatchObject({ kind: 'Status', status: 'Failure', reason: 'NotFound', code, message });
});
