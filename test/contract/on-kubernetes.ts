/** The contract's harnesses on a real API server: what other people do is done by plain requests as an administrator. */
import { AutoscalingV2Api, CoordinationV1Api } from '@kubernetes/client-node';
import { applying, kubernetesClient } from '../../src/adapters/kubernetes/client.ts';
import { kubernetesCluster } from '../../src/adapters/kubernetes/cluster.ts';
import { request } from '../../src/adapters/kubernetes/errors.ts';
import { kubernetesLeaseStore } from '../../src/adapters/kubernetes/lease-store.ts';
import { ConflictError } from '../../src/domain/errors.ts';
import type { ClusterHarness } from './cluster.ts';
import type { LeaseHarness } from './lease-store.ts';

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
