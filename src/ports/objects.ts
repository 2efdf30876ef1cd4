import type { ApiResource } from '../domain/rules/api-resource.ts';

/** The objects of a cluster, by name alone. Real: adapters/kubernetes. In memory: adapters/model. */
export interface Objects {
  /**
   * The names of a resource's objects, of one namespace (null: root-scoped, or all there are), that a label selector selects
   * ('' = all). @throws UnavailableError, ForbiddenError, NotFoundError (no such resource)
   */
  names(resource: ApiResource, where: { namespace: string | null; labelSelector: string }): Promise<string[]>;
}
