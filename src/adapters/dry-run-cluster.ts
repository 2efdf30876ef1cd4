import type { Cluster } from '../ports/cluster.ts';

/** Reads what is there and writes nothing; each write is said to have worked. */
export const dryRunCluster = (cluster: Cluster): Cluster => ({
  hpas: () => cluster.hpas(),
  applyFloor: async () => {},
  handBack: async () => {},
});
