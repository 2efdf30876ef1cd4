import type { ApiResource } from '../../domain/rules/api-resource.ts';
import type { ObjectMetadata } from '../../ports/objects.ts';

/** Names and labels alone, where the server can: a pod has some kB besides. */
export const METADATA = {
  list: 'application/json;g=meta.k8s.io;v=v1;as=PartialObjectMetadataList,application/json',
  watch: 'application/json;g=meta.k8s.io;v=v1;as=PartialObjectMetadata,application/json',
};

/** Where a resource's objects are listed: of a namespace, or of all. */
export function pathOf({ group, version, resource, namespaced }: ApiResource, namespace: string | null): string {
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  return namespaced && namespace !== null ? `${root}/namespaces/${namespace}/${resource}` : `${root}/${resource}`;
}

/** What is kept of an object as it came; null for what has no name. */
export function objectMetadata(object: unknown): ObjectMetadata | null {
  if (typeof object !== 'object' || object === null || !('metadata' in object)) return null;
  const { name, namespace = null, labels = {} } = (object.metadata ?? {}) as Metadata;
  return name === undefined ? null : { namespace, name, labels };
}

type Metadata = { name?: string; namespace?: string; labels?: Record<string, string> };
