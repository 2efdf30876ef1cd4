import { RESOURCES, type ServiceObjects, modelObjects } from '../../../src/adapters/model/model-objects.ts';
import { type Phase, type PodOfService, objectsContract } from '../../contract/objects.ts';

objectsContract('the model platform', async () => {
  let pods: (PodOfService & { phase: Phase })[] = [];
  const services = (): ServiceObjects[] =>
    Array.from(
      Map.groupBy(pods, ({ namespace, service }) => JSON.stringify([namespace, service])).values(),
      ([first, ...more]) => ({ namespace: first!.namespace, name: first!.service, pods: [first!, ...more] }),
    );
  return {
    objects: modelObjects(services),
    resources: RESOURCES,
    namespaces: ['x', 'y'],
    async create(pod) {
      pods.push({ ...pod, phase: 'Running' });
    },
    async remove({ namespace, name }) {
      pods = pods.filter((pod) => pod.namespace !== namespace || pod.name !== name);
    },
    async change({ namespace, name }, change) {
      pods = pods.map((pod) => (pod.namespace === namespace && pod.name === name ? { ...pod, ...change } : pod));
    },
    close: async () => {},
  };
});
