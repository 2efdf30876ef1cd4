import type { KubernetesClient } from '../adapters/kubernetes/client.ts';
import { followedObjects } from '../adapters/kubernetes/followed-objects.ts';
import { kubernetesMetricWants } from '../adapters/kubernetes/metric-wants.ts';
import { kubernetesRestMapper } from '../adapters/kubernetes/rest-mapper.ts';
import type { Log } from '../ports/log.ts';
import type { Parts } from './service.ts';
import { systemClock } from './system-clock.ts';

/** What a real cluster has: its resources, its objects from memory, and what its HPAs want. close() ends the watches. */
export function describedBy(
  client: KubernetesClient,
  log: Log,
): NonNullable<Parts['described']> & { close(): Promise<void> } {
  const restMapper = kubernetesRestMapper(client);
  const options = { client, clock: systemClock, log };
  const objects = followedObjects(options);
  return {
    restMapper,
    objects,
    wants: kubernetesMetricWants({ ...options, mapper: restMapper }),
    close: () => objects.close(),
  };
}
