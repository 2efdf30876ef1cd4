import type {
  V1ManagedFieldsEntry,
  V2HorizontalPodAutoscaler,
  V2MetricSpec,
  V2MetricStatus,
} from '@kubernetes/client-node';
import { hpaState } from '../../../src/adapters/kubernetes/hpa-state.ts';

const time = new Date('2026-11-24T01:02:03Z');
const owning = (manager: string, over: Partial<V1ManagedFieldsEntry> = {}): V1ManagedFieldsEntry => ({
  manager,
  operation: 'Apply',
  time,
  fieldsV1: { 'f:spec': { 'f:minReplicas': {} } },
  ...over,
});

const hpa = (
  managedFields: V1ManagedFieldsEntry[],
  annotations: Record<string, string> = {},
): V2HorizontalPodAutoscaler => ({
  metadata: { namespace: 'ns', name: 'hpa', uid: 'u-1', managedFields, annotations },
  spec: { minReplicas: 4, maxReplicas: 9, scaleTargetRef: { kind: 'Deployment', name: 'd' } },
  status: { currentReplicas: 5, desiredReplicas: 6, conditions: [] },
});

describe('hpaState', () => {
  it('reads bounds, counts and identity', () => {
    expect(hpaState(hpa([]))).toEqual({
      target: { namespace: 'ns', name: 'hpa' },
      uid: 'u-1',
      minReplicas: 4,
      maxReplicas: 9,
      currentReplicas: 5,
      desiredReplicas: 6,
      metrics: [],
      governed: null,
      otherManagers: [],
    });
  });

  it.each([
    ['AverageValue', { averageValue: '1k' }, { averageValue: '1500m', value: '0' }, 1.5, 1000],
    ['Value', { value: '2' }, { value: '30' }, 30, 2],
    ['AverageValue', { averageValue: '1k' }, undefined, null, 1000],
  ])('reads an external metric with a target of type %s', (type, target, current, reading, goal) => {
    const metric = { name: 'viewers', selector: { matchLabels: { service: 's' } } };
    const cpu = { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } };
    const currentMetrics = [
      { type: 'Resource' },
      ...(current ? [{ type: 'External', external: { metric, current } }] : []),
    ];
    const metrics = [
      { type: 'Resource', resource: cpu },
      { type: 'External', external: { metric, target: { type, ...target } } },
    ];
    const state = hpaState({
      spec: { maxReplicas: 9, scaleTargetRef: { kind: 'Deployment', name: 'd' }, metrics },
      status: { desiredReplicas: 1, currentMetrics },
    });
    expect(state.metrics).toEqual([
      { source: 'Resource', name: 'cpu', labels: {}, type: 'Utilization', current: null, target: 50 },
      { source: 'External', name: 'viewers', labels: { service: 's' }, type, current: reading, target: goal },
    ]);
  });

  const identifier = { name: 'viewers', selector: { matchLabels: { region: 'kr' } } };
  const viewers = { name: 'viewers', labels: { region: 'kr' } };
  const cpu = { name: 'cpu', labels: {} };
  const perPod = { type: 'AverageValue', averageValue: '1k' };
  const share = { type: 'Utilization', averageUtilization: 70 };
  const read = { averageValue: '812', averageUtilization: 52 };
  const described = { kind: 'Service', name: 's' };
  it.each<[string, V2MetricSpec, V2MetricStatus, object]>([
    [
      'pods',
      { type: 'Pods', pods: { metric: identifier, target: perPod } },
      { type: 'Pods', pods: { metric: identifier, current: read } },
      { source: 'Pods', ...viewers, type: 'AverageValue', current: 812, target: 1000 },
    ],
    [
      'an object',
      {
        type: 'Object',
        object: { metric: identifier, describedObject: described, target: { type: 'Value', value: '2k' } },
      },
      { type: 'Object', object: { metric: identifier, describedObject: described, current: { value: '1500' } } },
      { source: 'Object', ...viewers, type: 'Value', current: 1500, target: 2000 },
    ],
    [
      'a resource in percent',
      { type: 'Resource', resource: { name: 'cpu', target: share } },
      { type: 'Resource', resource: { name: 'cpu', current: read } },
      { source: 'Resource', ...cpu, type: 'Utilization', current: 52, target: 70 },
    ],
    [
      'a resource in cores',
      { type: 'Resource', resource: { name: 'cpu', target: { type: 'AverageValue', averageValue: '500m' } } },
      { type: 'Resource', resource: { name: 'cpu', current: { averageValue: '250m' } } },
      { source: 'Resource', ...cpu, type: 'AverageValue', current: 0.25, target: 0.5 },
    ],
    [
      'one container',
      { type: 'ContainerResource', containerResource: { name: 'cpu', container: 'web', target: share } },
      { type: 'ContainerResource', containerResource: { name: 'cpu', container: 'web', current: read } },
      { source: 'ContainerResource', ...cpu, type: 'Utilization', current: 52, target: 70 },
    ],
  ])('reads a metric of %s', (_, metric, status, reading) => {
    const spec = { maxReplicas: 9, scaleTargetRef: { kind: 'Deployment', name: 'd' }, metrics: [metric] };
    expect(hpaState({ spec, status: { desiredReplicas: 1, currentMetrics: [status] } }).metrics).toEqual([reading]);
  });

  it("uses the API server's defaults for what is not there yet", () => {
    const young = { metadata: { namespace: 'ns', name: 'hpa', uid: 'u' }, spec: { maxReplicas: 9 } };
    expect(hpaState(young as V2HorizontalPodAutoscaler)).toMatchObject({
      minReplicas: 1,
      currentReplicas: 0,
      desiredReplicas: 0,
      governed: null,
    });
  });

  it.each([
    ['a number', { 'tidecaster.io/restore-min-replicas': '3' }, 3],
    ['zero', { 'tidecaster.io/restore-min-replicas': '0' }, 0],
    ['lost', {}, null],
    ['scribbled over', { 'tidecaster.io/restore-min-replicas': '3 or so' }, null],
    ['negative', { 'tidecaster.io/restore-min-replicas': '-3' }, null],
  ])('is governed by our entry, with a restore value that is %s', (_, annotations, restoreMinReplicas) => {
    const governed = { restoreMinReplicas, writtenAt: time.getTime() };
    expect(hpaState(hpa([owning('tidecaster')], annotations)).governed).toEqual(governed);
  });

  it.each([
    ['only the annotation', [], { 'tidecaster.io/restore-min-replicas': '3' }],
    ['an update under our name', [owning('tidecaster', { operation: 'Update' })], {}],
    ['an entry for a subresource', [owning('tidecaster', { subresource: 'scale' })], {}],
    ['the certificates of the same program', [owning('tidecaster-certs')], {}],
  ])('is not governed by %s', (_, managedFields, annotations) => {
    expect(hpaState(hpa(managedFields, annotations)).governed).toBeNull();
  });

  it('names the others that own the floor, and nobody else', () => {
    const managers = [
      owning('git'),
      owning('tidecaster'),
      owning('kubectl', { operation: 'Update' }),
      owning('labeller', { fieldsV1: { 'f:metadata': { 'f:labels': {} } } }),
      owning('kube-controller-manager', { operation: 'Update', subresource: 'status', fieldsV1: { 'f:status': {} } }),
    ];
    expect(hpaState(hpa(managers)).otherManagers).toEqual(['git', 'kubectl']);
  });
});
