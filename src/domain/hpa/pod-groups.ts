import type { ControllerFlags } from './controller-flags.ts';
import type { Pod, Sample } from './observation.ts';

/** How a pod counts: ignored and unready ones lose their sample, missing ones have none. */
export type PodGroups = { readyCount: number; unready: Set<string>; missing: Set<string>; ignored: Set<string> };

/** groupPods (replica_calculator.go): only cpu looks at readiness, because a starting pod burns cpu that says nothing of load. */
export function groupPods(
  now: number,
  pods: readonly Pod[],
  samples: ReadonlyMap<string, Sample>,
  { resource, flags }: { resource: string; flags: ControllerFlags },
): PodGroups {
  const groups: PodGroups = { readyCount: 0, unready: new Set(), missing: new Set(), ignored: new Set() };
  for (const pod of pods) {
    const sample = samples.get(pod.name);
    if (pod.deleting || pod.phase === 'Failed') groups.ignored.add(pod.name);
    else if (pod.phase === 'Pending') groups.unready.add(pod.name);
    else if (!sample) groups.missing.add(pod.name);
    else if (resource === 'cpu' && isStarting(now, pod, sample, flags)) groups.unready.add(pod.name);
    else groups.readyCount++;
  }
  return groups;
}

function isStarting(now: number, { ready, startTime }: Pod, sample: Sample, flags: ControllerFlags): boolean {
  if (!ready || startTime === null) return true;
  if (startTime + flags.cpuInitializationSeconds * 1000 > now) {
    return ready.status === 'False' || sample.timestamp < ready.since + sample.windowSeconds * 1000;
  }
  return ready.status === 'False' && startTime + flags.initialReadinessDelaySeconds * 1000 > ready.since;
}
