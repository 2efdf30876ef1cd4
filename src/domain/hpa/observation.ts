import type { Condition } from './conditions.ts';
import type { Milli } from './int.ts';

/** What the controller sees at the start of a tick. */
export type Observation = {
  /** The target's scale: spec.replicas and status.replicas. */
  specReplicas: number;
  statusReplicas: number;
  /** The HPA's own status before the tick. */
  desiredReplicas: number;
  conditions: readonly Condition[];
  /** The pods that the target's selector matches. */
  pods: readonly Pod[];
  /** What reading each metric gave, in the order of spec.metrics. */
  readings: readonly Reading[];
};

/**
 * What the metrics API answered. Values: the items of an External metric, or the one of an Object metric. Samples: by pod.
 * Unreadable: the call failed; the text is the API's.
 */
export type Reading =
  | { type: 'Values'; values: readonly Milli[] }
  | { type: 'Samples'; samples: ReadonlyMap<string, Sample> }
  | { type: 'Unreadable'; message: string };

/** timestamp: epoch milliseconds. windowSeconds: over which it was measured. */
export type Sample = { value: Milli; timestamp: number; windowSeconds: number };

export type Pod = {
  name: string;
  phase: 'Pending' | 'Running' | 'Succeeded' | 'Failed';
  /** metadata.deletionTimestamp is set. */
  deleting: boolean;
  /** The Ready condition, where there is one; since is its lastTransitionTime, epoch milliseconds. */
  ready: { status: 'True' | 'False' | 'Unknown'; since: number } | null;
  /** status.startTime, epoch milliseconds. */
  startTime: number | null;
  /** The pod's request of each resource, summed over its containers. */
  requests: Readonly<Record<string, Milli>>;
};

/** What counts for a Value target: Running and Ready, terminating ones too. */
export const isReady = ({ phase, ready }: Pod): boolean => phase === 'Running' && ready?.status === 'True';
