import type { V1CustomResourceDefinition } from '@kubernetes/client-node';
import { kubernetesClient } from '../../src/adapters/kubernetes/client.ts';
import { NotFoundError } from '../../src/domain/errors.ts';
import type { ApiResource } from '../../src/domain/rules/api-resource.ts';
import type { MetricWant } from '../../src/ports/metric-wants.ts';
import { silentLog } from '../../src/ports/log.ts';
import { describedBy } from '../../src/wiring/described.ts';
import { clusterContract } from '../contract/cluster.ts';
import { leaseStoreContract } from '../contract/lease-store.ts';
import { metricWantsContract } from '../contract/metric-wants.ts';
import { objectsContract } from '../contract/objects.ts';
import {
  clusterOnKubernetes,
  leaseOnKubernetes,
  metricWantsOnKubernetes,
  objectsOnKubernetes,
} from '../contract/on-kubernetes.ts';
import { Environment } from './environment.ts';
import { eventually } from './eventually.ts';

const environment = new Environment();
const { kubeconfig, api } = environment.controlPlane;
afterAll(() => environment.close());

clusterContract('a real API server', () => clusterOnKubernetes(kubeconfig));
leaseStoreContract('a real API server', () => leaseOnKubernetes(kubeconfig));
objectsContract('a real API server', () => objectsOnKubernetes(kubeconfig));
metricWantsContract('a real API server', () => metricWantsOnKubernetes(kubeconfig));

describe('a kind that is defined while we run', () => {
  const described = describedBy(kubernetesClient({ kubeconfig }), silentLog);
  const { objects, restMapper, wants } = described;
  const GROUP = 'contract.tidecaster.io';
  const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
  const TIDES = `/apis/${GROUP}/v1/namespaces/default/tides`;
  const HPAS = '/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers';
  const EVERYWHERE = { namespace: 'default', labelSelector: '' };
  const definition: V1CustomResourceDefinition = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `tides.${GROUP}` },
    spec: {
      group: GROUP,
      scope: 'Namespaced',
      names: { kind: 'Tide', plural: 'tides', singular: 'tide' },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } as object },
        },
      ],
    },
  };
  const hpa = {
    metadata: { name: 'contract-of-tides' },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'contract-of-tides' },
      maxReplicas: 2,
      metrics: [
        {
          type: 'Object',
          object: {
            metric: { name: 'height' },
            describedObject: { apiVersion: `${GROUP}/v1`, kind: 'Tide', name: 'spring' },
            target: { type: 'Value', value: '1' },
          },
        },
      ],
    },
  };
  const remove = (path: string): Promise<unknown> => api.send({ method: 'DELETE', path });

  afterAll(async () => {
    await remove(`${HPAS}/contract-of-tides`);
    await remove(`${DEFINITIONS}/tides.${GROUP}`);
    await described.close();
  });

  async function define(): Promise<ApiResource> {
    await eventually(() => api.ask({ method: 'POST', path: DEFINITIONS, body: definition }));
    const tides = await eventually(async () => {
      const found = (await restMapper.resources()).find(({ group }) => group === GROUP);
      expect(found).toBeDefined();
      return found!;
    });
    // discovery tells of it a moment before it is served
    await eventually(() => api.ask({ path: TIDES }));
    return tides;
  }

  const create = (name: string): Promise<unknown> =>
    api.ask({
      method: 'POST',
      path: TIDES,
      body: { apiVersion: `${GROUP}/v1`, kind: 'Tide', metadata: { name, labels: { moon: 'new' } } },
    });
  const listed = async (tides: ApiResource): Promise<string[]> =>
    (await objects.list(tides, EVERYWHERE)).map(({ name }) => name);
  const remembered = (tides: ApiResource): string[] | null =>
    objects.inMemory(tides, EVERYWHERE)?.map(({ name }) => name) ?? null;

  test('has objects at once, that come and go, until it is removed, and again when it is back', async () => {
    let told: readonly MetricWant[] = [];
    const following = wants.follow((all) => (told = all));
    const toldOf = (): unknown[] => told.flatMap((want) => (want.metric === 'height' ? [want] : []));
    await api.ask({ method: 'POST', path: HPAS, body: hpa });
    await eventually(async () => expect(following.synced()).toBe(true));
    expect(toldOf()).toEqual([]);

    const tides = await define();
    expect(tides).toEqual({
      group: GROUP,
      version: 'v1',
      resource: 'tides',
      singular: 'tide',
      kind: 'Tide',
      namespaced: true,
    });
    expect(await listed(tides)).toEqual([]);
    await create('spring');
    await eventually(async () => expect(remembered(tides)).toEqual(['spring']));
    await create('neap');
    await eventually(async () => expect(remembered(tides)).toEqual(['neap', 'spring']));
    await remove(`${TIDES}/spring`);
    await eventually(async () => expect(remembered(tides)).toEqual(['neap']));
    const wanted = { type: 'custom', namespace: 'default', metric: 'height', metricLabelSelector: '' };
    await eventually(async () =>
      expect(toldOf()).toEqual([{ ...wanted, resource: `tides.${GROUP}`, object: 'spring' }]),
    );

    await remove(`${DEFINITIONS}/tides.${GROUP}`);
    await eventually(async () => expect(remembered(tides)).toBeNull());
    await expect(objects.list(tides, EVERYWHERE)).rejects.toBeInstanceOf(NotFoundError);
    expect((await restMapper.resources()).some(({ group }) => group === GROUP)).toBe(false);

    await define();
    await create('king');
    await eventually(async () => expect(await listed(tides)).toEqual(['king']));
    await eventually(async () => expect(remembered(tides)).toEqual(['king']));
    await following.close();
  });
});
