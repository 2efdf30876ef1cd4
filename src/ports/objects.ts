import type { ApiResource } from '../domain/rules/api-resource.ts';

/** The objects of a cluster, as metadata alone. Real: adapters/kubernetes. In memory: adapters/model. */
export interface Objects {
  /**
   * The objects that are asked for, by namespace and then by name. May wait for the API server.
   *
   * @throws InvalidError (the selector), UnavailableError, ForbiddenError, NotFoundError (no such resource)
   */
  list(resource: ApiResource, where: Where): Promise<readonly ObjectMetadata[]>;

  /**
   * What list() would give, at once: the very same array as before as long as the answer is the same. null: it is not known
   * here, or not yet; ask list(). @throws InvalidError (the selector), NotFoundError (no such resource)
   */
  inMemory(resource: ApiResource, where: Where): readonly ObjectMetadata[] | null;
}

/**
 * namespace: null for what is root-scoped, and for those of all namespaces. labelSelector: '' selects all. running: only pods
 * in phase Running. name: only the one of that name.
 */
export type Where = { namespace: string | null; labelSelector: string; running?: boolean; name?: string };

/** namespace: null for what is root-scoped. */
export type ObjectMetadata = { namespace: string | null; name: string; labels: Readonly<Record<string, string>> };
