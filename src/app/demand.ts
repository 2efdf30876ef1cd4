import type { Want } from './want.ts';

/** Bounds on the demand of reads. What HPAs name is bounded by the cluster itself. */
export type DemandLimits = {
  /** How long a key is wanted after it was read. */
  readSeconds: number;
  /** Most keys of reads in one namespace, and in all. */
  perNamespace: number;
  inAll: number;
};

/** HPAs read each 15 s: what nobody has read for so long is wanted by nobody. */
export const DEMAND_LIMITS: DemandLimits = { readSeconds: 600, perNamespace: 5000, inAll: 60_000 };

/** One key that is wanted. readAt: when it was last read, monotonic milliseconds; null: never. */
export type Wanted = { readonly key: string; readonly want: Want; byHpa: boolean; readAt: number | null };

/** Which keys are wanted: by the HPAs for as long as they name them, and by reads for some time. Pure; `now` is monotonic milliseconds. */
export type Demand = {
  /** A key was read. Beyond the limits the key goes that was read least recently; HPAs' own never do. */
  read(key: string, want: Want, now: number): Wanted;
  /** All that the HPAs name now. What they no longer name stays wanted as far as it was read. */
  hpasName(wants: ReadonlyMap<string, Want>): void;
  /** Lets go of what was not read for too long. */
  expire(now: number): void;
  get(key: string): Wanted | undefined;
  all(): Iterable<Wanted>;
  /** Keys that HPAs name, keys of reads alone, and how many were put out by the limits so far. */
  counts(): { hpas: number; reads: number; evicted: number };
};

/** A read that comes so soon after the last one does not move its key to the end of the queue. */
const TOUCH_MILLISECONDS = 1000;

export function createDemand({ readSeconds, perNamespace, inAll }: DemandLimits = DEMAND_LIMITS): Demand {
  const wanted = new Map<string, Wanted>();
  /** Keys of reads alone, the one that was read least recently first; and the same by namespace. */
  const reads = new Map<string, Wanted>();
  const byNamespace = new Map<string, Map<string, Wanted>>();
  let hpas = 0;
  let evicted = 0;

  const namespaceOf = ({ want }: Wanted): string => want.namespace ?? '';

  function enqueue(entry: Wanted): void {
    const own = byNamespace.get(namespaceOf(entry)) ?? new Map<string, Wanted>();
    byNamespace.set(namespaceOf(entry), own);
    for (const queue of [reads, own]) {
      queue.delete(entry.key);
      queue.set(entry.key, entry);
    }
    if (own.size > perNamespace) evict(own);
    if (reads.size > inAll) evict(reads);
  }

  function dequeue(entry: Wanted): void {
    const own = byNamespace.get(namespaceOf(entry));
    reads.delete(entry.key);
    own?.delete(entry.key);
    if (own?.size === 0) byNamespace.delete(namespaceOf(entry));
  }

  function evict(queue: Map<string, Wanted>): void {
    for (const oldest of queue.values()) {
      forget(oldest);
      evicted++;
      return;
    }
  }

  function forget(entry: Wanted): void {
    dequeue(entry);
    wanted.delete(entry.key);
  }

  return {
    read(key, want, now) {
      const before = wanted.get(key);
      if (before?.byHpa || (before && before.readAt !== null && now - before.readAt < TOUCH_MILLISECONDS)) {
        if (before.byHpa) before.readAt = now;
        return before;
      }
      const entry = before ?? { key, want, byHpa: false, readAt: now };
      entry.readAt = now;
      wanted.set(key, entry);
      enqueue(entry);
      return entry;
    },
    hpasName(wants) {
      for (const entry of wanted.values()) {
        if (!entry.byHpa || wants.has(entry.key)) continue;
        entry.byHpa = false;
        hpas--;
        if (entry.readAt === null) wanted.delete(entry.key);
        else enqueue(entry);
      }
      for (const [key, want] of wants) {
        const entry = wanted.get(key) ?? { key, want, byHpa: false, readAt: null };
        if (entry.byHpa) continue;
        dequeue(entry);
        entry.byHpa = true;
        hpas++;
        wanted.set(key, entry);
      }
    },
    expire(now) {
      for (const entry of reads.values()) {
        if (entry.readAt !== null && now - entry.readAt > readSeconds * 1000) forget(entry);
      }
    },
    get: (key) => wanted.get(key),
    all: () => wanted.values(),
    counts: () => ({ hpas, reads: reads.size, evicted }),
  };
}
