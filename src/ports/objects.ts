import type { ApiResource } from '../domain/rules/api-resource.ts';

/** The objects of a cluster, as metadata alone. Real: adapters/kubernetes. In memory: adapters/model. */
export interface Objects {
  /**
   * A resource's objects, of one namespace (null: root-scoped, or all there are), that a label selector selects ('' = all).
   * running: only pods in phase Running. name: only the one of that name. @throws UnavailableError, ForbiddenError, NotFoundError (no such resource)
   */
  list(resource: ApiResource, where: Where): Promise<ObjectMetadata[]>;
}

export type Where = { namespace: string | null; labelSelector: string; running?: boolean; name?: string };

/** namespace: null for what is root-scoped. */
export type ObjectMetadata = { namespace: string | null; name: string; labels: Readonly<Record<string, string>> };
