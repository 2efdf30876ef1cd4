import type { Behavior, ScalingLimit, ScalingRules } from './behavior.ts';
import type { History } from './history.ts';
import { int32, MAX_INT32, MIN_INT32 } from './int.ts';
import { changeWithin } from './scale-events.ts';

/** A count after limits, and the word of the ScalingLimited condition. */
export type Limited = {
  replicas: number;
  reason: 'DesiredWithinRange' | 'TooFewReplicas' | 'TooManyReplicas' | 'ScaleUpLimit' | 'ScaleDownLimit';
};

export type Bounds = { current: number; minReplicas: number; maxReplicas: number };

/** Without behavior: min, max, and at most twice the current count (4 from below) per tick. */
export function limit(desired: number, { current, minReplicas, maxReplicas }: Bounds): Limited {
  const upLimit = int32(Math.max(2 * current, 4));
  if (desired < minReplicas) return { replicas: minReplicas, reason: 'TooFewReplicas' };
  if (desired <= Math.min(upLimit, maxReplicas)) return { replicas: desired, reason: 'DesiredWithinRange' };
  return maxReplicas > upLimit
    ? { replicas: upLimit, reason: 'ScaleUpLimit' }
    : { replicas: maxReplicas, reason: 'TooManyReplicas' };
}

/** With behavior: the policies bound the change within their periods. min is not applied on the way up, nor max on the way down. */
export function limitWithBehavior(
  now: number,
  desired: number,
  { current, minReplicas, maxReplicas }: Bounds,
  { behavior, history }: { behavior: Behavior; history: History },
): Limited {
  if (desired > current) {
    const cap = Math.max(current, scaleUpLimit(now, current, history, behavior.scaleUp));
    const most = Math.min(maxReplicas, cap);
    if (desired > most) return { replicas: most, reason: maxReplicas > cap ? 'ScaleUpLimit' : 'TooManyReplicas' };
  }
  if (desired < current) {
    const cap = Math.min(current, scaleDownLimit(now, current, history, behavior.scaleDown));
    const least = Math.max(minReplicas, cap);
    if (desired < least) return { replicas: least, reason: minReplicas < cap ? 'ScaleDownLimit' : 'TooFewReplicas' };
  }
  return { replicas: desired, reason: 'DesiredWithinRange' };
}

/** The highest count that the policies allow now. A percentage is rounded up, or one replica would stay one for ever. */
export function scaleUpLimit(now: number, current: number, history: History, rules: ScalingRules): number {
  if (rules.selectPolicy === 'Disabled') return current;
  const proposed = rules.policies.map((policy) => {
    const start = periodStart(now, current, history, policy);
    return policy.type === 'Pods' ? (start + policy.value) | 0 : int32(Math.ceil(start * (1 + policy.value / 100)));
  });
  return rules.selectPolicy === 'Min' ? Math.min(MAX_INT32, ...proposed) : Math.max(MIN_INT32, ...proposed);
}

/** The lowest count that the policies allow now. */
export function scaleDownLimit(now: number, current: number, history: History, rules: ScalingRules): number {
  if (rules.selectPolicy === 'Disabled') return current;
  const proposed = rules.policies.map((policy) => {
    const start = periodStart(now, current, history, policy);
    return policy.type === 'Pods' ? (start - policy.value) | 0 : int32(start * (1 - policy.value / 100));
  });
  // Min picks the smallest change, which here is the highest count.
  return rules.selectPolicy === 'Min' ? Math.max(MIN_INT32, ...proposed) : Math.min(MAX_INT32, ...proposed);
}

/** How many replicas there were when the policy's period began, as far as the controller's own changes go. */
const periodStart = (now: number, current: number, history: History, { periodSeconds }: ScalingLimit): number =>
  current - changeWithin(now, history.scaleUps, periodSeconds) + changeWithin(now, history.scaleDowns, periodSeconds);
