import { UnavailableError } from '../../domain/errors.ts';
import { type ApiResource, groupResourceText } from '../../domain/rules/api-resource.ts';
import type { ObjectMetadata, Objects } from '../../ports/objects.ts';
import type { KubernetesClient } from './client.ts';
import { getJson } from './get-json.ts';

/** Names and labels alone: a pod has some kB besides. */
const ACCEPT = 'application/json;g=meta.k8s.io;v=v1;as=PartialObjectMetadataList';

/** Objects a page. */
const PAGE = '500';

/**
 * Lists objects, page by page, as metadata.
 *
 * RBAC: `list` on each resource that rules name and that is asked for with `*`: pods, as a rule. Objects that are asked for by
 * name need no right: whether one exists, the backend's rows say.
 */
export function kubernetesObjects(client: KubernetesClient): Objects {
  return {
    async list(resource, { namespace, labelSelector, running = false, name }) {
      const path = pathOf(resource, namespace);
      const doing = `list ${groupResourceText(resource)}${namespace === null ? '' : ` of namespace ${namespace}`}`;
      const objects: ObjectMetadata[] = [];
      const fields = [
        ...(running ? ['status.phase=Running'] : []),
        ...(name === undefined ? [] : [`metadata.name=${name}`]),
      ];
      const fieldSelector = fields.join(',');
      let next = '';
      do {
        const query = { labelSelector, fieldSelector, limit: PAGE, continue: next };
        const page = listOf(await getJson(client, doing, { path, accept: ACCEPT, query }), doing);
        objects.push(...page.objects);
        next = page.next;
      } while (next !== '');
      return objects;
    },
    inMemory: () => null,
  };
}

function pathOf({ group, version, resource, namespaced }: ApiResource, namespace: string | null): string {
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  return namespaced && namespace !== null ? `${root}/namespaces/${namespace}/${resource}` : `${root}/${resource}`;
}

/** An empty list has `items: null`. @throws UnavailableError where it is no list */
function listOf(document: unknown, doing: string): { objects: ObjectMetadata[]; next: string } {
  if (!isList(document)) throw new UnavailableError(`cannot ${doing}: the API server's answer is no list of objects`);
  const objects = (document.items ?? []).flatMap(({ metadata: { name, namespace = null, labels = {} } = {} }) =>
    name === undefined ? [] : [{ namespace, name, labels }],
  );
  return { objects, next: document.metadata?.continue ?? '' };
}

type Metadata = { name?: string; namespace?: string; labels?: Record<string, string> };
type List = { metadata?: { continue?: string }; items: { metadata?: Metadata }[] | null };

const isList = (document: unknown): document is List =>
  typeof document === 'object' &&
  document !== null &&
  'items' in document &&
  (document.items === null || Array.isArray(document.items));
