/**
 * The vectors about one metric's proposal: V1-V7, V9-V16, V35. Expected counts come from the controller's own table tests or
 * from its source. The vectors about whole ticks are in tick-vectors.test.ts; between the two files all of V1-V36 are covered.
 */
import { behavior } from '../../../src/domain/hpa/behavior.ts';
import type { MetricSpec } from '../../../src/domain/hpa/hpa-spec.ts';
import type { Reading } from '../../../src/domain/hpa/observation.ts';
import { type Circumstances, propose } from '../../../src/domain/hpa/proposal.ts';
import {
  averageValue,
  cpu,
  externalValue,
  history,
  NOW,
  notReady,
  objectValue,
  on,
  pod,
  pods,
  podsMetric,
  run,
  samples,
  seen,
  values,
} from './circumstances.ts';

type Vector = [name: string, metric: MetricSpec, reading: Reading, circumstances: Circumstances, expected: number];

const tolerant = (scaleUp: number): Circumstances['spec']['behavior'] => behavior({ scaleUp: { tolerance: scaleUp } });
const pending = (name: string) => pod(name, { phase: 'Pending', ready: null });
/** Started a minute ago and not ready yet: within the cpu initialization period. */
const starting = (name: string) =>
  pod(name, { startTime: NOW - 60_000, ready: { status: 'False', since: NOW - 60_000 } });
const requesting = (...requests: number[]) =>
  requests.map((cpu, i) => pod(`pod-${i}`, { requests: { cpu: BigInt(cpu) } }));

const external: Vector[] = [
  ['V1 AverageValue above the tolerance', averageValue(2150n), values(8600), on(3), 4],
  ['V1 AverageValue within the tolerance', averageValue(2900n), values(8600), on(3), 3],
  ['V1 AverageValue, a scaleUp tolerance of 1 %', averageValue(2800n), values(8600), on(3, {}, tolerant(0.01)), 4],
  ['V2 1.1 is within', averageValue(1000n), values(11_000), on(10), 10],
  ['V2 just above 1.1 is not', averageValue(1000n), values(11_001), on(10), 12],
  ['V2 0.9 is within', averageValue(1000n), values(9000), on(10), 10],
  ['V2 just below 0.9 is not', averageValue(1000n), values(8999), on(10), 9],
  ['V3 AverageValue counts status replicas', averageValue(10_000n), values(40_000), on(6, { statusReplicas: 4 }), 4],
  ['V4 no status replicas, usage', averageValue(1000n), values(2500), on(1, { statusReplicas: 0 }), 3],
  ['V4 no status replicas, no usage', averageValue(1000n), values(0), on(1, { statusReplicas: 0 }), 0],
  [
    'V5 more than an int32 is capped',
    averageValue(1n),
    { type: 'Values', values: [2n ** 63n - 1n] },
    on(1),
    2_147_483_647,
  ],
  ['V6 Value counts ready pods', externalValue(4400n), values(8600), on(3, { pods: [...pods(1), notReady('a')] }), 2],
  ['V6 Value, scale down', externalValue(14_334n), values(8600), on(5), 3],
  ['V6 Value within the tolerance', externalValue(8888n), values(8600), on(3), 3],
  ['V7 an unready fleet proposes zero', externalValue(1000n), values(5000), on(3, { pods: [notReady('a')] }), 0],
  ['V9 the order of float operations', externalValue(3000n), values(7000), on(27), 64],
];

const unreadyTwo = { pods: [notReady('pod-0'), pod('pod-1'), notReady('pod-2')] };
const twoOfFourPending = { pods: [pod('pod-0'), pod('pod-1'), pending('pod-2'), pending('pod-3')] };

const ofPods: Vector[] = [
  ['V10 the mean over pods', podsMetric(15_000n), samples(20_000, 10_000, 30_000), on(3), 4],
  ['V10 unready pods count', podsMetric(15_000n), samples(50_000, 15_000, 30_000), on(3, unreadyTwo), 7],
  ['V11 the mean is truncated', podsMetric(1000n), samples(1101, 1100, 1100), on(3), 3],
  ['V11 the mean above the tolerance', podsMetric(1000n), samples(1101, 1101, 1101), on(3), 4],
  [
    'V12 a missing pod never turns a change round',
    podsMetric(17_000n),
    samples(10_000, 10_000),
    on(2, { pods: pods(3) }),
    2,
  ],
  ['V13 missing pods damp a scale-up', podsMetric(1000n), samples(4000, 4000), on(4), 8],
  ['V13 pending pods damp a scale-up', podsMetric(1000n), samples(3000, 3000), on(4, twoOfFourPending), 6],
  ['V14 cpu utilization', cpu(30), samples(300, 500, 700), on(3), 5],
  ['V14 a starting pod', cpu(30), samples(300, 500, 700), on(3, { pods: [starting('pod-0'), ...pods(3).slice(1)] }), 4],
  ['V15 missing pods hold a scale-down back', cpu(100), samples(400, 95), on(4), 3],
  ['V16 utilization is truncated', cpu(100), samples(1099, 1100), on(2), 2],
  ['V16 utilization above the tolerance', cpu(100), samples(1110, 1110), on(2), 3],
  [
    'V35 a scaleUp tolerance of 1 %',
    cpu(100),
    samples(1010, 1030, 1020),
    on(3, { pods: requesting(900, 1000, 1100) }, tolerant(0.01)),
    4,
  ],
];

