import { ConflictError } from '../domain/errors.ts';
import { targetKey, type TargetRef } from '../domain/target.ts';
import type { Cluster } from '../ports/cluster.ts';

/** Refuses each write that begins while `mayWrite` is false: the lease may be somebody else's by now. @throws ConflictError */
export function fencedCluster(cluster: Cluster, mayWrite: () => boolean): Cluster {
  function check(target: TargetRef): void {
    if (mayWrite()) return;
    throw new ConflictError(
      `nothing is written to ${targetKey(target)}: the lease is not held, or not renewed in time`,
    );
  }
  return {
    hpas: () => cluster.hpas(),
    async applyFloor(floor) {
      check(floor.target);
      await cluster.applyFloor(floor);
    },
    async handBack(floor) {
      check(floor.target);
      await cluster.handBack(floor);
    },
  };
}
