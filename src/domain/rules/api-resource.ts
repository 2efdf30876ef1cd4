/** A resource as discovery shows it. resource: the plural. version: the one that its group prefers. */
export type ApiResource = {
  group: string;
  version: string;
  resource: string;
  singular: string;
  kind: string;
  namespaced: boolean;
};

/** How people and paths name a resource: singular or plural; group '' where none is named, which also is the core group. */
export type GroupResource = { group: string; resource: string };

/** `deployments.apps` as schema.ParseGroupResource reads it: all behind the first dot is the group. */
export function parseGroupResource(text: string): GroupResource {
  const dot = text.indexOf('.');
  return dot < 0 ? { group: '', resource: text } : { group: text.slice(dot + 1), resource: text.slice(0, dot) };
}

export const groupResourceText = ({ group, resource }: GroupResource): string =>
  group === '' ? resource : `${resource}.${group}`;

/**
 * What a name stands for in a cluster; null when it has no such resource. client-go's RESTMapper's rule: with a group an exact
 * match, else the first group that begins with it; without one, the first group in discovery's order that has the resource.
 */
export function findResource(resources: readonly ApiResource[], wanted: GroupResource): ApiResource | null {
  const name = wanted.resource.toLowerCase();
  const named = resources.filter(({ resource, singular }) => resource === name || singular === name);
  if (wanted.group === '') return named[0] ?? null;
  const exact = named.find(({ group }) => group === wanted.group);
  return exact ?? named.find(({ group }) => group.startsWith(wanted.group)) ?? null;
}

/** The core resource `namespaces`, which every cluster has. */
export const isNamespaces = ({ group, resource }: GroupResource): boolean => group === '' && resource === 'namespaces';

/** Metrics of these three are root-scoped, whatever other labels their series have. */
export const isRootScoped = ({ group, resource }: GroupResource): boolean =>
  group === '' && ['namespaces', 'nodes', 'persistentvolumes'].includes(resource);
