import { InvalidError, NotFoundError } from '../../src/domain/errors.ts';
import type { ApiResource } from '../../src/domain/rules/api-resource.ts';
import type { ObjectMetadata, Objects, Where } from '../../src/ports/objects.ts';
import { soon } from '../support/soon.ts';

/** Objects under test. */
export type ObjectsHarness = {
  objects: Objects;
  resources: readonly ApiResource[];
  /** Two namespaces that are there. */
  namespaces: readonly [string, string];
  /** Pods of these names with label app.kubernetes.io/name; those that it had before are gone. */
  run(service: { namespace: string; name: string; pods: readonly string[] }): Promise<void>;
  close(): Promise<void>;
};

/** What every Objects promises: that of a real API server and that in memory. */
export function objectsContract(name: string, make: () => Promise<ObjectsHarness>): void {
  describe(`the Objects port on ${name}`, () => {
    let harness: ObjectsHarness;
    let pods: ApiResource;
    let namespace = '';
    let elsewhere = '';

    beforeAll(async () => {
      harness = await make();
      pods = harness.resources.find(({ group, resource }) => group === '' && resource === 'pods')!;
      [namespace, elsewhere] = harness.namespaces;
      await harness.run({ namespace, name: 'contract-a', pods: ['contract-3', 'contract-1'] });
      await harness.run({ namespace, name: 'contract-b', pods: ['contract-2'] });
      await harness.run({ namespace: elsewhere, name: 'contract-a', pods: ['contract-4'] });
    });
    afterAll(async () => {
      for (const [at, of] of [
        [namespace, 'contract-a'],
        [namespace, 'contract-b'],
        [elsewhere, 'contract-a'],
      ] as const) {
        await harness.run({ namespace: at, name: of, pods: [] });
      }
      await harness.close();
    });

    const where = (values: string, over: Partial<Where> = {}): Where => {
      return { namespace, labelSelector: `app.kubernetes.io/name in (${values})`, ...over };
    };
    const both = 'contract-a,contract-b';
    const names = (objects: readonly ObjectMetadata[]): string[] => objects.map((each) => each.name);
    const remembered = (at: Where): string[] => names(harness.objects.inMemory(pods, at) ?? []);

    it.each<[string, () => Where, string[]]>([
      ['of a namespace', () => where(both), ['contract-1', 'contract-2', 'contract-3']],
      ['that a selector selects', () => where('contract-a'), ['contract-1', 'contract-3']],
      ['by a name', () => where(both, { name: 'contract-2' }), ['contract-2']],
      ['by a name that is not among them', () => where('contract-a', { name: 'contract-2' }), []],
    ])('lists those %s, in order of their names, and comes to say the same from memory', async (_, at, expected) => {
      expect(names(await harness.objects.list(pods, at()))).toEqual(expected);
      await soon(() => expect(remembered(at())).toEqual(expected));
    });

    it('lists those of all namespaces, with namespace and labels', async () => {
      const found = await harness.objects.list(pods, where('contract-a', { namespace: null }));
      expect(names(found).toSorted()).toEqual(['contract-1', 'contract-3', 'contract-4']);
      const labels: unknown = expect.objectContaining({ 'app.kubernetes.io/name': 'contract-a' });
      expect(found).toContainEqual({ namespace: elsewhere, name: 'contract-4', labels });
    });

    it('gives the very same array while nothing changed, and follows what comes and goes', async () => {
      await soon(() => expect(remembered(where('contract-a'))).toHaveLength(2));
      const before = harness.objects.inMemory(pods, where('contract-a'));
      await harness.run({ namespace, name: 'contract-b', pods: ['contract-2', 'contract-5'] });
      await soon(() => expect(remembered(where('contract-b'))).toEqual(['contract-2', 'contract-5']));
      expect(harness.objects.inMemory(pods, where('contract-a'))).toBe(before);
      await harness.run({ namespace, name: 'contract-b', pods: ['contract-5'] });
      await soon(() => expect(remembered(where('contract-b'))).toEqual(['contract-5']));
      await harness.run({ namespace, name: 'contract-b', pods: ['contract-2'] });
      await soon(() => expect(remembered(where('contract-b'))).toEqual(['contract-2']));
    });

    it('refuses a selector that is none, and a resource that is not there', async () => {
      await expect(harness.objects.list(pods, { namespace, labelSelector: 'a in' })).rejects.toThrow(InvalidError);
      const unicorns = { ...pods, resource: 'unicorns', singular: 'unicorn', kind: 'Unicorn' };
      await expect(harness.objects.list(unicorns, { namespace, labelSelector: '' })).rejects.toThrow(NotFoundError);
    });
  });
}
