/**
 * One tick of the HPA controller, as kube-controller-manager 1.37 does it (pkg/controller/podautoscaler/horizontal.go), as a
 * pure function: what was seen and remembered in, the new scale and what is remembered out. The order of operations is the
 * controller's, because the results depend on it. Not here: selectors shared by two HPAs, and writes that fail.
 */
import { bestProposal } from './best-proposal.ts';
import { type Condition, isTrue, setCondition } from './conditions.ts';
import type { ControllerFlags } from './controller-flags.ts';
import type { History } from './history.ts';
import { type HpaSpec, hasObjectOrExternalMetric } from './hpa-spec.ts';
import { limit, limitWithBehavior, type Limited } from './limits.ts';
import type { Observation } from './observation.ts';
import type { MetricValue } from './proposal.ts';
import { storeScaleEvent } from './scale-events.ts';
import { stabilize, stabilizeWithBehavior } from './stabilization.ts';

export type TickInput = { flags: ControllerFlags; spec: HpaSpec; seen: Observation; history: History };

export type Tick = {
  /** The target's spec.replicas after the tick. */
  replicas: number;
  /** Was the scale written? */
  rescaled: boolean;
  /** The reason in the SuccessfulRescale event; '' where a window, not a proposal, moved the count. */
  why: string;
  /** status.desiredReplicas: what the tick wants, or what it was before when no metric could be read. */
  desiredReplicas: number;
  /** status.currentMetrics, in the order of spec.metrics; null where the tick read none. */
  metrics: readonly (MetricValue | null)[] | null;
  conditions: readonly Condition[];
  history: History;
  /** What went wrong with the metrics; the tick may have scaled up all the same. */
  error: string | null;
};

const ABOVE_MAX = 'Current number of replicas above Spec.MaxReplicas';
const BELOW_MIN = 'Current number of replicas below Spec.MinReplicas';

/** What a tick has done so far: status.conditions and the controller's memory. */
type Draft = { conditions: readonly Condition[]; history: History };

export function tick(now: number, input: TickInput): Tick {
  const { spec, seen } = input;
  const { specReplicas: current } = seen;
  const draft: Draft = {
    conditions: setCondition(seen.conditions, now, 'SucceededGetScale'),
    history: withFirstRecommendation(now, current, input.history),
  };
  if (current === 0 && !wakesFromZero(spec, seen)) {
    const conditions = setCondition(draft.conditions, now, 'ScalingDisabled');
    const kept = { replicas: 0, rescaled: false, why: '', desiredReplicas: 0, metrics: null, error: null };
    return { ...kept, conditions, history: draft.history };
  }
  // Out of bounds: one jump, past metrics, windows and policies.
  if (current > spec.maxReplicas) {
    return settle(now, input, draft, { replicas: spec.maxReplicas, why: ABOVE_MAX, metrics: null, error: null });
  }
  if (current > 0 && current < spec.minReplicas) {
    return settle(now, input, draft, { replicas: spec.minReplicas, why: BELOW_MIN, metrics: null, error: null });
  }
  return byMetrics(now, input, draft);
}

/** The controller's first tick of an HPA takes the count it finds for a recommendation, so a restart does not scale down. */
function withFirstRecommendation(now: number, current: number, history: History): History {
  if (history.recommendations.length > 0) return history;
  return { ...history, recommendations: [{ replicas: current, at: now }] };
}

/** At zero the condition decides: what a person scaled to zero stays there, what the controller scaled to zero wakes up. */
const wakesFromZero = (spec: HpaSpec, { conditions }: Observation): boolean =>
  isTrue(conditions, 'ScaledToZero') && (spec.minReplicas !== 0 || hasObjectOrExternalMetric(spec));

