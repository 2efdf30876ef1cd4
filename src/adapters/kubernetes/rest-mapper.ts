import { UnavailableError } from '../../domain/errors.ts';
import type { ApiResource } from '../../domain/rules/api-resource.ts';
import type { RestMapper } from '../../ports/rest-mapper.ts';
import type { KubernetesClient } from './client.ts';
import { getJson } from './get-json.ts';

/** Everything in one answer, from Kubernetes 1.30 on. */
const ACCEPT = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

/**
 * Live discovery: GET /api and /apis at each call, so that a new CRD is there at the next. Whoever asks decides how often.
 *
 * RBAC: none of its own: Kubernetes' ClusterRole system:discovery allows both to everybody who is authenticated.
 */
export function kubernetesRestMapper(client: KubernetesClient): RestMapper {
  let last: { text: string; resources: readonly ApiResource[] } | null = null;
  return {
    async resources() {
      const [core, groups] = await Promise.all(
        ['/api', '/apis'].map((path) => getJson(client, `read ${path}`, { path, accept: ACCEPT })),
      );
      const resources = [...resourcesOf(core, '/api'), ...resourcesOf(groups, '/apis')];
      const text = JSON.stringify(resources);
      if (last?.text !== text) last = { text, resources };
      return last.resources;
    },
  };
}

/** An APIGroupDiscoveryList as one list: preferred versions come first in it, so that the first of two is the one to keep. */
function resourcesOf(document: unknown, where: string): ApiResource[] {
  if (!isRecord(document) || document.kind !== 'APIGroupDiscoveryList' || !Array.isArray(document.items)) {
    throw new UnavailableError(
      `${where}: expected an APIGroupDiscoveryList (apidiscovery.k8s.io/v2, Kubernetes 1.30 or later), got ${kindOf(document)}`,
    );
  }
  const found = new Map<string, ApiResource>();
  for (const item of records(document.items)) {
    const group = isRecord(item.metadata) ? text(item.metadata.name) : '';
    for (const { version, resources } of records(item.versions)) {
      for (const each of records(resources)) {
        const resource = apiResource(each, group, text(version));
        const key = `${group}/${text(each.resource)}`;
        if (resource && !found.has(key)) found.set(key, resource);
      }
    }
  }
  return [...found.values()];
}

/** Null for what stands in for its subresources only: the metrics APIs list `pods` so. */
function apiResource(each: Record<string, unknown>, group: string, version: string): ApiResource | null {
  const kind = isRecord(each.responseKind) ? text(each.responseKind.kind) : '';
  const resource = text(each.resource);
  if (kind === '' || resource === '') return null;
  const singular = text(each.singularResource) || kind.toLowerCase();
  return { group, version, resource, singular, kind, namespaced: each.scope === 'Namespaced' };
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const records = (value: unknown): Record<string, unknown>[] => (Array.isArray(value) ? value.filter(isRecord) : []);
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const kindOf = (document: unknown): string => (isRecord(document) ? text(document.kind) || 'no kind' : typeof document);
