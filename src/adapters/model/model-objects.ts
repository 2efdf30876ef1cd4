import { NotFoundError } from '../../domain/errors.ts';
import type { ApiResource } from '../../domain/rules/api-resource.ts';
import { parseSelector } from '../../domain/rules/selector.ts';
import { selects } from '../../domain/rules/selects.ts';
import type { ObjectMetadata, Objects } from '../../ports/objects.ts';
import type { RestMapper } from '../../ports/rest-mapper.ts';

/** One service as its objects go: the Deployment and the pods that it has now. */
export type ServiceObjects = { namespace: string; name: string; pods: readonly string[] };

const core = (resource: string, singular: string, about: { kind: string; namespaced: boolean }): ApiResource => {
  return { group: '', version: 'v1', resource, singular, ...about };
};

/** What the model knows of Kubernetes' resources. */
const RESOURCES: readonly ApiResource[] = [
  core('namespaces', 'namespace', { kind: 'Namespace', namespaced: false }),
  core('nodes', 'node', { kind: 'Node', namespaced: false }),
  core('pods', 'pod', { kind: 'Pod', namespaced: true }),
  core('services', 'service', { kind: 'Service', namespaced: true }),
  {
    group: 'apps',
    version: 'v1',
    resource: 'deployments',
    singular: 'deployment',
    kind: 'Deployment',
    namespaced: true,
  },
];

export const modelRestMapper: RestMapper = { resources: () => Promise.resolve(RESOURCES) };

/** The objects of the model, with the label that its manifests give them. look: the services as they are now. */
export function modelObjects(look: () => readonly ServiceObjects[]): Objects {
  return {
    async list({ resource }, { namespace, labelSelector, name }) {
      const requirements = parseSelector(labelSelector);
      return objectsOf(resource, look())
        .filter((each) => namespace === null || each.namespace === namespace)
        .filter((each) => name === undefined || each.name === name)
        .filter(({ labels }) => selects(requirements, labels));
    },
  };
}

/** @throws NotFoundError */
function objectsOf(resource: string, services: readonly ServiceObjects[]): ObjectMetadata[] {
  const labelled = ({ namespace, name }: ServiceObjects, of: string): ObjectMetadata => {
    return { namespace, name: of, labels: { 'app.kubernetes.io/name': name } };
  };
  switch (resource) {
    case 'pods':
      return services.flatMap((service) => service.pods.map((pod) => labelled(service, pod)));
    case 'services':
    case 'deployments':
      return services.map((service) => labelled(service, service.name));
    case 'namespaces': {
      const names = [...new Set(services.map(({ namespace }) => namespace))];
      return names.map((name) => ({ namespace: null, name, labels: { 'kubernetes.io/metadata.name': name } }));
    }
    default:
      throw new NotFoundError(`the model has no ${resource}`);
  }
}