function byMetrics(now: number, input: TickInput, draft: Draft): Tick {
  const { spec, seen, flags } = input;
  const { specReplicas: current } = seen;
  const best = bestProposal({ now, flags, spec, seen });
  const { metrics, error } = best;
  if (best.type === 'Failed') {
    const conditions = setCondition(draft.conditions, now, best.reason, best.message);
    const kept = { replicas: current, rescaled: false, why: '', desiredReplicas: seen.desiredReplicas };
    return { ...kept, metrics, conditions, history: draft.history, error };
  }
  const proposed = Math.max(0, best.replicas);
  // Both before windows and limits, so the reason of a step can be another than what moved the count.
  let why = proposed < current ? 'All metrics below target' : '';
  if (proposed > current) why = `${best.name} above target`;

  const { limited, stabilized, recommendations } = normalize(now, input, draft.history, proposed);
  let { conditions } = draft;
  conditions = setCondition(conditions, now, 'ValidMetricFound', best.name);
  conditions = setCondition(conditions, now, stabilizedReason(current, proposed, { stabilized, spec }));
  conditions = setCondition(conditions, now, limited.reason);

  let { replicas } = limited;
  if (current === 0 && spec.minReplicas !== 0 && replicas < spec.minReplicas) {
    replicas = spec.minReplicas;
    why ||= BELOW_MIN;
  }
  const next = { conditions, history: { ...draft.history, recommendations } };
  return settle(now, input, next, { replicas, why, metrics, error });
}

type Normalized = { limited: Limited; stabilized: number; recommendations: History['recommendations'] };

/** normalizeDesiredReplicas and normalizeDesiredReplicasWithBehaviors: first the windows, then the limits. */
function normalize(now: number, { spec, seen, flags }: TickInput, history: History, proposed: number): Normalized {
  const { behavior, minReplicas, maxReplicas } = spec;
  const bounds = { current: seen.specReplicas, minReplicas, maxReplicas };
  if (!behavior) {
    const stable = stabilize(now, proposed, history.recommendations, flags.downscaleStabilizationSeconds);
    return {
      limited: limit(stable.replicas, bounds),
      stabilized: stable.replicas,
      recommendations: stable.recommendations,
    };
  }
  const stable = stabilizeWithBehavior(now, proposed, history.recommendations, {
    current: bounds.current,
    scaleUpSeconds: behavior.scaleUp.stabilizationWindowSeconds ?? 0,
    scaleDownSeconds: behavior.scaleDown.stabilizationWindowSeconds ?? Math.trunc(flags.downscaleStabilizationSeconds),
  });
  const limited = limitWithBehavior(now, stable.replicas, bounds, { behavior, history });
  return { limited, stabilized: stable.replicas, recommendations: stable.recommendations };
}

function stabilizedReason(
  current: number,
  proposed: number,
  { stabilized, spec }: { stabilized: number; spec: HpaSpec },
): 'ReadyForNewScale' | 'ScaleUpStabilized' | 'ScaleDownStabilized' {
  if (stabilized === proposed) return 'ReadyForNewScale';
  return spec.behavior && proposed >= current ? 'ScaleUpStabilized' : 'ScaleDownStabilized';
}

type Outcome = { replicas: number; why: string; metrics: Tick['metrics']; error: string | null };

/** Writes the scale where it changes, and remembers that. */
function settle(now: number, { spec, seen }: TickInput, draft: Draft, { replicas, ...outcome }: Outcome): Tick {
  const { specReplicas: current } = seen;
  const { behavior, minReplicas } = spec;
  let { conditions, history } = draft;
  const rescaled = replicas !== current;
  if (rescaled) {
    conditions = setCondition(conditions, now, 'SucceededRescale', String(replicas));
    const toZero = current > 0 && replicas === 0 && minReplicas === 0 && hasObjectOrExternalMetric(spec);
    conditions = setCondition(conditions, now, toZero ? 'ScaledToZero' : 'NotScaledToZero');
    if (behavior) {
      const { scaleUps, scaleDowns } = history;
      history =
        replicas > current
          ? { ...history, scaleUps: storeScaleEvent(now, scaleUps, replicas - current, behavior.scaleUp) }
          : { ...history, scaleDowns: storeScaleEvent(now, scaleDowns, current - replicas, behavior.scaleDown) };
    }
  }
  return { replicas, rescaled, desiredReplicas: replicas, conditions, history, ...outcome };
}
