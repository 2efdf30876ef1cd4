import { groupResourceText } from '../../domain/rules/api-resource.ts';
import type { ObjectMetadata, Objects } from '../../ports/objects.ts';
import type { KubernetesClient } from './client.ts';
import { getJson } from './get-json.ts';
import { listPage } from './list-page.ts';
import { METADATA, objectMetadata, pathOf } from './object-metadata.ts';

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
        const page = listPage(await getJson(client, doing, { path, accept: METADATA.list, query }), doing);
        objects.push(...page.items.flatMap((item) => objectMetadata(item) ?? []));
        next = page.next;
      } while (next !== '');
      return objects;
    },
    inMemory: () => null,
  };
}
