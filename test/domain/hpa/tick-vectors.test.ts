/**
 * The vectors about whole ticks: V8, V17-V34, V36, driven through tick() by a metric that asks for exactly p. V24's limits are
 * asked directly. With proposal-vectors.test.ts all of V1-V36 are covered.
 */
import { behavior, type GivenBehavior } from '../../../src/domain/hpa/behavior.ts';
import { scaleDownLimit, scaleUpLimit } from '../../../src/domain/hpa/limits.ts';
import {
  type Case,
  cpu,
  externalValue,
  history,
  NOW,
  objectValue,
  proposing,
  reasonOf,
  run,
  samples,
  SCALED_TO_ZERO,
  seen,
  unreadable,
  values,
} from './circumstances.ts';

type Expected = {
  d: number;
  limited?: string;
  able?: string;
  why?: string;
  active?: string;
  scaledToZero?: string;
  recs?: number[];
};
type Vector = [name: string, what: Case, expected: Expected];

/** current replicas, the metrics' proposal, and what else matters. */
const at = (current: number, p: number, rest: Omit<Case, 'seen'> = {}): Case => ({
  seen: seen(current, proposing(p)),
  ...rest,
});
const atZero = (p: number, rest: Omit<Case, 'seen'>): Case => ({
  seen: seen(0, { ...proposing(p), conditions: SCALED_TO_ZERO }),
  ...rest,
});
const having = (given: GivenBehavior) => behavior(given);
const up = (rules: GivenBehavior['scaleUp']) => having({ scaleUp: { ...rules } });
const down = (rules: GivenBehavior['scaleDown']) => having({ scaleDown: { stabilizationWindowSeconds: 0, ...rules } });
const percent = (value: number, periodSeconds: number) => ({
  policies: [{ type: 'Percent', value, periodSeconds } as const],
});
const podsLimit = (value: number, periodSeconds: number) => ({
  policies: [{ type: 'Pods', value, periodSeconds } as const],
});

const zeroAndBounds: Vector[] = [
  [
    'V8 the controller wakes what it scaled to zero',
    {
      spec: { metrics: [objectValue(15_000n)], minReplicas: 0 },
      seen: seen(0, { conditions: SCALED_TO_ZERO, readings: [values(20_000)] }),
    },
    { d: 2, scaledToZero: 'NotScaledToZero', why: 'Ingress metric viewers above target' },
  ],
  [
    'V20 below min is one jump, no metric is read',
    { spec: { minReplicas: 3, maxReplicas: 5 }, seen: seen(2, { readings: [unreadable] }) },
    { d: 3, why: 'Current number of replicas below Spec.MinReplicas' },
  ],
  [
    'V20 above max is one jump, no metric is read',
    { spec: { minReplicas: 3, maxReplicas: 5 }, seen: seen(10, { readings: [unreadable] }) },
    { d: 5, why: 'Current number of replicas above Spec.MaxReplicas' },
  ],
  [
    'V31 from zero to a raised min, without behavior',
    atZero(10, { spec: { minReplicas: 5 } }),
    { d: 5, why: 'external metric viewers(nil) above target' },
  ],
  [
    'V31 from zero to a raised min, with behavior and no usage',
    atZero(0, { spec: { minReplicas: 5, behavior: having({}) } }),
    { d: 5, why: 'Current number of replicas below Spec.MinReplicas' },
  ],
  [
    'V32 from zero by min alone',
    {
      spec: { metrics: [objectValue(15_000n)], minReplicas: 2 },
      seen: seen(0, { conditions: SCALED_TO_ZERO, readings: [values(10_000)] }),
    },
    { d: 2, limited: 'TooFewReplicas' },
  ],
  [
    'V32 a zero made by a person stays, whatever the metric says',
    { spec: { metrics: [objectValue(15_000n)], minReplicas: 0 }, seen: seen(0, { readings: [values(99_000)] }) },
    { d: 0, active: 'ScalingDisabled' },
  ],
];

