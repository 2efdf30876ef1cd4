import type { V1ObjectMeta } from '@kubernetes/client-node';
import { UnavailableError } from '../../domain/errors.ts';
import { type ApiResource, groupResourceText } from '../../domain/rules/api-resource.ts';
import type { Objects } from '../../ports/objects.ts';
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
    async names(resource, { namespace, labelSelector }) {
      const path = pathOf(resource, namespace);
      const doing = `list ${groupResourceText(resource)}${namespace === null ? '' : ` of namespace ${namespace}`}`;
      const names: string[] = [];
      let next = '';
      do {
        const query = { labelSelector, limit: PAGE, continue: next };
        const page = listOf(await getJson(client, doing, { path, accept: ACCEPT, query }), doing);
        names.push(...page.names);
        next = page.next;
      } while (next !== '');
      return names;
    },
  };
}

function pathOf({ group, version, resource, namespaced }: ApiResource, namespace: string | null): string {
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  return namespaced && namespace !== null ? `${root}/namespaces/${namespace}/${resource}` : `${root}/${resource}`;
}

/** @throws UnavailableError where it is no list */
function listOf(document: unknown, doing: string): { names: string[]; next: string } {
  if (!isList(document)) throw new UnavailableError(`cannot ${doing}: the API server's answer is no list of objects`);
  return {
    names: document.items.flatMap(({ metadata }) => metadata?.name ?? []),
    next: document.metadata?.continue ?? '',
  };
}

type List = { metadata?: { continue?: string }; items: { metadata?: V1ObjectMeta }[] };

const isList = (document: unknown): document is List =>
  typeof document === 'object' && document !== null && 'items' in document && Array.isArray(document.items);
