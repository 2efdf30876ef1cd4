/** A ready pod of a service, as far as its metrics tell. */
export type Pod = { namespace: string; name: string; service: string };

/** Viewers of the whole platform at an instant, epoch milliseconds. */
export type Demand = (now: number) => number;

const REGIONS = { kr: 0.45, eu: 0.25, us: 0.3 } as const;
const BYTES_PER_VIEWER_SECOND = 4_500_000 / 8;

/**
 * What every ready pod exports. All pods of a service share its viewers evenly; a pod that is new starts with counters at 0,
 * as a process does, so that scaling looks to Prometheus as it does in a cluster.
 */
export class Workloads {
  readonly #demand: Demand;
  readonly #set = new Map<string, number>();
  #pods = new Map<string, Pod & { bytes: number; buffering: number }>();
  #observedAt: number | null = null;

  constructor(demand: Demand) {
    this.#demand = demand;
  }

  /** Fixes the viewers of a service, or gives them back to the model. */
  setViewers(service: string, viewers: number | null): void {
    if (viewers === null) this.#set.delete(service);
    else this.#set.set(service, viewers);
  }

  /** Takes note of the pods that are ready now; counters go on from the last observation. */
  observe(ready: readonly Pod[], now: number): void {
    const seconds = this.#observedAt === null ? 0 : (now - this.#observedAt) / 1000;
    this.#observedAt = now;
    const before = this.#pods;
    this.#pods = new Map(
      ready.map((pod) => {
        const last = before.get(key(pod));
        return [key(pod), { ...pod, bytes: last?.bytes ?? 0, buffering: last?.buffering ?? 0 }];
      }),
    );
    for (const [, pod] of this.#pods) {
      const viewers = this.#share(pod, now);
      pod.bytes += viewers * BYTES_PER_VIEWER_SECOND * seconds;
      pod.buffering += (viewers * 2.5 * seconds) / 3600;
    }
  }

  /** The pod's /metrics; null when it is not ready. */
  metrics(pod: Pick<Pod, 'namespace' | 'name'>, now: number): string | null {
    const known = this.#pods.get(key(pod));
    if (!known) return null;
    const viewers = this.#share(known, now);
    const lines = Object.entries(REGIONS).flatMap(([region, weight]) => {
      if (known.service === 'streaming-service') {
        return [
          `concurrent_viewers{region="${region}"} ${viewers * weight}`,
          `buffering_events_total{region="${region}"} ${known.buffering * weight}`,
        ];
      }
      return known.service === 'cdn-gateway' ? [`cdn_bytes_total{region="${region}"} ${known.bytes * weight}`] : [];
    });
    return `${lines.join('\n')}\n`;
  }

  #share({ service }: Pod, now: number): number {
    const pods = [...this.#pods.values()].filter((pod) => pod.service === service).length;
    return (this.#set.get(service) ?? this.#demand(now)) / Math.max(1, pods);
  }
}

const key = ({ namespace, name }: Pick<Pod, 'namespace' | 'name'>): string => `${namespace}/${name}`;
