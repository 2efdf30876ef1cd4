import { createModelPlatform } from '../../../src/adapters/model/platform.ts';
import { metricWantsContract } from '../../contract/metric-wants.ts';
import { settableClock } from './settable-clock.ts';

metricWantsContract('the model platform', async () => {
  const { wants, otherPeople } = createModelPlatform({ clock: settableClock(), seed: 1 });
  return {
    wants,
    async create(target, metrics) {
      const spec = { namespace: target.namespace, minReplicas: 1, maxReplicas: 3, metrics, behavior: null };
      otherPeople.create(target, { spec, manager: null, replicas: 1 });
    },
    edit: async (target, metrics) => otherPeople.nameMetrics(target, metrics),
    remove: async (target) => otherPeople.remove(target),
  };
});
