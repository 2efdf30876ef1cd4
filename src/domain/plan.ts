/**
 * The heart. plan(now, what was observed) -> what should be true of every HPA, and why. No clock, no I/O: the operator, the
 * commands, the page, the demo and the tests all call this and differ only in what they hand in.
 */
import type { DateTime } from 'luxon';
import { type Decision, observed } from './decision.ts';
import { type HpaState } from './hpa/hpa-state.ts';
import { type Problem, placeText } from './errors.ts';
import { type AutoscalingPolicy, policyKey } from './policy/autoscaling-policy.ts';
import { fall } from './policy/fall.ts';
import { floorAt } from './policy/floor.ts';
import { nextChange } from './policy/timeline.ts';
import { letGo } from './let-go.ts';
import { targetKey } from './target.ts';

export type Inputs = {
  /** The policies in force; `clean` when their whole source was read without a problem and is not empty. */
  policies: { policies: readonly AutoscalingPolicy[]; problems: readonly Problem[]; clean: boolean; revision: string };
  hpas: readonly HpaState[];
  /** Since when each governed HPA has been without a policy; epoch milliseconds by target key. The last Plan's. */
  orphanSince: ReadonlyMap<string, number>;
  limits: Limits;
};

/** Settings that bound a pass. */
export type Limits = {
  heartbeatSeconds: number;
  /** How long a policy must be gone from a clean source before its HPA is handed back. */
  letGoAfterSeconds: number;
};

export type Plan = {
  at: DateTime;
  revision: string;
  clean: boolean;
  problems: readonly Problem[];
  /** Writes first, raises before lowerings, the largest shortfall first; then by name. */
  decisions: Decision[];
  orphanSince: ReadonlyMap<string, number>;
};

export function plan(now: DateTime, inputs: Inputs): Plan {
  const { policies, clean, problems, revision } = inputs.policies;
  const hpas = new Map(inputs.hpas.map((hpa) => [targetKey(hpa.target), hpa]));
  const claims = Map.groupBy(policies, (policy) => targetKey(policy.target));

  const claimed = [...claims].map(([key, claimants]) => {
    const hpa = hpas.get(key);
    const [policy, rival] = claimants;
    if (!policy || rival) return refuse(claimants, hpa);
    return hpa ? govern(now, policy, hpa, inputs.limits) : withoutTarget(now, policy);
  });

  const governed = inputs.hpas.filter((hpa) => hpa.governed !== null);
  const orphans = governed.filter((hpa) => !claims.has(targetKey(hpa.target)));
  const released = letGo({
    now: now.toMillis(),
    orphans,
    governedCount: governed.length,
    clean,
    since: inputs.orphanSince,
    letGoAfterSeconds: inputs.limits.letGoAfterSeconds,
  });

  const decisions = [...claimed, ...released.decisions].toSorted(byUrgency);
  return { at: now, revision, clean, problems, decisions, orphanSince: released.since };
}

/** The floor of a policy that rules its HPA alone. */
function govern(now: DateTime, policy: AutoscalingPolicy, hpa: HpaState, limits: Limits): Decision {
  const wanted = floorAt(policy, now.toMillis());
  const reasons = [...wanted.reasons];
  let floor = wanted.replicas;
  if (floor > hpa.maxReplicas) {
    floor = hpa.maxReplicas;
    reasons.push({ reason: 'CappedByTarget', message: `spec.maxReplicas of the HPA is ${hpa.maxReplicas}` });
  }
  if (policy.actuation === 'Off') {
    reasons.push({
      reason: 'ActuationOff',
      message: 'the policy has actuation Off: it decides and reports, nothing is written',
    });
    return decision(now, policy, hpa, { floor, reasons, action: null });
  }
  const falling = fall({
    policy,
    now: now.toMillis(),
    planned: floor,
    inForce: hpa.minReplicas,
    writtenAt: hpa.governed?.writtenAt ?? null,
    heartbeatSeconds: limits.heartbeatSeconds,
  });
  if (falling > floor) {
    const message = `the HPA has ${hpa.minReplicas}, the plan says ${floor} and no boundary explains the difference: it falls at the ramp's slope`;
    reasons.push({ reason: 'UnexplainedDrop', message });
    floor = falling;
  }
  if (hpa.governed && hpa.minReplicas === floor) {
    reasons.push({ reason: 'InForce', message: `the HPA has minReplicas ${floor} already` });
    return decision(now, policy, hpa, { floor, reasons, action: null });
  }
  if (!hpa.governed) {
    const message = `the floor found on the HPA, ${hpa.minReplicas}, is kept as restore value`;
    reasons.push({ reason: 'FirstTake', message });
  }
  const restoreMinReplicas = hpa.governed ? hpa.governed.restoreMinReplicas : hpa.minReplicas;
  const action = { type: 'Apply', target: hpa.target, uid: hpa.uid, minReplicas: floor, restoreMinReplicas } as const;
  return decision(now, policy, hpa, { floor, reasons, action });
}

function withoutTarget(now: DateTime, policy: AutoscalingPolicy): Decision {
  const { replicas, reasons } = floorAt(policy, now.toMillis());
  const message = `there is no HorizontalPodAutoscaler ${targetKey(policy.target)}, which ${placeText(policy.place)} names`;
  const all = [...reasons, { reason: 'TargetNotFound', message } as const];
  return decision(now, policy, undefined, { floor: replicas, reasons: all, action: null });
}

/** Two policies, one HPA: neither acts, the floor in force stays. */
function refuse(claimants: readonly AutoscalingPolicy[], hpa: HpaState | undefined): Decision {
  const places = claimants.map((policy) => `${policyKey(policy)} (${placeText(policy.place)})`).join(' and ');
  const target = claimants[0]!.target;
  const message = `claimed by ${places}: all are refused for it, the floor in force is held`;
  return {
    target,
    policy: null,
    observed: hpa ? observed(hpa) : null,
    floor: null,
    action: null,
    reasons: [{ reason: 'TargetClaimedTwice', message }],
    next: null,
  };
}

function decision(
  now: DateTime,
  policy: AutoscalingPolicy,
  hpa: HpaState | undefined,
  what: Pick<Decision, 'floor' | 'reasons' | 'action'>,
): Decision {
  const next = nextChange(policy, now.toMillis());
  return {
    target: policy.target,
    policy: { namespace: policy.namespace, name: policy.name },
    observed: hpa ? observed(hpa) : null,
    ...what,
    next: next && {
      at: now
        .setZone(policy.timeZone)
        .plus(next.at - now.toMillis())
        .toISO({ suppressMilliseconds: true })!,
      floor: next.replicas,
    },
  };
}

/** Writes before the rest; raises first, the largest shortfall first, because a late raise hurts viewers and a late lowering costs cents. */
function byUrgency(a: Decision, b: Decision): number {
  return shortfall(b) - shortfall(a) || (targetKey(a.target) < targetKey(b.target) ? -1 : 1);
}

function shortfall({ action, observed: has }: Decision): number {
  if (!action) return Number.NEGATIVE_INFINITY;
  return action.minReplicas - (has?.minReplicas ?? 0);
}
