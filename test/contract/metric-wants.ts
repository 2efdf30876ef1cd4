import type { MetricSpec } from '../../src/domain/hpa/hpa-spec.ts';
import type { TargetRef } from '../../src/domain/target.ts';
import type { Following, MetricWant, MetricWants } from '../../src/ports/metric-wants.ts';
import { soon } from '../support/soon.ts';

/** HPAs under test, and the people who make them. */
export type MetricWantsHarness = {
  wants: MetricWants;
  create(target: TargetRef, metrics: readonly MetricSpec[]): Promise<void>;
  /** The HPA is there, and names these from now on. */
  edit(target: TargetRef, metrics: readonly MetricSpec[]): Promise<void>;
  remove(target: TargetRef): Promise<void>;
};

const value = { type: 'AverageValue', averageValue: 1000n } as const;

/** What every MetricWants promises: the one of a real API server and the one in memory. */
export function metricWantsContract(name: string, make: () => Promise<MetricWantsHarness>): void {
  describe(`the MetricWants port on ${name}`, () => {
    let harness: MetricWantsHarness;
    let following: Following;
    let told: (readonly MetricWant[])[];
    let number = 0;
    let metric = '';
    const hpa = (letter: string): TargetRef => ({ namespace: 'default', name: `${metric}-${letter}` });
    const external = (selector: Record<string, string> | null = null): MetricSpec => {
      return { type: 'External', metric: { name: metric.toUpperCase(), selector }, target: value };
    };
    /** Those of this test, as they were told last. */
    const last = (): MetricWant[] => (told.at(-1) ?? []).filter((want) => want.metric.toLowerCase() === metric);
    const want = (selector = ''): MetricWant => ({ type: 'external', namespace: 'default', metric, selector });

    beforeEach(async () => {
      harness ??= await make();
      number += 1;
      metric = `contract-wants-${number}`;
      told = [];
      following = harness.wants.follow((wants) => told.push(wants));
      await soon(() => expect(following.synced()).toBe(true));
    });
    afterEach(async () => {
      await following.close();
      for (const letter of ['a', 'b']) await harness.remove(hpa(letter)).catch(() => {}); // not there in each test
    });

    it('tells what there is from the start, also to a second one', async () => {
      await harness.create(hpa('a'), [external()]);
      await soon(() => expect(last()).toEqual([want()]));
      let second: readonly MetricWant[] = [];
      const other = harness.wants.follow((wants) => (second = wants));
      await soon(() => expect(second).toEqual(told.at(-1)));
      await other.close();
    });

    it('tells each metric once, of External, Pods and Object, with canonical selectors', async () => {
      const named = { name: metric, selector: { b: '1', a: '2' } };
      const describedObject = { kind: 'Service', name: 'main' };
      const metrics: MetricSpec[] = [
        external({ b: '1', a: '2' }),
        { type: 'Resource', name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } },
        { type: 'Pods', metric: named, target: value },
        { type: 'Object', metric: { name: metric, selector: null }, describedObject, target: value },
      ];
      await harness.create(hpa('a'), metrics);
      await harness.create(hpa('b'), metrics);
      const custom = { type: 'custom', namespace: 'default', metric };
      await soon(() =>
        expect(last()).toEqual([
          { ...custom, resource: 'pods', object: '*', metricLabelSelector: 'a=2,b=1' },
          { ...custom, resource: 'services', object: 'main', metricLabelSelector: '' },
          want('a=2,b=1'),
        ]),
      );
    });

    it('follows HPAs that come and go', async () => {
      await harness.create(hpa('a'), [external({ of: 'a' })]);
      await harness.create(hpa('b'), [external({ of: 'b' })]);
      await soon(() => expect(last()).toEqual([want('of=a'), want('of=b')]));
      await harness.remove(hpa('a'));
      await soon(() => expect(last()).toEqual([want('of=b')]));
    });

    it('follows an HPA that is edited: what it named is gone, what it names is there', async () => {
      await harness.create(hpa('a'), [external({ of: 'before' })]);
      await soon(() => expect(last()).toEqual([want('of=before')]));
      await harness.edit(hpa('a'), [external({ of: 'after' }), external({ of: 'too' })]);
      await soon(() => expect(last()).toEqual([want('of=after'), want('of=too')]));
      await harness.edit(hpa('a'), [{ type: 'Resource', name: 'cpu', target: value }]);
      await soon(() => expect(last()).toEqual([]));
    });

    it('keeps what two HPAs name until neither does', async () => {
      await harness.create(hpa('a'), [external()]);
      await harness.create(hpa('b'), [external(), external({ of: 'b' })]);
      await soon(() => expect(last()).toEqual([want(), want('of=b')]));
      await harness.edit(hpa('b'), [external()]);
      await soon(() => expect(last()).toEqual([want()]));
      await harness.remove(hpa('a'));
      await harness.edit(hpa('b'), [external({ of: 'b' }), external()]);
      await soon(() => expect(last()).toEqual([want(), want('of=b')]));
      await harness.remove(hpa('b'));
      await soon(() => expect(last()).toEqual([]));
    });

    it('tells nothing after it was closed', async () => {
      await following.close();
      const before = told.length;
      let second: readonly MetricWant[] = [];
      const other = harness.wants.follow((wants) => (second = wants));
      await harness.create(hpa('a'), [external()]);
      await soon(() => expect(second).toContainEqual(want()));
      await other.close();
      expect(told).toHaveLength(before);
    });
  });
}
