import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { behavior, type GivenBehavior } from '../../../src/domain/hpa/behavior.ts';
import { setCondition } from '../../../src/domain/hpa/conditions.ts';
import type { History } from '../../../src/domain/hpa/history.ts';
import { NOW, proposing, run, seen, unreadable } from './circumstances.ts';

const rules = fc.record({
  selectPolicy: fc.constantFrom('Max', 'Min', 'Disabled'),
  stabilizationWindowSeconds: fc.integer({ min: 0, max: 3600 }),
  policies: fc.array(
    fc.record({
      type: fc.constantFrom('Pods', 'Percent'),
      value: fc.integer({ min: 1, max: 500 }),
      periodSeconds: fc.integer({ min: 1, max: 1800 }),
    }),
    { minLength: 1, maxLength: 3 },
  ),
}) as fc.Arbitrary<NonNullable<GivenBehavior['scaleUp']>>;

const anyBehavior = fc.option(fc.record({ scaleUp: rules, scaleDown: rules }).map(behavior), { nil: null });

const ago = fc.integer({ min: 0, max: 4000 }).map((seconds) => NOW - seconds * 1000);
const event = fc.record({ change: fc.integer({ min: 1, max: 50 }), at: ago, outdated: fc.boolean() });
const anyHistory: fc.Arbitrary<History> = fc.record({
  recommendations: fc.array(fc.record({ replicas: fc.integer({ min: 0, max: 150 }), at: ago }), { maxLength: 6 }),
  scaleUps: fc.array(event, { maxLength: 4 }),
  scaleDowns: fc.array(event, { maxLength: 4 }),
});

const anyCase = fc
  .record({ min: fc.integer({ min: 1, max: 50 }), span: fc.integer({ min: 0, max: 50 }) })
  .chain(({ min, span }) =>
    fc.record({
      spec: anyBehavior.map((behavior) => ({ minReplicas: min, maxReplicas: min + span, behavior })),
      current: fc.integer({ min: 1, max: 150 }),
      proposal: fc.integer({ min: 0, max: 300 }),
      history: anyHistory,
    }),
  );

test('the result is within min and max, whatever the history and the behavior', () => {
  fc.assert(
    fc.property(anyCase, ({ spec, current, proposal, history }) => {
      const { replicas } = run({ spec, seen: seen(current, proposing(proposal)), history });
      return replicas >= spec.minReplicas && replicas <= spec.maxReplicas;
    }),
  );
});

test('a metric that cannot be read changes nothing but a count that is out of bounds', () => {
  fc.assert(
    fc.property(anyCase, ({ spec, current, history }) => {
      const { replicas } = run({ spec, seen: seen(current, { readings: [unreadable] }), history });
      return replicas === Math.min(Math.max(current, spec.minReplicas), spec.maxReplicas);
    }),
  );
});

test('a tick changes none of its inputs and gives the same answer twice', () => {
  fc.assert(
    fc.property(anyCase, ({ spec, current, proposal, history }) => {
      const before = structuredClone(history);
      const what = { spec, seen: seen(current, proposing(proposal)), history };
      expect(run(what)).toEqual(run(what));
      expect(history).toEqual(before);
    }),
    { numRuns: 30 },
  );
});

test('memory stays bounded: an hour of ticks needs no more entries than the longest window holds', () => {
  let history: History = { recommendations: [], scaleUps: [], scaleDowns: [] };
  let current = 10;
  for (let i = 0; i < 240; i++) {
    const proposal = i % 2 === 0 ? 40 : 20;
    const given = { scaleDown: { stabilizationWindowSeconds: 0 } };
    const spec = { behavior: behavior(given) };
    const result = run({ spec, seen: seen(current, proposing(proposal)), history, now: NOW + i * 15_000 });
    ({ history, replicas: current } = result);
  }
  expect(history.recommendations.length).toBeLessThanOrEqual(3);
  expect(history.scaleUps.length).toBeLessThanOrEqual(3);
  expect(history.scaleDowns.length).toBeLessThanOrEqual(3);
});

test('given policies replace the defaults as a whole, the rest is filled in', () => {
  const policies = [{ type: 'Pods', value: 1, periodSeconds: 60 } as const];
  expect(behavior({ scaleUp: { policies } })).toMatchObject({
    scaleUp: { policies, selectPolicy: 'Max', stabilizationWindowSeconds: 0 },
    scaleDown: { stabilizationWindowSeconds: null, policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }] },
  });
});

test('a condition keeps its transition time until its status flips', () => {
  const first = setCondition([], 1, 'ReadyForNewScale');
  const same = setCondition(first, 2, 'ScaleDownStabilized');
  expect(same).toMatchObject([{ reason: 'ScaleDownStabilized', lastTransitionTime: 1 }]);
  const active = setCondition(same, 3, 'ScalingDisabled');
  expect(setCondition(active, 4, 'ValidMetricFound', 'x')[1]).toMatchObject({
    status: 'True',
    lastTransitionTime: 4,
    message: 'the HPA was able to successfully calculate a replica count from x',
  });
});
