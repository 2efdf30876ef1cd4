import { certificateMaker } from '../adapters/certificates/maker.ts';
import { kubernetesClusterFacts } from '../adapters/kubernetes/cluster-facts.ts';
import { examine } from '../app/examine.ts';
import type { DoctorOptions, Tools } from '../cli/command.ts';
import { API_SERVICES } from '../domain/doctor/api-services.ts';
import type { DoctorFinding } from '../domain/doctor/checks.ts';
import { personsClient } from './cluster.ts';
import { systemClock } from './system-clock.ts';

/** `tidecaster doctor` on a real cluster. */
export function examineCluster(
  { kubeconfig, wantsResourceMetrics }: DoctorOptions,
  env: Tools['env'],
): Promise<DoctorFinding[]> {
  const facts = kubernetesClusterFacts(personsClient(kubeconfig, env), {
    apiServices: API_SERVICES,
    now: () => systemClock.now().toMillis(),
  });
  return examine({ facts, certificates: certificateMaker, clock: systemClock }, { wantsResourceMetrics });
}
