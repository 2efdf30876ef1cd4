import { ConflictError, InvalidError, NotFoundError } from '../../src/domain/errors.ts';
import type { FloorWrite } from '../../src/domain/decision.ts';
import type { HpaState } from '../../src/domain/hpa/hpa-state.ts';
import { type TargetRef, targetKey } from '../../src/domain/target.ts';
import type { Cluster } from '../../src/ports/cluster.ts';

/** A cluster under test, and what other people do to it. */
export type ClusterHarness = {
  cluster: Cluster;
  /** Git creates an HPA by server-side apply as this manager. */
  create(target: TargetRef, spec: { minReplicas: number; maxReplicas: number; manager: string }): Promise<void>;
  remove(target: TargetRef): Promise<void>;
  /** A server-side apply of the whole manifest with this minReplicas by somebody else, without force. False: a conflict. */
  applyAs(manager: string, target: TargetRef, minReplicas: number): Promise<boolean>;
  close(): Promise<void>;
};

/** What every Cluster promises: the one of a real API server and the one in memory. */
export function clusterContract(name: string, make: () => Promise<ClusterHarness>): void {
  describe(`the Cluster port on ${name}`, () => {
    let harness: ClusterHarness;
    let target: TargetRef;
    let number = 0;

    beforeAll(async () => {
      harness = await make();
    });
    afterAll(() => harness.close());

    beforeEach(async () => {
      number += 1;
      target = { namespace: 'default', name: `contract-${number}` };
      await harness.create(target, { minReplicas: 3, maxReplicas: 20, manager: 'git' });
    });
    afterEach(async () => {
      if (await find(target)) await harness.remove(target);
    });

    async function find(wanted: TargetRef): Promise<HpaState | undefined> {
      const hpas = await harness.cluster.hpas();
      return hpas.find((hpa) => targetKey(hpa.target) === targetKey(wanted));
    }

    async function state(): Promise<HpaState> {
      const found = await find(target);
      if (!found) throw new Error(`${targetKey(target)} is not listed`);
      return found;
    }

    async function floor(minReplicas: number, restoreMinReplicas: number | null = 3): Promise<FloorWrite> {
      return { target, uid: (await state()).uid, minReplicas, restoreMinReplicas };
    }

    it('lists an HPA with its bounds and who owns its floor', async () => {
      const found = await state();
      expect(found).toMatchObject({ target, minReplicas: 3, maxReplicas: 20, governed: null, otherManagers: ['git'] });
      expect(found.uid).not.toBe('');
      expect(found.currentReplicas).toBeGreaterThanOrEqual(0);
      expect(found.desiredReplicas).toBeGreaterThanOrEqual(0);
    });

    it('takes the floor from its owner and keeps the restore value', async () => {
      await harness.cluster.applyFloor(await floor(5));
      const found = await state();
      expect(found).toMatchObject({ minReplicas: 5, maxReplicas: 20, otherManagers: [] });
      expect(found.governed?.restoreMinReplicas).toBe(3);
      expect(found.governed?.writtenAt).toBeGreaterThan(0);
    });

    it('is not taken from us without force', async () => {
      await harness.cluster.applyFloor(await floor(5));
      expect(await harness.applyAs('git', target, 4)).toBe(false);
      expect((await state()).minReplicas).toBe(5);
    });

    it('changes nothing when the same floor is applied again', async () => {
      await harness.cluster.applyFloor(await floor(5));
      const first = await state();
      await harness.cluster.applyFloor(await floor(5));
      expect(await state()).toEqual(first);
    });

    it('keeps a restore value through later floors, and drops it when it is applied without', async () => {
      await harness.cluster.applyFloor(await floor(5));
      await harness.cluster.applyFloor(await floor(7));
      expect((await state()).governed?.restoreMinReplicas).toBe(3);
      await harness.cluster.applyFloor(await floor(7, null));
      expect((await state()).governed?.restoreMinReplicas).toBeNull();
    });

    it('refuses a floor above maxReplicas as invalid and leaves the one in force', async () => {
      await expect(harness.cluster.applyFloor(await floor(21))).rejects.toBeInstanceOf(InvalidError);
      expect(await state()).toMatchObject({ minReplicas: 3, governed: null });
    });

    it('never creates: a floor for an HPA that is gone is NotFound', async () => {
      const write = await floor(5);
      await harness.remove(target);
      await expect(harness.cluster.applyFloor(write)).rejects.toBeInstanceOf(NotFoundError);
      expect(await find(target)).toBeUndefined();
    });

    it('refuses a floor meant for an earlier HPA of the same name', async () => {
      const write = await floor(5);
      await harness.remove(target);
      await harness.create(target, { minReplicas: 2, maxReplicas: 20, manager: 'git' });
      await expect(harness.cluster.applyFloor(write)).rejects.toBeInstanceOf(ConflictError);
      expect(await state()).toMatchObject({ minReplicas: 2, governed: null });
    });

    it.each([
      ['at another floor', [7]],
      ['at the restore value already, because a hand-back was cut short', [7, 3]],
      ['at the restore value from the start', [3]],
    ])('hands back an HPA %s: the value stands, Git takes it without a conflict', async (_, floors) => {
      for (const each of floors) await harness.cluster.applyFloor(await floor(each));
      await harness.cluster.handBack(await floor(3));
      expect(await state()).toMatchObject({ minReplicas: 3, governed: null });
      expect(await harness.applyAs('git', target, 4)).toBe(true);
      expect(await state()).toMatchObject({ minReplicas: 4, governed: null, otherManagers: ['git'] });
    });

    it('hands back as it stands where the restore value was lost', async () => {
      await harness.cluster.applyFloor(await floor(7, null));
      await harness.cluster.handBack(await floor(7, null));
      expect(await state()).toMatchObject({ minReplicas: 7, governed: null });
    });

    it('leaves alone what is handed back already, also when the next manager has set it', async () => {
      await harness.cluster.applyFloor(await floor(7));
      await harness.cluster.handBack(await floor(3));
      await harness.cluster.handBack(await floor(3));
      await harness.applyAs('git-2', target, 4);
      await harness.cluster.handBack(await floor(3));
      expect(await state()).toMatchObject({ minReplicas: 4, governed: null, otherManagers: ['git-2'] });
    });

    it('takes an HPA again after it was handed back', async () => {
      await harness.cluster.applyFloor(await floor(7));
      await harness.cluster.handBack(await floor(3));
      await harness.cluster.applyFloor(await floor(6, 3));
      expect(await state()).toMatchObject({ minReplicas: 6, governed: { restoreMinReplicas: 3 } });
    });

    it('says NotFound when it hands back an HPA that is gone, Conflict when another has its name', async () => {
      await harness.cluster.applyFloor(await floor(7));
      const write = await floor(3);
      await harness.remove(target);
      await expect(harness.cluster.handBack(write)).rejects.toBeInstanceOf(NotFoundError);
      await harness.create(target, { minReplicas: 2, maxReplicas: 20, manager: 'git' });
      await expect(harness.cluster.handBack(write)).rejects.toBeInstanceOf(ConflictError);
      expect(await state()).toMatchObject({ minReplicas: 2, governed: null });
    });
  });
}
