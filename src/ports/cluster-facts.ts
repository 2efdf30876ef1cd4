import type { ClusterFacts, Installation, Right } from '../domain/doctor/facts.ts';

/** What a cluster says of itself to a person. Real: adapters/kubernetes. */
export interface ClusterFactsSource {
  /** Changes nothing. Never throws: what cannot be read says why. rights: what an installation's ServiceAccount should be allowed. */
  read(rights: (installation: Installation) => readonly Right[]): Promise<ClusterFacts>;
}
