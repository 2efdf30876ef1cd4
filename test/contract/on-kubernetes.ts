/** The contract's harnesses on a real API server: what other people do is done by plain requests as an administrator. */
import {
  AutoscalingV2Api,
  CoordinationV1Api,
  CoreV1Api,
  type V2MetricSpec,
  type V2MetricTarget,
} from '@kubernetes/client-node';
import { applying, kubernetesClient, merging } from '../../src/adapters/kubernetes/client.ts';
import { kubernetesCluster } from '../../src/adapters/kubernetes/cluster.ts';
import { request } from '../../src/adapters/kubernetes/errors.ts';
import { kubernetesLeaseStore } from '../../src/adapters/kubernetes/lease-store.ts';
import { ConflictError } from '../../src/domain/errors.ts';
import type { MetricSpec } from '../../src/domain/hpa/hpa-spec.ts';
import { silentLog } from '../../src/ports/log.ts';
import { describedBy } from '../../src/wiring/described.ts';
import type { ClusterHarness } from './cluster.ts';
import type { LeaseHarness } from './lease-store.ts';
import type { MetricWantsHarness } from './metric-wants.ts';
import type { ObjectsHarness } from './objects.ts';

/** kubeconfig: an administrator's. `ours`: the one whose rights are tried, by default the same. */
export async function clusterOnKubernetes(kubeconfig: string, ours = kubeconfig): Promise<ClusterHarness> {
  const api = new AutoscalingV2Api(kubernetesClient({ kubeconfig }).configuration);
  const apply = (manager: string, target: { namespace: string; name: string }, spec: object): Promise<unknown> => {
    const body = { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', metadata: target, spec };
    const call = { ...target, body, fieldManager: manager };
    return request(`apply as ${manager}`, api.patchNamespacedHorizontalPodAutoscaler(call, applying()));
  };
  const manifests = new Map<string, object>();
  return {
    cluster: kubernetesCluster(kubernetesClient({ kubeconfig: ours })),
    async create(target, { manager, minReplicas, maxReplicas }) {
      const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: target.name };
      manifests.set(target.name, { scaleTargetRef, maxReplicas });
      await apply(manager, target, { ...manifests.get(target.name), minReplicas });
    },
    async remove(target) {
      await api.deleteNamespacedHorizontalPodAutoscaler(target);
    },
    async applyAs(manager, target, minReplicas) {
      try {
        await apply(manager, target, { ...manifests.get(target.name), minReplicas });
        return true;
      } catch (error) {
        if (error instanceof ConflictError) return false;
        throw error;
      }
    },
    close: async () => {},
  };
}

let leases = 0;

/** A fresh Lease each time, in namespace default. */
export async function leaseOnKubernetes(kubeconfig: string): Promise<LeaseHarness> {
  const client = kubernetesClient({ kubeconfig });
  const api = new CoordinationV1Api(client.configuration);
  leases += 1;
  const lease = { namespace: 'default', name: `contract-${process.pid}-${leases}` };
  const remove = async (): Promise<void> => {
    await api.deleteNamespacedLease(lease).catch(() => {}); // gone already
  };
  return { store: kubernetesLeaseStore(client, lease), remove, close: remove };
}

/** Pods that no scheduler and no kubelet takes, so that they are in the phase that they are given. */
export async function objectsOnKubernetes(kubeconfig: string): Promise<ObjectsHarness> {
  const client = kubernetesClient({ kubeconfig });
  const api = new CoreV1Api(client.configuration);
  const { objects, restMapper, close } = describedBy(client, silentLog);
  const label = (service: string): { labels: Record<string, string> } => {
    return { labels: { 'app.kubernetes.io/name': service } };
  };
  const setPhase = async (pod: { namespace: string; name: string }, phase: string): Promise<void> => {
    await request('set a phase', api.patchNamespacedPodStatus({ ...pod, body: { status: { phase } } }, merging()));
  };
  return {
    objects,
    resources: await restMapper.resources(),
    namespaces: ['default', 'streaming'],
    async create({ namespace, name, service }) {
      const body = {
        metadata: { name, ...label(service) },
        spec: {
          schedulerName: 'nobody',
          automountServiceAccountToken: false,
          // the policy of namespace streaming
          securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
          containers: [
            {
              name: 'main',
              image: 'none:1',
              securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
            },
          ],
        },
      };
      await request('create a pod', api.createNamespacedPod({ namespace, body }));
      await setPhase({ namespace, name }, 'Running');
    },
    async remove(pod) {
      await request('delete a pod', api.deleteNamespacedPod({ ...pod, gracePeriodSeconds: 0 }));
    },
    async change(pod, to) {
      if ('phase' in to) return setPhase(pod, to.phase);
      await request(
        'label a pod',
        api.patchNamespacedPod({ ...pod, body: { metadata: label(to.service) } }, merging()),
      );
    },
    close,
  };
}

/** HPAs of Deployments that are not there. */
export async function metricWantsOnKubernetes(kubeconfig: string): Promise<MetricWantsHarness> {
  const client = kubernetesClient({ kubeconfig });
  const api = new AutoscalingV2Api(client.configuration);
  const { wants } = describedBy(client, silentLog);
  return {
    wants,
    async create({ namespace, name }, metrics) {
      const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name };
      const body = { metadata: { name }, spec: { scaleTargetRef, maxReplicas: 3, metrics: metrics.map(metricSpec) } };
      await request('create an HPA', api.createNamespacedHorizontalPodAutoscaler({ namespace, body }));
    },
    async edit(target, metrics) {
      const body = { spec: { metrics: metrics.map(metricSpec) } };
      await request('edit an HPA', api.patchNamespacedHorizontalPodAutoscaler({ ...target, body }, merging()));
    },
    async remove(target) {
      await request('delete an HPA', api.deleteNamespacedHorizontalPodAutoscaler(target));
    },
  };
}

function metricSpec(spec: MetricSpec): V2MetricSpec {
  const target = targetOf(spec.target);
  if (spec.type === 'Resource') return { type: 'Resource', resource: { name: spec.name, target } };
  const { name, selector } = spec.metric;
  const metric = { name, ...(selector && { selector: { matchLabels: selector } }) };
  switch (spec.type) {
    case 'External':
      return { type: 'External', external: { metric, target } };
    case 'Pods':
      return { type: 'Pods', pods: { metric, target } };
    case 'Object':
      return {
        type: 'Object',
        object: { metric, target, describedObject: { apiVersion: 'v1', ...spec.describedObject } },
      };
  }
}

function targetOf(target: MetricSpec['target']): V2MetricTarget {
  switch (target.type) {
    case 'Value':
      return { type: 'Value', value: `${target.value}m` };
    case 'AverageValue':
      return { type: 'AverageValue', averageValue: `${target.averageValue}m` };
    case 'Utilization':
      return { type: 'Utilization', averageUtilization: target.averageUtilization };
  }
}