const windows: Vector[] = [
  [
    'V17 without behavior an old recommendation undoes a manual scale-down',
    at(5, 5, { history: history({ recs: '10@100' }) }),
    { d: 10, able: 'SucceededRescale', why: '' },
  ],
  [
    'V17 with behavior it does not',
    at(5, 5, { spec: { behavior: having({}) }, history: history({ recs: '10@100' }) }),
    { d: 5 },
  ],
  [
    'V18 a lowered floor after a quiet window drops in one tick, without behavior',
    at(40, 3, { spec: { minReplicas: 2 }, history: history({ recs: '3@290 3@150 3@15' }) }),
    { d: 3, why: 'All metrics below target' },
  ],
  [
    'V18 and with behavior',
    at(40, 3, {
      spec: { minReplicas: 2, behavior: having({}) },
      history: history({ recs: '3@290 3@150 3@15' }),
    }),
    { d: 3 },
  ],
  [
    'V18 a controller that started 120 s ago holds',
    at(40, 3, { spec: { minReplicas: 2 }, history: history({ recs: '40@120' }) }),
    { d: 40, able: 'ScaleDownStabilized' },
  ],
  [
    'V18 until its first recommendation is 300 s old',
    at(40, 3, { spec: { minReplicas: 2 }, history: history({ recs: '40@301' }) }),
    { d: 3 },
  ],
  [
    'V19 the last outdated recommendation is replaced',
    at(5, 3, { history: history({ recs: '10@600 4@60 5@120 9@540' }) }),
    { d: 5, recs: [10, 4, 5, 3] },
  ],
  [
    'V29 the lowest of the up window',
    at(5, 20, {
      spec: { behavior: up({ stabilizationWindowSeconds: 60 }) },
      history: history({ recs: '8@30 12@15' }),
    }),
    { d: 8, able: 'SucceededRescale' },
  ],
  [
    'V29 between both windows nothing moves',
    at(6, 7, {
      spec: {
        behavior: having({
          scaleUp: { stabilizationWindowSeconds: 60 },
          scaleDown: { stabilizationWindowSeconds: 60 },
        }),
      },
      history: history({ recs: '3@30 9@15' }),
    }),
    { d: 6, able: 'ScaleUpStabilized' },
  ],
  [
    'V30 the up window alone, and the list after it',
    at(1, 100, {
      spec: {
        behavior: having({
          scaleUp: { stabilizationWindowSeconds: 300 },
          scaleDown: { stabilizationWindowSeconds: 0 },
        }),
      },
      history: history({ recs: '10@6000 6@60 5@120 9@180' }),
    }),
    { d: 5, recs: [100, 6, 5, 9] },
  ],
  ['V36 the first tick after a start holds the count it finds', at(5, 3), { d: 5, able: 'ScaleDownStabilized' }],
];

const limits: Vector[] = [
  [
    'V22 up, Percent, with changes both ways in the period',
    at(6, 24, { spec: { behavior: up(percent(300, 300)) }, history: history({ ups: '4@60', downs: '2@60' }) }),
    { d: 16, limited: 'ScaleUpLimit' },
  ],
  [
    'V22 up, Pods, the budget is spent',
    at(100, 500, { spec: { behavior: up(podsLimit(5, 120)) }, history: history({ ups: '15@60' }) }),
    { d: 100, limited: 'ScaleUpLimit' },
  ],
  [
    'V23 down, Percent, part of the budget is spent',
    at(100, 0, { spec: { behavior: down(percent(50, 120)) }, history: history({ recs: '0@15', downs: '12@60' }) }),
    { d: 56, limited: 'ScaleDownLimit' },
  ],
  [
    'V23 down, Percent, the budget is spent',
    at(100, 0, { spec: { behavior: down(percent(10, 120)) }, history: history({ recs: '0@15', downs: '30@60' }) }),
    { d: 100, limited: 'ScaleDownLimit' },
  ],
  [
    'V25 down Disabled',
    at(10, 3, { spec: { behavior: down({ selectPolicy: 'Disabled' }) }, history: history({ recs: '3@15' }) }),
    { d: 10, limited: 'ScaleDownLimit' },
  ],
  [
    'V26 without behavior at most twice the count',
    at(3, 1000, { spec: { maxReplicas: 2000 } }),
    { d: 6, limited: 'ScaleUpLimit' },
  ],
  [
    'V26 without behavior at most max',
    at(5, 1000, { spec: { maxReplicas: 10 } }),
    { d: 10, limited: 'TooManyReplicas' },
  ],
  ['V27 up 10 % of 100 is 111', at(100, 500, { spec: { behavior: up(percent(10, 60)) } }), { d: 111 }],
  ['V27 up 10 % of 50 is 56', at(50, 500, { spec: { behavior: up(percent(10, 60)) } }), { d: 56 }],
  [
    'V28 down 90 % of 10 is 0',
    at(10, 0, { spec: { minReplicas: 0, behavior: down(percent(90, 60)) } }),
    { d: 0, scaledToZero: 'ScaledToZero' },
  ],
  [
    'V28 down 90 % of 100 is 9',
    at(100, 0, { spec: { minReplicas: 0, behavior: down(percent(90, 60)) } }),
    { d: 9, limited: 'ScaleDownLimit' },
  ],
];

