import type { ApiResource } from '../domain/rules/api-resource.ts';

/** Which resources a cluster has. Real: adapters/kubernetes. In memory: adapters/model. */
export interface RestMapper {
  /**
   * The resources in the order of discovery: core first, then group by group; each group's preferred version first, and each
   * resource once. The very same array as before where nothing changed. @throws UnavailableError, ForbiddenError
   */
  resources(): Promise<readonly ApiResource[]>;
}