test.each([...external, ...ofPods])('%s', (_name, metric, reading, circumstances, expected) => {
  expect(propose(metric, reading, circumstances)).toMatchObject({ type: 'Proposed', replicas: expected });
});

test('V1 the average in the status is rounded up', () => {
  const current = { type: 'AverageValue', averageValue: 2867n };
  expect(propose(averageValue(2150n), values(8600), on(3))).toMatchObject({ current });
});

test.each<[string, Circumstances, MetricSpec, Reading, number]>([
  ['V14', on(3), cpu(30), samples(300, 500, 700), 50],
  ['V15', on(4), cpu(100), samples(400, 95), 24],
  ['V16', on(2), cpu(100), samples(1099, 1100), 109],
])('%s the utilization in the status is over the pods that were read', (_name, on, metric, reading, percent) => {
  expect(propose(metric, reading, on)).toMatchObject({ current: { averageUtilization: percent } });
});

test('the status of an AverageValue with no replicas is the smallest int64, as on amd64', () => {
  const current = { averageValue: -(2n ** 63n) };
  expect(propose(averageValue(1000n), values(2500), on(0))).toMatchObject({ current });
});

test('a negative external metric is taken for an overflow and asks for every replica', () => {
  expect(propose(averageValue(1000n), values(-5), on(3))).toMatchObject({ replicas: 2_147_483_647 });
});

test('an object metric that asks for more than an int32 becomes negative, which scales down', () => {
  const metric: MetricSpec = { ...objectValue(1n), target: { type: 'AverageValue', averageValue: 1n } };
  const huge = values(2 ** 40);
  expect(propose(metric, huge, on(3))).toMatchObject({ replicas: -(2 ** 31) });
  expect(
    run({ spec: { metrics: [metric] }, seen: seen(3, { readings: [huge] }), history: history({ recs: '1@15' }) }),
  ).toMatchObject({
    replicas: 1,
    why: 'All metrics below target',
  });
});

test('several items are summed', () => {
  expect(propose(averageValue(1000n), values(4000, 2000, 1000), on(3))).toMatchObject({ replicas: 7 });
});

const selector = { service: 'video', region: 'kr' };

test.each<[string, MetricSpec, Reading, Circumstances, object]>([
  [
    'an external metric that is not read',
    { ...externalValue(1n), metric: { name: 'viewers', selector } } as MetricSpec,
    { type: 'Unreadable', message: 'E' },
    on(3),
    {
      reason: 'FailedGetExternalMetric',
      message:
        'unable to get external metric streaming/viewers/&LabelSelector{MatchLabels:map[string]string{region: kr,service: video,},MatchExpressions:[]LabelSelectorRequirement{},}: unable to fetch metrics from external metrics API: E',
    },
  ],
  [
    'an external metric without items',
    averageValue(1n),
    values(),
    on(3),
    {
      error:
        'failed to get viewers external metric value: failed to get viewers external metric: unable to get external metric streaming/viewers/nil: no metrics returned from external metrics API',
    },
  ],
  [
    'a Value target whose selector matches no pod',
    externalValue(1n),
    values(5),
    on(3, { pods: [] }),
    { message: 'unable to calculate ready pods: no pods returned by selector while calculating replica count' },
  ],
  [
    'a pod without a request',
    cpu(50),
    samples(1),
    on(1, { pods: [pod('pod-0', { requests: {} })] }),
    {
      reason: 'FailedGetResourceMetric',
      message: 'failed to get cpu utilization: missing request for cpu in Pod pod-0',
    },
  ],
  [
    'samples of unready pods alone',
    podsMetric(1n),
    samples(5),
    on(1, { pods: [pending('pod-0')] }),
    {
      reason: 'FailedGetPodsMetric',
      message: 'did not receive metrics for targeted pods (pods might be unready)',
    },
  ],
])('%s is an error in the controller’s words', (_name, metric, reading, circumstances, expected) => {
  expect(propose(metric, reading, circumstances)).toMatchObject({
    type: 'Failed',
    ...expected,
  });
});
