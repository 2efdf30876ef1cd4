import { NotFoundError } from '../../domain/errors.ts';
import type { Pod } from '../../domain/hpa/observation.ts';
import type { ApiResource } from '../../domain/rules/api-resource.ts';
import { parseSelector } from '../../domain/rules/selector.ts';
import { selects } from '../../domain/rules/selects.ts';
import type { ObjectMetadata, Objects, Where } from '../../ports/objects.ts';
import type { RestMapper } from '../../ports/rest-mapper.ts';

/** One service as its objects go: the Deployment and the pods that it has now. */
export type ServiceObjects = { namespace: string; name: string; pods: readonly Pick<Pod, 'name' | 'phase'>[] };

const core = (resource: string, singular: string, about: { kind: string; namespaced: boolean }): ApiResource => {
  return { group: '', version: 'v1', resource, singular, ...about };
};

/** What the model knows of Kubernetes' resources. */
export const RESOURCES: readonly ApiResource[] = [
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

/** Answers that stay the same array while they are the same. */
const ANSWERS_KEPT = 1000;

/** The objects of the model, with the label that its manifests give them. look: the services as they are now. */
export function modelObjects(look: () => readonly ServiceObjects[]): Objects {
  const answered = new Map<string, { text: string; objects: readonly ObjectMetadata[] }>();
  const inMemory: Objects['inMemory'] = ({ group, resource }, where) => {
    const objects = selected(objectsOf(resource, look(), where), where);
    const key = JSON.stringify([group, resource, where]);
    const text = JSON.stringify(objects);
    const before = answered.get(key);
    if (before?.text === text) return before.objects;
    if (answered.size >= ANSWERS_KEPT) answered.clear();
    answered.set(key, { text, objects });
    return objects;
  };
  return { inMemory, list: async (resource, where) => inMemory(resource, where) ?? [] };
}

/** In the order of the API server's lists. */
function selected(objects: readonly ObjectMetadata[], { namespace, labelSelector, name }: Where): ObjectMetadata[] {
  const requirements = parseSelector(labelSelector);
  return objects
    .filter((each) => namespace === null || each.namespace === namespace)
    .filter((each) => name === undefined || each.name === name)
    .filter(({ labels }) => selects(requirements, labels))
    .toSorted((a, b) => compare(a.namespace ?? '', b.namespace ?? '') || compare(a.name, b.name));
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** @throws NotFoundError */
function objectsOf(resource: string, services: readonly ServiceObjects[], { running }: Where): ObjectMetadata[] {
  const labelled = ({ namespace, name }: ServiceObjects, of: string): ObjectMetadata => {
    return { namespace, name: of, labels: { 'app.kubernetes.io/name': name } };
  };
  switch (resource) {
    case 'pods':
      return services.flatMap((service) =>
        service.pods.filter(({ phase }) => !running || phase === 'Running').map((pod) => labelled(service, pod.name)),
      );
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
