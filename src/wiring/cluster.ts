import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { kubernetesClient, type KubernetesClient } from '../adapters/kubernetes/client.ts';
import { kubernetesCluster } from '../adapters/kubernetes/cluster.ts';
import { kubernetesMetricWants } from '../adapters/kubernetes/metric-wants.ts';
import { kubernetesRestMapper } from '../adapters/kubernetes/rest-mapper.ts';
import { pacedCluster } from '../adapters/paced-cluster.ts';
import type { Tools } from '../cli/command.ts';
import { UnavailableError } from '../domain/errors.ts';
import type { MetricWant } from '../domain/hpa/metric-want.ts';
import type { ApiResource } from '../domain/rules/api-resource.ts';
import type { Cluster } from '../ports/cluster.ts';
import { type Log, silentLog } from '../ports/log.ts';
import { systemClock } from './system-clock.ts';

/** A person's cluster, in kubectl's order: the flag, $KUBECONFIG, ~/.kube/config; then the pod's service account. */
export const personsClient = (kubeconfig: string | undefined, env: Tools['env']): KubernetesClient =>
  kubernetesClient({ kubeconfig: usualKubeconfig(kubeconfig, env) });

/** The first of them that there is. */
export function usualKubeconfig(kubeconfig: string | undefined, env: Tools['env']): string | undefined {
  const usual = join(homedir(), '.kube', 'config');
  const fromEnv = env.KUBECONFIG?.split(delimiter).find((file) => file !== '');
  return kubeconfig ?? fromEnv ?? (existsSync(usual) ? usual : undefined);
}

/** The HPAs that a person may see. Writes are paced as a server's are by default. */
export const connect = (kubeconfig: string | undefined, env: Tools['env']): Cluster =>
  pacedCluster(kubernetesCluster(personsClient(kubeconfig, env)), { writesPerSecond: 10, clock: systemClock });

/** The resources of a person's cluster. @throws UnavailableError, ForbiddenError */
export const resourcesOf = (kubeconfig: string, env: Tools['env']): Promise<readonly ApiResource[]> =>
  kubernetesRestMapper(personsClient(kubeconfig, env)).resources();

/** A list of HPAs takes seconds at most; a watch tries for ever. */
const WANTS_WITHIN_MILLISECONDS = 15_000;

/** What the HPAs of a person's cluster name now. @throws UnavailableError with what the API server said last */
export async function wantsOf(kubeconfig: string | undefined, env: Tools['env']): Promise<readonly MetricWant[]> {
  const client = personsClient(kubeconfig, env);
  let said = 'no answer in time';
  const warn: Log['warn'] = (fields) => {
    if (typeof fields === 'object' && 'error' in fields) said = String(fields.error);
  };
  const wants = kubernetesMetricWants({
    client,
    clock: systemClock,
    log: { ...silentLog, warn },
    mapper: kubernetesRestMapper(client),
  });
  const known = Promise.withResolvers<readonly MetricWant[] | null>();
  const following = wants.follow(known.resolve);
  const timer = setTimeout(() => known.resolve(null), WANTS_WITHIN_MILLISECONDS);
  try {
    const all = await known.promise;
    if (all === null) throw new UnavailableError(`the HPAs of ${client.server} cannot be listed: ${said}`);
    return all;
  } finally {
    clearTimeout(timer);
    await following.close();
  }
}
