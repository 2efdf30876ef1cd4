import type { HpaState } from '../../src/domain/hpa/hpa-state.ts';
import type { AutoscalingPolicy, Schedule } from '../../src/domain/policy/autoscaling-policy.ts';

/** A policy with believable defaults; a test names what it is about. */
export function aPolicy(about: Partial<AutoscalingPolicy> & { schedules?: Schedule[] } = {}): AutoscalingPolicy {
  return {
    namespace: 'streaming',
    name: 'video',
    place: { file: 'policies/video.yaml', line: 1, column: 1, path: '' },
    target: { namespace: 'streaming', name: 'video-hpa' },
    timeZone: 'Europe/Berlin',
    minReplicas: 3,
    maxReplicas: 100,
    actuation: 'Patch',
    schedules: [],
    ...about,
  };
}

export function aSchedule(about: Partial<Schedule> = {}): Schedule {
  return { name: 'night', start: '0 1 * * *', end: '0 7 * * *', minReplicas: 1, priority: 0, rampSeconds: 0, ...about };
}

export function anHpa(about: Partial<HpaState> = {}): HpaState {
  return {
    target: { namespace: 'streaming', name: 'video-hpa' },
    uid: 'uid-1',
    minReplicas: 3,
    maxReplicas: 100,
    currentReplicas: 5,
    desiredReplicas: 5,
    metrics: [],
    governed: null,
    otherManagers: [],
    ...about,
  };
}

/** Epoch milliseconds of an ISO time with an offset. */
export const at = (iso: string): number => {
  const t = Date.parse(iso);
  if (Number.isNaN(t)) throw new Error(`not a time: ${iso}`);
  return t;
};
