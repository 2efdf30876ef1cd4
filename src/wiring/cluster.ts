import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { kubernetesClient, type KubernetesClient } from '../adapters/kubernetes/client.ts';
import { kubernetesCluster } from '../adapters/kubernetes/cluster.ts';
import { kubernetesRestMapper } from '../adapters/kubernetes/rest-mapper.ts';
import { pacedCluster } from '../adapters/paced-cluster.ts';
import type { Tools } from '../cli/command.ts';
import type { ApiResource } from '../domain/rules/api-resource.ts';
import type { Cluster } from '../ports/cluster.ts';
import { systemClock } from './system-clock.ts';

/** A person's cluster, in kubectl's order: the flag, $KUBECONFIG, ~/.kube/config; then the pod's service account. */
export function personsClient(kubeconfig: string | undefined, env: Tools['env']): KubernetesClient {
  const usual = join(homedir(), '.kube', 'config');
  const fromEnv = env.KUBECONFIG?.split(delimiter).find((file) => file !== '');
  return kubernetesClient({ kubeconfig: kubeconfig ?? fromEnv ?? (existsSync(usual) ? usual : undefined) });
}

/** The HPAs that a person may see. Writes are paced as a server's are by default. */
export const connect = (kubeconfig: string | undefined, env: Tools['env']): Cluster =>
  pacedCluster(kubernetesCluster(personsClient(kubeconfig, env)), { writesPerSecond: 10, clock: systemClock });

/** The resources of a person's cluster. @throws UnavailableError, ForbiddenError */
export const resourcesOf = (kubeconfig: string, env: Tools['env']): Promise<readonly ApiResource[]> =>
  kubernetesRestMapper(personsClient(kubeconfig, env)).resources();
