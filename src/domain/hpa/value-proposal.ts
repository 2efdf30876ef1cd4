import { type AverageValueTarget, type MetricSpec, selectorText, type ValueTarget } from './hpa-spec.ts';
import { add64, int32, int64, MAX_INT32, MAX_INT64, type Milli } from './int.ts';
import { isReady, type Reading } from './observation.ts';
import type { Circumstances, MetricValue, Proposal } from './proposal.ts';
import { tolerances, within } from './tolerance.ts';

type External = Extract<MetricSpec, { type: 'External' }>;
type ObjectMetric = Extract<MetricSpec, { type: 'Object' }>;

/** External: the items are summed, and counts beyond an int32 are capped. */
export function externalProposal({ metric, target }: External, reading: Reading, on: Circumstances): Proposal {
  const { name } = metric;
  const failed = (cause: string): Proposal => {
    const inner =
      target.type === 'Value' ? `failed to get external metric ${name}` : `failed to get ${name} external metric`;
    const error = `failed to get ${name} external metric value: ${inner}: ${cause}`;
    return { type: 'Failed', reason: 'FailedGetExternalMetric', message: cause, error };
  };
  const values = itemsOf(reading, 'external');
  if (typeof values === 'string') {
    return failed(`unable to get external metric ${on.spec.namespace}/${name}/${selectorText(metric)}: ${values}`);
  }
  const answer =
    target.type === 'Value'
      ? byRatio(sum(values), target, on)
      : perPod(sumToFirstNegative(values), target, on, 'capped');
  return typeof answer === 'string'
    ? failed(answer)
    : { type: 'Proposed', name: `external metric ${name}(${selectorText(metric)})`, ...answer };
}

/** Object: one item. */
export function objectProposal(spec: ObjectMetric, reading: Reading, on: Circumstances): Proposal {
  const { metric, target, describedObject } = spec;
  const { kind } = describedObject;
  const failed = (cause: string): Proposal => {
    const inner = target.type === 'Value' ? '' : `failed to get ${metric.name} object metric: `;
    const error = `failed to get object metric value: ${inner}${cause}`;
    return { type: 'Failed', reason: 'FailedGetObjectMetric', message: cause, error };
  };
  const values = itemsOf(reading, 'custom');
  if (typeof values === 'string') {
    return failed(
      `unable to get metric ${metric.name} on ${kind} ${on.spec.namespace}/${describedObject.name}: ${values}`,
    );
  }
  const usage = values[0]!;
  const answer = target.type === 'Value' ? byRatio(usage, target, on) : perPod(usage, target, on, 'wrapped');
  if (typeof answer === 'string') return failed(answer);
  // The controller calls an Object metric with an AverageValue target "external" in its reasons.
  const name =
    target.type === 'Value'
      ? `${kind} metric ${metric.name}`
      : `external metric ${metric.name}(${selectorText(metric)})`;
  return { type: 'Proposed', name, ...answer };
}

type Answer = { replicas: number; current: MetricValue };

/** Value: so many times the ready pods as usage is of the target; from zero, so many pods. A text is an error. */
function byRatio(usage: Milli, target: ValueTarget, { seen, spec, flags }: Circumstances): Answer | string {
  const current: MetricValue = { type: 'Value', value: usage };
  const ratio = Number(usage) / Number(target.value);
  if (seen.specReplicas === 0) return { replicas: int32(Math.ceil(ratio)), current };
  if (within(tolerances(spec.behavior, flags), ratio)) return { replicas: seen.specReplicas, current };
  if (seen.pods.length === 0) {
    return 'unable to calculate ready pods: no pods returned by selector while calculating replica count';
  }
  return { replicas: capped(Math.ceil(ratio * seen.pods.filter(isReady).length)), current };
}

/**
 * AverageValue: against the replicas in the target's status, not in its spec. At 0 of them the ratio is never within. What is
 * too large for Go's integers is capped for an External metric; for an Object metric it becomes negative, which counts as 0.
 */
function perPod(
  usage: Milli,
  { averageValue }: AverageValueTarget,
  { seen, spec, flags }: Circumstances,
  overflow: 'capped' | 'wrapped',
): Answer {
  const replicas = seen.statusReplicas;
  const average =
    overflow === 'capped' && Number(usage) >= 2 ** 63 ? MAX_INT64 : int64(Math.ceil(Number(usage) / replicas));
  const current: MetricValue = { type: 'AverageValue', averageValue: average };
  const ratio = Number(usage) / (Number(averageValue) * replicas);
  if (within(tolerances(spec.behavior, flags), ratio)) return { replicas, current };
  const needed = Math.ceil(Number(usage) / Number(averageValue));
  return { replicas: overflow === 'capped' ? capped(needed) : int32(needed), current };
}

const capped = (replicas: number): number => (replicas > MAX_INT32 ? MAX_INT32 : int32(replicas));

/** The values, or the error of the controller's metrics client. */
function itemsOf(reading: Reading, api: 'external' | 'custom'): readonly Milli[] | string {
  if (reading.type === 'Unreadable') return `unable to fetch metrics from ${api} metrics API: ${reading.message}`;
  if (reading.type === 'Values' && reading.values.length > 0) return reading.values;
  return `no metrics returned from ${api} metrics API`;
}

/** GetExternalMetricReplicas: an overflow is the largest int64. */
function sum(values: readonly Milli[]): Milli {
  let usage = 0n;
  for (const value of values) {
    if (value > 0n && usage > MAX_INT64 - value) return MAX_INT64;
    usage = add64(usage, value);
  }
  return usage;
}

/** GetExternalPerPodMetricReplicas: a sum below zero is taken for an overflow, so a negative metric asks for every replica. */
function sumToFirstNegative(values: readonly Milli[]): Milli {
  let usage = 0n;
  for (const value of values) {
    usage = add64(usage, value);
    if (usage < 0n) return MAX_INT64;
  }
  return usage;
}
