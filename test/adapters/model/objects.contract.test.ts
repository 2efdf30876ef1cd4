import { RESOURCES, type ServiceObjects, modelObjects } from '../../../src/adapters/model/model-objects.ts';
import { objectsContract } from '../../contract/objects.ts';

objectsContract('the model platform', async () => {
  let services: ServiceObjects[] = [];
  return {
    objects: modelObjects(() => services),
    resources: RESOURCES,
    namespaces: ['x', 'y'],
    async run(service) {
      const others = services.filter(({ namespace, name }) => namespace !== service.namespace || name !== service.name);
      services = [...others, service];
    },
    close: async () => {},
  };
});