const broken: Vector[] = [
  [
    'V33 a broken metric does not stop a scale-up',
    {
      spec: { metrics: [externalValue(1n), cpu(30)] },
      seen: seen(3, { readings: [unreadable, samples(300, 400, 500)] }),
    },
    { d: 4, active: 'ValidMetricFound', why: 'cpu resource utilization (percentage of request) above target' },
  ],
  [
    'V34 a broken metric stops a scale-down',
    {
      spec: { metrics: [cpu(50), externalValue(1n)] },
      seen: seen(5, { readings: [samples(300, 300, 300, 300, 300), unreadable] }),
    },
    { d: 5, active: 'FailedGetExternalMetric' },
  ],
];

test.each([...zeroAndBounds, ...windows, ...limits, ...broken])('%s', (_name, what, { d, recs, why, ...reasons }) => {
  const result = run(what);
  expect(result.replicas).toBe(d);
  if (why !== undefined) expect(result.why).toBe(why);
  if (recs) expect(result.history.recommendations.map(({ replicas }) => replicas)).toEqual(recs);
  const types = {
    limited: 'ScalingLimited',
    able: 'AbleToScale',
    active: 'ScalingActive',
    scaledToZero: 'ScaledToZero',
  };
  const found = Object.fromEntries(
    Object.entries(types).map(([key, type]) => [key, reasonOf(result, type as 'ScalingLimited')]),
  );
  expect(found).toMatchObject(reasons);
});

test('V21 a jump to min spends the scale-up budget of the ticks after it', () => {
  const spec = { minReplicas: 40, behavior: having({}) };
  const jump = run({ spec, seen: seen(8) });
  expect(jump).toMatchObject({ replicas: 40, why: 'Current number of replicas below Spec.MinReplicas', metrics: null });

  const next = (seconds: number) =>
    run({ spec, seen: seen(40, proposing(100)), history: jump.history, now: NOW + seconds * 1000 });
  expect(next(10)).toMatchObject({ replicas: 40, rescaled: false });
  expect(reasonOf(next(10), 'ScalingLimited')).toBe('ScaleUpLimit');
  expect(next(16)).toMatchObject({ replicas: 80, rescaled: true });
});

test('V24 selectPolicy Min takes the smallest change', () => {
  const rules = {
    ...having({}).scaleUp,
    selectPolicy: 'Min' as const,
    policies: [...podsLimit(2, 60).policies, ...percent(50, 60).policies],
  };
  expect(scaleUpLimit(NOW, 1, history({}), rules)).toBe(2);
  expect(scaleDownLimit(NOW, 5, history({}), rules)).toBe(3);
});

test('V33, V34 the error names how many metrics failed and what the first said', () => {
  const [, scaleUp] = broken[0]!;
  const [, scaleDown] = broken[1]!;
  const first =
    /^invalid metrics \(1 invalid out of 2\), first error is: failed to get viewers external metric value: /;
  expect(run(scaleUp).error).toMatch(first);
  expect(run(scaleDown)).toMatchObject({ error: expect.stringMatching(first), rescaled: false });
});

test('a percentage so large that Go’s int32 overflows does not scale up at all', () => {
  expect(run(at(200, 300, { spec: { behavior: up(percent(2_000_000_000, 60)) } }))).toMatchObject({ replicas: 200 });
});
