import { ConflictError } from '../../src/domain/errors.ts';
import type { LeaseSpec, LeaseStore } from '../../src/ports/lease-store.ts';

/** An empty place for one lease, and what others do to it. */
export type LeaseHarness = {
  store: LeaseStore;
  remove(): Promise<void>;
  close(): Promise<void>;
};

const spec = (holderIdentity: string, leaseTransitions = 0): LeaseSpec => ({
  holderIdentity,
  leaseDurationSeconds: 15,
  acquireTime: Date.UTC(2026, 10, 24, 1, 2, 3, 4),
  renewTime: Date.UTC(2026, 10, 24, 1, 2, 8, 120),
  leaseTransitions,
});

/** What every LeaseStore promises. */
export function leaseStoreContract(name: string, make: () => Promise<LeaseHarness>): void {
  describe(`the LeaseStore port on ${name}`, () => {
    let harness: LeaseHarness;
    beforeEach(async () => {
      harness = await make();
    });
    afterEach(() => harness.close());

    it('reads null where there is no lease', async () => {
      expect(await harness.store.read()).toBeNull();
    });

    it('creates a lease and reads it back, times to the millisecond', async () => {
      const written = await harness.store.write(spec('a'), null);
      expect(written).toMatchObject(spec('a'));
      expect(await harness.store.read()).toEqual(written);
    });

    it('lets only one of two create it', async () => {
      await harness.store.write(spec('a'), null);
      await expect(harness.store.write(spec('b'), null)).rejects.toBeInstanceOf(ConflictError);
      expect(await harness.store.read()).toMatchObject(spec('a'));
    });

    it('lets exactly one of many that are first at once have it', async () => {
      const names = ['a', 'b', 'c', 'd', 'e'];
      const outcomes = await Promise.allSettled(names.map((name) => harness.store.write(spec(name), null)));
      const winners = outcomes.filter((outcome) => outcome.status === 'fulfilled');
      expect(winners).toHaveLength(1);
      const winner = winners[0]?.value.holderIdentity ?? '';
      expect(await harness.store.read()).toMatchObject(spec(winner));
      for (const outcome of outcomes) {
        if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(ConflictError);
      }
    });

    it('replaces the version that was read, and no other', async () => {
      const first = await harness.store.write(spec('a'), null);
      const second = await harness.store.write(spec('b', 1), first);
      expect(second.resourceVersion).not.toBe(first.resourceVersion);
      await expect(harness.store.write(spec('c', 1), first)).rejects.toBeInstanceOf(ConflictError);
      expect(await harness.store.read()).toEqual(second);
    });

    it('keeps a lease that nobody holds, for the next to take', async () => {
      const first = await harness.store.write(spec('a'), null);
      await harness.store.write(spec('', 0), first);
      const free = await harness.store.read();
      expect(free).toMatchObject({ holderIdentity: '' });
      expect(await harness.store.write(spec('b', 1), free)).toMatchObject(spec('b', 1));
    });

    it('says Conflict when the lease was deleted in between', async () => {
      const first = await harness.store.write(spec('a'), null);
      await harness.remove();
      await expect(harness.store.write(spec('a'), first)).rejects.toBeInstanceOf(ConflictError);
    });
  });
}
