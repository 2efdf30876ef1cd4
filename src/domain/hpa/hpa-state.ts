import type { TargetRef } from '../target.ts';
import type { MetricReading } from './metric-reading.ts';

/** What a pass observes of one HorizontalPodAutoscaler: its bounds, its counts, and what is ours on it. */
export type HpaState = {
  target: TargetRef;
  uid: string;
  /** spec.minReplicas; the API server's default is 1. */
  minReplicas: number;
  maxReplicas: number;
  /** status.currentReplicas and status.desiredReplicas; 0 before the controller's first tick. */
  currentReplicas: number;
  desiredReplicas: number;
  /** What the controller last read, from status.currentMetrics; empty before its first reading. */
  metrics: readonly MetricReading[];
  /** What our field manager owns on it; null where it owns nothing. */
  governed: Governed | null;
  /** Other managers that own spec.minReplicas, for messages. */
  otherManagers: readonly string[];
};

export type Governed = {
  /** Annotation tidecaster.io/restore-min-replicas: the floor found at the first take; null when it was lost. */
  restoreMinReplicas: number | null;
  /** When our manager's entry last changed (metadata.managedFields[].time), epoch milliseconds. */
  writtenAt: number;
};

/** Our field manager; it owns spec.minReplicas, the annotation below, and nothing else. */
export const FIELD_MANAGER = 'tidecaster';

/** Keeps the floor that was found when a policy first took the HPA, so that it can be handed back after any restart. */
export const RESTORE_ANNOTATION = 'tidecaster.io/restore-min-replicas';
