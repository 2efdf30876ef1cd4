import type { MetricSpec } from './hpa-spec.ts';
import { add64, int32, type Milli } from './int.ts';
import type { Pod, Reading, Sample } from './observation.ts';
import { groupPods } from './pod-groups.ts';
import type { Circumstances, MetricValue, Proposal } from './proposal.ts';
import { type Tolerances, tolerances, within } from './tolerance.ts';

type PodsMetric = Extract<MetricSpec, { type: 'Pods' }>;
type ResourceMetric = Extract<MetricSpec, { type: 'Resource' }>;
type Usage = Map<string, Milli>;

/** The average over pods of a metric of theirs. */
export function podsProposal({ metric, target }: PodsMetric, reading: Reading, on: Circumstances): Proposal {
  const answer = averaged({ reading, api: 'custom', resource: '', ...plain(target.averageValue) }, on);
  if (typeof answer !== 'string') return { type: 'Proposed', name: `pods metric ${metric.name}`, ...answer };
  const message = isRead(reading) ? answer : `unable to get metric ${metric.name}: ${answer}`;
  const error = `failed to get pods metric value: ${message}`;
  return { type: 'Failed', reason: 'FailedGetPodsMetric', message, error };
}

/** cpu or memory of the pods: an average, or a percentage of what they request. */
export function resourceProposal({ name, target }: ResourceMetric, reading: Reading, on: Circumstances): Proposal {
  const rule =
    target.type === 'Utilization' ? ofRequests(name, target.averageUtilization, on) : plain(target.averageValue);
  const answer = averaged({ reading, api: 'resource', resource: name, ...rule }, on);
  if (typeof answer !== 'string') {
    const label =
      target.type === 'Utilization' ? `${name} resource utilization (percentage of request)` : `${name} resource`;
    return { type: 'Proposed', name: label, ...answer };
  }
  const cause = isRead(reading) ? answer : `unable to get metrics for resource ${name}: ${answer}`;
  const message = `failed to get ${name} ${target.type === 'Utilization' ? 'utilization' : 'usage'}: ${cause}`;
  const error = `failed to get ${name} resource metric value: ${message}`;
  return { type: 'Failed', reason: 'FailedGetResourceMetric', message, error };
}

const isRead = (reading: Reading): boolean => reading.type === 'Samples' && reading.samples.size > 0;

/** How usage is compared with the target, and what a pod without a sample is taken to use on the way down. */
type Rule = {
  /** A text is an error. */
  ratio(usage: Usage): { ratio: number; current: MetricValue } | string;
  fallback(pod: string): Milli;
};

const plain = (target: Milli): Rule => ({
  ratio(usage) {
    const averageValue = total(usage.values()) / BigInt(usage.size);
    return { ratio: Number(averageValue) / Number(target), current: { type: 'AverageValue', averageValue } };
  },
  fallback: () => target,
});

function ofRequests(resource: string, target: number, { seen }: Circumstances): Rule & { lacking: string | null } {
  const requests = new Map(seen.pods.map((pod) => [pod.name, pod.requests[resource] ?? 0n]));
  const without = seen.pods.find((pod) => pod.requests[resource] === undefined);
  return {
    // One pod without a request, even a failed one, makes the whole metric an error.
    lacking: without ? `missing request for ${resource} in Pod ${without.name}` : null,
    ratio(usage) {
      const known = [...usage].filter(([pod]) => requests.has(pod));
      const used = total(known.map(([, value]) => value));
      const requested = total(known.map(([pod]) => requests.get(pod)!));
      if (requested === 0n) return 'no metrics returned matched known pods';
      const averageUtilization = Number(BigInt.asIntN(32, BigInt.asIntN(64, used * 100n) / requested));
      const averageValue = used / BigInt(known.length);
      return {
        ratio: averageUtilization / target,
        current: { type: 'Utilization', averageUtilization, averageValue },
      };
    },
    fallback: (pod) => ((requests.get(pod) ?? 0n) * BigInt(Math.max(100, target))) / 100n,
  };
}

type Averaged = Rule & {
  reading: Reading;
  api: 'custom' | 'resource';
  resource: string;
  lacking?: string | null;
};

/**
 * calcPlainMetricReplicas and GetResourceReplicas (replica_calculator.go), which differ in the rule alone. Pods without a
 * sample are taken against the direction: they hold a scale-down back, and damp a scale-up. A text is an error.
 */
function averaged(how: Averaged, on: Circumstances): { replicas: number; current: MetricValue } | string {
  const { reading, api } = how;
  if (reading.type === 'Unreadable') return `unable to fetch metrics from ${api} metrics API: ${reading.message}`;
  if (reading.type === 'Values' || reading.samples.size === 0) return `no metrics returned from ${api} metrics API`;
  const { pods, specReplicas: current } = on.seen;
  if (pods.length === 0) return 'no pods returned by selector while calculating replica count';

  const { readyCount, unready, missing, ignored } = groupPods(on.now, pods, reading.samples, {
    resource: how.resource,
    flags: on.flags,
  });
  const usage: Usage = new Map(counted(reading.samples, unready, ignored));
  if (usage.size === 0) return 'did not receive metrics for targeted pods (pods might be unready)';
  if (how.lacking) return how.lacking;
  const first = how.ratio(usage);
  if (typeof first === 'string') return first;

  const tolerated = tolerances(on.spec.behavior, on.flags);
  const damped = unready.size > 0 && first.ratio > 1;
  if (!damped && missing.size === 0) {
    const replicas = within(tolerated, first.ratio) ? current : int32(Math.ceil(first.ratio * readyCount));
    return { replicas, current: first.current };
  }
  if (first.ratio < 1) for (const pod of missing) usage.set(pod, how.fallback(pod));
  if (first.ratio > 1) for (const pod of [...missing, ...unready]) usage.set(pod, 0n);
  const second = how.ratio(usage);
  if (typeof second === 'string') return second;
  return { replicas: settled(first.ratio, second.ratio, usage.size, { current, tolerated }), current: first.current };
}

/** The filled-in pods may shrink a change to nothing, never turn it round. */
function settled(
  first: number,
  second: number,
  size: number,
  { current, tolerated }: { current: number; tolerated: Tolerances },
): number {
  const turned = (first < 1 && second > 1) || (first > 1 && second < 1);
  if (within(tolerated, second) || turned) return current;
  const replicas = int32(Math.ceil(second * size));
  const against = (second < 1 && replicas > current) || (second > 1 && replicas < current);
  return against ? current : replicas;
}

/** Samples of pods that the selector does not know stay in: they count in the mean. */
const counted = (
  samples: ReadonlyMap<Pod['name'], Sample>,
  unready: ReadonlySet<string>,
  ignored: ReadonlySet<string>,
): [string, Milli][] =>
  [...samples]
    .filter(([pod]) => !unready.has(pod) && !ignored.has(pod))
    .map(([pod, { value }]): [string, Milli] => [pod, value]);

const total = (values: Iterable<Milli>): Milli => [...values].reduce(add64, 0n);
