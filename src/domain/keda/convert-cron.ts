import { InvalidError } from '../errors.ts';
import { recurrence } from '../policy/recurrence.ts';
import { assertTimeZone } from '../policy/wall-clock.ts';
import type { ConvertedPolicy, Noted } from './conversion.ts';
import { type ScaledObject, type Trigger, scaledObjectText } from './scaled-object.ts';

/** The policy that the cron triggers of a ScaledObject become; null where they become none, and why not. */
export type CronConversion = { policy: Noted<ConvertedPolicy> | null; leftOut: readonly string[] };

/**
 * Windows that open and close on the same days, in one time zone, become the schedules of a policy. Others are left to a person:
 * KEDA compares the next boundaries, so that a window from Monday to Friday that is closed daily stays open over the week-end.
 */
export function convertCron(object: ScaledObject, bounds: { hpa: string; minReplicas: number }): CronConversion {
  const leftOut: string[] = [];
  const windows = object.triggers.flatMap((trigger, index) => {
    if (trigger.type !== 'cron') return [];
    const window = windowOf(trigger, index, object);
    if (typeof window !== 'string') return [window];
    leftOut.push(`${scaledObjectText(object)} triggers[${index}] (cron): ${window}`);
    return [];
  });
  const [first] = windows;
  if (!first) return { policy: null, leftOut };
  const zones = new Set(windows.map(({ timeZone }) => timeZone));
  if (zones.size > 1) {
    leftOut.push(`${scaledObjectText(object)}: cron triggers in ${zones.size} time zones, a policy has one`);
    return { policy: null, leftOut };
  }
  const policy: ConvertedPolicy = {
    namespace: object.namespace,
    name: object.name,
    hpa: bounds.hpa,
    timeZone: first.timeZone,
    minReplicas: bounds.minReplicas,
    maxReplicas: object.maxReplicas,
    schedules: windows.map(({ name, start, end, replicas }) => ({
      name,
      start,
      end,
      minReplicas: Math.max(bounds.minReplicas, replicas),
    })),
  };
  const notes = [
    'the policy sets minReplicas of the HPA from now on: apply it before the HPA, which leaves the field out',
  ];
  return { policy: { value: policy, notes }, leftOut };
}

type Window = { name: string; timeZone: string; start: string; end: string; replicas: number };

/** A sentence where it is none. */
function windowOf({ metadata, name }: Trigger, index: number, { maxReplicas }: ScaledObject): Window | string {
  const { timezone: timeZone = '', start = '', end = '', desiredReplicas = '' } = metadata;
  const replicas = Number(desiredReplicas);
  if (!Number.isInteger(replicas) || replicas < 1) return `desiredReplicas is "${desiredReplicas}", expected 1 or more`;
  if (replicas > maxReplicas) return `desiredReplicas ${replicas} is above maxReplicaCount ${maxReplicas}`;
  try {
    assertTimeZone(timeZone);
    for (const cron of [start, end]) {
      if (recurrence(cron, 'UTC').nextAfter(0) === null) return `"${cron}" never comes`;
    }
  } catch (error) {
    if (error instanceof InvalidError) return error.message;
    throw error;
  }
  if (daysOf(start) !== daysOf(end))
    return `"${start}" and "${end}" are on different days: write the schedule yourself`;
  return { name: labelOf(name ?? `cron-${index}`), timeZone, start, end, replicas };
}

/** Day of the month, month and day of the week. */
const daysOf = (cron: string): string => cron.trim().split(/\s+/).slice(2).join(' ');

/** As Kubernetes names go. */
const labelOf = (name: string): string =>
  name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
    .slice(0, 63) || 'cron';
