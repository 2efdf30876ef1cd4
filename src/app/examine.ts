import type { DoctorFinding } from '../domain/doctor/checks.ts';
import { diagnose } from '../domain/doctor/diagnose.ts';
import { serverRights } from '../domain/doctor/rights.ts';
import type { Clock } from '../ports/clock.ts';
import type { ClusterFactsSource } from '../ports/cluster-facts.ts';
import type { CertificateMaker } from '../ports/serving-certificate.ts';

export type ExamineWorld = { facts: ClusterFactsSource; certificates: Pick<CertificateMaker, 'inspect'>; clock: Clock };

/** `tidecaster doctor`: what limits a cluster. Reads it once. wantsResourceMetrics: see diagnose(). */
export async function examine(
  { facts, certificates, clock }: ExamineWorld,
  { wantsResourceMetrics }: { wantsResourceMetrics: boolean },
): Promise<DoctorFinding[]> {
  const read = await facts.read(serverRights);
  return diagnose(read, {
    now: clock.now().toMillis(),
    wantsResourceMetrics,
    inspect: (certificatePem, caPem) => certificates.inspect({ certificatePem, privateKeyPem: '', caPem }),
  });
}
