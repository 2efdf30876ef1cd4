import { type ApiResource, groupResourceText } from '../../domain/rules/api-resource.ts';
import type { ObjectMetadata, Objects, Where } from '../../ports/objects.ts';
import { ObjectMemory } from './object-memory.ts';
import { METADATA, objectMetadata, pathOf } from './object-metadata.ts';
import { kubernetesObjects } from './objects.ts';
import { type Reflector, type ReflectorOptions, startReflector } from './reflector.ts';

/** Seconds after the last question in which a resource is still followed: HPAs ask every 15 s. */
const IDLE_SECONDS = 600;

export type FollowedObjectsOptions = ReflectorOptions & { idleSeconds?: number };

/**
 * Objects from memory: from the first question on, a resource's metadata is followed in all namespaces, so that questions cost the
 * API server nothing. Until all were seen, and where we may list but not watch, each question is a list. A resource that nobody
 * asked for in ten minutes is let go.
 *
 * RBAC: list and watch on each resource that is asked for with `*`: pods, as a rule.
 */
export function followedObjects(options: FollowedObjectsOptions): Objects & { close(): Promise<void> } {
  const { client, clock, idleSeconds = IDLE_SECONDS } = options;
  const direct = kubernetesObjects(client);
  const closing = new AbortController();
  const followed = new Map<string, Follower>();

  function follow(resource: ApiResource, running: boolean): Follower {
    const path = pathOf(resource, null);
    // Metadata has no phase: pods that run are followed as what they are to the API server, a list of their own.
    const key = running ? `${path} running` : path;
    const known = followed.get(key);
    if (known) return known;
    const memory = new ObjectMemory();
    const name = `${running ? 'running ' : ''}${groupResourceText(resource)}`;
    const fieldSelector = running ? { fieldSelector: 'status.phase=Running' } : {};
    const what = { name, path, accept: METADATA, ...fieldSelector, read: objectMetadata, into: memory };
    const follower = { memory, reflector: startReflector(what, options), askedAt: clock.monotonic() };
    followed.set(key, follower);
    void letGoWhenIdle(key, follower);
    return follower;
  }

  async function letGoWhenIdle(key: string, follower: Follower): Promise<void> {
    let left = idleSeconds * 1000;
    while (left > 0 && !closing.signal.aborted) {
      await clock.sleep(left, closing.signal);
      left = follower.askedAt + idleSeconds * 1000 - clock.monotonic();
    }
    if (followed.get(key) === follower) followed.delete(key);
    await follower.reflector.close();
  }

  function inMemory(resource: ApiResource, where: Where): readonly ObjectMetadata[] | null {
    const follower = follow(resource, where.running ?? false);
    follower.askedAt = clock.monotonic();
    if (follower.reflector.state() !== 'following') return null;
    return follower.memory.select(resource.namespaced ? where : { ...where, namespace: null });
  }

  return {
    inMemory,
    list: async (resource, where) => inMemory(resource, where) ?? direct.list(resource, where),
    async close() {
      closing.abort();
      await Promise.all(Array.from(followed.values(), ({ reflector }) => reflector.close()));
    },
  };
}

type Follower = { memory: ObjectMemory; reflector: Reflector; askedAt: number };
