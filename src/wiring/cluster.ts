import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { kubernetesClient, type KubernetesClient } from '../adapters/kubernetes/client.ts';
import { kubernetesCluster } from '../adapters/kubernetes/cluster.ts';
import type { Tools } from '../cli/command.ts';
import type { Cluster } from '../ports/cluster.ts';

/** A person's cluster, in kubectl's order: the flag, $KUBECONFIG, ~/.kube/config; then the pod's service account. */
export function personsClient(kubeconfig: string | undefined, env: Tools['env']): KubernetesClient {
  const usual = join(homedir(), '.kube', 'config');
  const fromEnv = env.KUBECONFIG?.split(delimiter).find((file) => file !== '');
  return kubernetesClient({ kubeconfig: kubeconfig ?? fromEnv ?? (existsSync(usual) ? usual : undefined) });
}

/** The HPAs that a person may see. */
export const connect = (kubeconfig: string | undefined, env: Tools['env']): Cluster =>
  kubernetesCluster(personsClient(kubeconfig, env));
