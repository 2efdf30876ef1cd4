import { ConflictError } from '../domain/errors.ts';
import { LEASE, decideLease, releaseLease, see, type Seen } from '../domain/lease.ts';
import type { Clock } from '../ports/clock.ts';
import type { LeaseStore } from '../ports/lease-store.ts';

export type LeaderOptions = {
  store: LeaseStore;
  clock: Clock;
  /** Unique among all that run at one time: the pod's name. */
  identity: string;
  /** Told when we begin and stop to hold the lease, with the holder now known; and what went wrong. Must not throw. */
  onChange?: (change: { holding: boolean; holder: string | null }) => void;
  onError?: (error: unknown) => void;
};

/** One contender for the lease. Everybody serves metrics; who holds it writes floors. */
export type Leader = {
  /** Do we hold the lease, as far as we know? False when it can have run out since the last renewal. */
  isHolder: () => boolean;
  /** May a write be sent now? Stricter than isHolder: false once the last renewal is older than 10 s (domain/lease.ts). */
  mayWrite: () => boolean;
  /** When the last renewal that worked was sent; milliseconds of the monotonic clock, null before the first. */
  lastRenewal: () => number | null;
  /** Who held it when we last looked: '' nobody, null not known yet. */
  holder: () => string | null;
  /** One look, and one write where it is due; resolves to how many milliseconds later to look again. Never throws. */
  step: () => Promise<number>;
  /** Steps until the signal aborts, then gives the lease back where we hold it. Never throws. */
  run: (signal: AbortSignal) => Promise<void>;
};

export function leader({ store, clock, identity, onChange, onError }: LeaderOptions): Leader {
  let seen: Seen | null = null;
  let holding = false;
  let renewedAt: number | null = null;

  const within = (seconds: number): boolean =>
    holding && renewedAt !== null && clock.monotonic() - renewedAt < seconds * 1000;

  function become(now: boolean): void {
    if (holding === now) return;
    holding = now;
    onChange?.({ holding, holder: seen?.record?.holderIdentity ?? null });
  }

  async function contend(): Promise<number> {
    seen = see(seen, await store.read(), clock.monotonic());
    const monotonic = clock.monotonic();
    const decision = decideLease({ identity, now: clock.now().toMillis(), monotonic, seen });
    if (decision.type === 'Follow') {
      become(false);
      return Math.min(decision.expiresIn, LEASE.renewEvery * 1000);
    }
    seen = see(seen, await store.write(decision.spec, seen.record), clock.monotonic());
    renewedAt = monotonic; // when it was sent: others count from a later moment
    become(true);
    return LEASE.renewEvery * 1000;
  }

  async function step(): Promise<number> {
    try {
      return await contend();
    } catch (error) {
      const conflict = error instanceof ConflictError;
      if (holding || !conflict) onError?.(error); // to lose a race for a free lease is nothing to report
      // a conflict: somebody else wrote our lease, so it may be theirs now
      if (conflict || !within(LEASE.duration)) become(false);
      return LEASE.retryEvery * 1000;
    }
  }

  async function release(): Promise<void> {
    if (!holding) return;
    become(false);
    try {
      const record = await store.read();
      const spec = releaseLease(record, identity, clock.now().toMillis());
      if (spec) await store.write(spec, record);
    } catch (error) {
      onError?.(error); // others take over when it has run out
    }
  }

  return {
    isHolder: () => within(LEASE.duration),
    mayWrite: () => within(LEASE.fence),
    lastRenewal: () => renewedAt,
    holder: () => seen?.record?.holderIdentity ?? null,
    step,
    async run(signal) {
      while (!signal.aborted) await clock.sleep(await step(), signal);
      await release();
    },
  };
}
