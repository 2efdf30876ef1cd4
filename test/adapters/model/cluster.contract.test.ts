import { ConflictError } from '../../../src/domain/errors.ts';
import { createModelPlatform } from '../../../src/adapters/model/platform.ts';
import { type ClusterHarness, clusterContract } from '../../contract/cluster.ts';
import { settableClock } from './settable-clock.ts';

clusterContract('the model platform', async (): Promise<ClusterHarness> => {
  const { cluster, otherPeople } = createModelPlatform({ clock: settableClock(), seed: 1 });
  return {
    cluster,
    async create(target, { minReplicas, maxReplicas, manager }) {
      const spec = { namespace: target.namespace, minReplicas, maxReplicas, metrics: [], behavior: null };
      otherPeople.create(target, { spec, manager, replicas: minReplicas });
    },
    remove: async (target) => otherPeople.remove(target),
    async applyAs(manager, target, minReplicas) {
      try {
        otherPeople.applyAs(manager, target, minReplicas);
        return true;
      } catch (error) {
        if (error instanceof ConflictError) return false;
        throw error;
      }
    },
    close: async () => {},
  };
});
