import type { V1ClusterRole, V1PolicyRule, V1Role } from '@kubernetes/client-node';
import type { ApiClient } from '../controlplane/api-client.ts';

const RBAC = '/apis/rbac.authorization.k8s.io/v1';
const OURS = 'labelSelector=app.kubernetes.io%2Fpart-of%3Dtidecaster';

/** One right: a verb on a resource, by a role. `path` is the role's, `rules` all that the role has. */
export type Grant = { role: string; path: string; verb: string; resource: string; rules: V1PolicyRule[] };

export const grantName = ({ role, verb, resource }: Grant): string => `${role}: ${verb} ${resource}`;

/** Every right that the roles of apiservice/ give, as they stand on the API server. */
export async function grants(api: ApiClient): Promise<Grant[]> {
  const clusterRoles = await api.ask<{ items: V1ClusterRole[] }>({ path: `${RBAC}/clusterroles?${OURS}` });
  const roles = await api.ask<{ items: V1Role[] }>({ path: `${RBAC}/roles?${OURS}` });
  const all = [
    ...clusterRoles.items.map((role) => ({ kind: 'ClusterRole', folder: 'clusterroles', role })),
    ...roles.items.map((role) => ({ kind: 'Role', folder: `namespaces/${role.metadata?.namespace}/roles`, role })),
  ];
  return all.flatMap(({ kind, folder, role: { metadata, rules = [] } }) =>
    rules.flatMap(({ verbs, resources = [], nonResourceURLs = [] }) =>
      [...resources, ...nonResourceURLs].flatMap((resource) =>
        verbs.map((verb) => ({
          role: `${kind} ${metadata?.name}`,
          path: `${RBAC}/${folder}/${metadata?.name}`,
          verb,
          resource,
          rules,
        })),
      ),
    ),
  );
}

/** Takes one right away; resolves to what gives it back. */
export async function withhold(api: ApiClient, { path, verb, resource, rules }: Grant): Promise<() => Promise<void>> {
  const without = structuredClone(rules).filter((rule) => {
    if (rule.resources?.includes(resource)) rule.verbs = rule.verbs.filter((each) => each !== verb);
    return rule.verbs.length > 0;
  });
  await setRules(api, path, without);
  return () => setRules(api, path, rules);
}

async function setRules(api: ApiClient, path: string, rules: readonly V1PolicyRule[]): Promise<void> {
  await api.ask({ method: 'PATCH', path, body: { rules }, contentType: 'application/merge-patch+json' });
}
