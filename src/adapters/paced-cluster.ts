import type { Clock } from '../ports/clock.ts';
import type { Cluster } from '../ports/cluster.ts';

/**
 * At most so many writes a second begin, evenly spaced. From Kubernetes 1.37 each edit of an HPA is a tick at once, and the
 * HPA controller makes 20 calls a second for everybody: a burst of floors would delay the scaling of all.
 * Put the fence inside (`pacedCluster(fencedCluster(...))`), so that it is asked after the wait.
 */
export function pacedCluster(cluster: Cluster, pace: { writesPerSecond: number; clock: Clock }): Cluster {
  const { writesPerSecond, clock } = pace;
  let next = Number.NEGATIVE_INFINITY;

  async function turn(): Promise<void> {
    const now = clock.monotonic();
    const at = Math.max(now, next);
    next = at + 1000 / writesPerSecond;
    if (at > now) await clock.sleep(at - now);
  }

  return {
    hpas: () => cluster.hpas(),
    async applyFloor(floor) {
      await turn();
      await cluster.applyFloor(floor);
    },
    async handBack(floor) {
      await turn();
      await cluster.handBack(floor);
    },
  };
}
