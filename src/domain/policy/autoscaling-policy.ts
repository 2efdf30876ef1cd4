import type { Place } from '../errors.ts';
import type { TargetRef } from '../target.ts';

/** A policy as the rest of the program knows it: parsed, complete, in seconds and integers. The YAML is in config/policy. */
export type AutoscalingPolicy = {
  namespace: string;
  name: string;
  /** Where its document stands, for messages that name two policies. */
  place: Place;
  target: TargetRef;
  /** IANA zone in which the schedules' cron expressions are read. */
  timeZone: string;
  /** The baseline: in force when no schedule is open. >= 1. */
  minReplicas: number;
  /** The ceiling of every floor this policy sets. >= minReplicas and every schedule's. */
  maxReplicas: number;
  /** Patch writes spec.minReplicas; Off decides and reports, writes nothing. */
  actuation: 'Patch' | 'Off';
  schedules: readonly Schedule[];
};

/** A recurring window [start, end). At t it is open when its last boundary at or before t is a start. */
export type Schedule = {
  name: string;
  /** Five-field cron, read in the policy's zone. */
  start: string;
  end: string;
  /** Replaces the baseline while the schedule is open: may be lower. >= 1. */
  minReplicas: number;
  /** Among open schedules the highest priority wins, at equal priority the higher floor. */
  priority: number;
  /** How long a change of the floor at this schedule's boundaries takes. Seconds, 0 = at once. */
  rampSeconds: number;
};

/** `namespace/name` of the policy. */
export const policyKey = ({ namespace, name }: { namespace: string; name: string }): string => `${namespace}/${name}`;
