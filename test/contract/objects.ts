import { InvalidError, NotFoundError } from '../../src/domain/errors.ts';
import type { ApiResource } from '../../src/domain/rules/api-resource.ts';
import type { ObjectMetadata, Objects, Where } from '../../src/ports/objects.ts';
import { soon } from '../support/soon.ts';

/** A pod by its name, and the service that its label app.kubernetes.io/name says. */
export type PodOfService = { namespace: string; name: string; service: string };
type PodName = Pick<PodOfService, 'namespace' | 'name'>;

/** Objects under test, and who makes them. */
export type ObjectsHarness = {
  objects: Objects;
  resources: readonly ApiResource[];
  /** Two namespaces that are there. */
  namespaces: readonly [string, string];
  /** A pod in phase Running. */
  create(pod: PodOfService): Promise<void>;
  remove(pod: PodName): Promise<void>;
  /** Another label, or another phase. */
  change(pod: PodName, to: { service: string } | { phase: Phase }): Promise<void>;
  close(): Promise<void>;
};

/** Those of a pod that is no longer, or not yet, running. */
const PHASES = ['Pending', 'Succeeded', 'Failed'] as const;
export type Phase = (typeof PHASES)[number] | 'Running';

/** What every Objects promises: that of a real API server and that in memory. */
export function objectsContract(name: string, make: () => Promise<ObjectsHarness>): void {
  describe(`the Objects port on ${name}`, () => {
    let harness: ObjectsHarness;
    let pods: ApiResource;
    let namespace = '';
    let elsewhere = '';

    const pod = (number: number, service: string, at = namespace): PodOfService => {
      return { namespace: at, name: `contract-${number}`, service };
    };
    const there = new Set<string>();

    beforeAll(async () => {
      harness = await make();
      pods = harness.resources.find(({ group, resource }) => group === '' && resource === 'pods')!;
      [namespace, elsewhere] = harness.namespaces;
    });
    beforeEach(async () => {
      for (const each of [
        pod(3, 'contract-a'),
        pod(1, 'contract-a'),
        pod(2, 'contract-b'),
        pod(4, 'contract-a', elsewhere),
      ]) {
        await create(each);
      }
    });
    afterEach(async () => {
      for (const each of [...there].map((text) => JSON.parse(text) as PodName)) await remove(each);
    });
    afterAll(() => harness.close());

    const keyOf = ({ namespace: at, name: of }: PodName): string => JSON.stringify({ namespace: at, name: of });
    async function create(each: PodOfService): Promise<void> {
      await harness.create(each);
      there.add(keyOf(each));
    }
    async function remove(each: PodName): Promise<void> {
      await harness.remove(each);
      there.delete(keyOf(each));
    }

    const where = (values: string, over: Partial<Where> = {}): Where => {
      return { namespace, labelSelector: `app.kubernetes.io/name in (${values})`, ...over };
    };
    const both = 'contract-a,contract-b';
    const names = (objects: readonly ObjectMetadata[]): string[] => objects.map((each) => each.name);
    const remembered = (at: Where): string[] => names(harness.objects.inMemory(pods, at) ?? []);

    const comesTo = (at: Where, expected: readonly string[]): Promise<void> =>
      soon(() => expect(remembered(at)).toEqual(expected));

    it.each<[string, () => Where, string[]]>([
      ['of a namespace', () => where(both), ['contract-1', 'contract-2', 'contract-3']],
      ['that a selector selects', () => where('contract-a'), ['contract-1', 'contract-3']],
      ['by a name', () => where(both, { name: 'contract-2' }), ['contract-2']],
      ['by a name that is not among them', () => where('contract-a', { name: 'contract-2' }), []],
    ])('lists those %s, in order of their names, and comes to say the same from memory', async (_, at, expected) => {
      await soon(async () => expect(names(await harness.objects.list(pods, at()))).toEqual(expected));
      await comesTo(at(), expected);
    });

    it('lists those of all namespaces, with namespace and labels', async () => {
      const all = where('contract-a', { namespace: null });
      await soon(async () =>
        expect(names(await harness.objects.list(pods, all)).toSorted()).toEqual([
          'contract-1',
          'contract-3',
          'contract-4',
        ]),
      );
      const labels: unknown = expect.objectContaining({ 'app.kubernetes.io/name': 'contract-a' });
      expect(await harness.objects.list(pods, all)).toContainEqual({
        namespace: elsewhere,
        name: 'contract-4',
        labels,
      });
    });

    it('gives the very same array while nothing changed, and follows what comes and goes', async () => {
      await comesTo(where(both), ['contract-1', 'contract-2', 'contract-3']);
      const before = harness.objects.inMemory(pods, where('contract-a'));
      await create(pod(5, 'contract-b'));
      await comesTo(where('contract-b'), ['contract-2', 'contract-5']);
      expect(harness.objects.inMemory(pods, where('contract-a'))).toBe(before);
      await remove(pod(2, 'contract-b'));
      await comesTo(where('contract-b'), ['contract-5']);
      await create(pod(2, 'contract-b'));
      await comesTo(where('contract-b'), ['contract-2', 'contract-5']);
    });

    it('finds a pod by its new label as soon as it has one, and no longer by the old', async () => {
      await comesTo(where('contract-a'), ['contract-1', 'contract-3']);
      await harness.change(pod(3, 'contract-a'), { service: 'contract-b' });
      await comesTo(where('contract-b'), ['contract-2', 'contract-3']);
      expect(remembered(where('contract-a'))).toEqual(['contract-1']);
    });

    it.each(PHASES)('has pods in phase %s among all, and not among those that run', async (phase) => {
      const [all, running] = [where('contract-a'), where('contract-a', { running: true })];
      await comesTo(all, ['contract-1', 'contract-3']);
      await comesTo(running, ['contract-1', 'contract-3']);
      await harness.change(pod(1, 'contract-a'), { phase });
      await comesTo(running, ['contract-3']);
      expect(names(await harness.objects.list(pods, running))).toEqual(['contract-3']);
      expect(remembered(all)).toEqual(['contract-1', 'contract-3']);
      await harness.change(pod(1, 'contract-a'), { phase: 'Running' });
      await comesTo(running, ['contract-1', 'contract-3']);
    });

    it('refuses a selector that is none, and a resource that is not there', async () => {
      await expect(harness.objects.list(pods, { namespace, labelSelector: 'a in' })).rejects.toThrow(InvalidError);
      const unicorns = { ...pods, resource: 'unicorns', singular: 'unicorn', kind: 'Unicorn' };
      await expect(harness.objects.list(unicorns, { namespace, labelSelector: '' })).rejects.toThrow(NotFoundError);
    });
  });
}
