import type { DateTime } from 'luxon';
import type { Decision } from '../domain/decision.ts';
import { type Limits, type Plan, plan } from '../domain/plan.ts';
import type { Clock } from '../ports/clock.ts';
import type { Cluster } from '../ports/cluster.ts';
import type { PolicySource } from '../ports/policy-source.ts';
import type { Recorder } from '../ports/recorder.ts';

/** Everything a pass touches. The operator, `plan`, `explain`, the demo and the tests differ only in what they put here. */
export type World = {
  clock: Clock;
  cluster: Cluster;
  policies: PolicySource;
  recorder: Recorder;
  limits: Limits;
};

/** Observe and decide. `previous` is the last plan: it remembers since when an HPA has been without a policy. */
export async function preview(world: World, previous: Plan | null): Promise<Plan> {
  const [policies, hpas] = await Promise.all([world.policies.read(), world.cluster.hpas()]);
  const now: DateTime = world.clock.now();
  return plan(now, { policies, hpas, orphanSince: previous?.orphanSince ?? new Map(), limits: world.limits });
}

/** Observe, decide, act. A write that fails is told and left to the next pass; the others go on. */
export async function pass(world: World, previous: Plan | null): Promise<Plan> {
  const result = await preview(world, previous);
  world.recorder.planned(result);
  for (const decision of result.decisions) {
    if (decision.action === null) continue;
    const error = await act(world.cluster, decision);
    world.recorder.acted(decision, error);
  }
  return result;
}

/** Carries out one decision; gives what went wrong, null when nothing did. */
export async function act(cluster: Cluster, { action }: Decision): Promise<unknown> {
  try {
    switch (action?.type) {
      case 'Apply':
        await cluster.applyFloor(action);
        return null;
      case 'HandBack':
        await cluster.handBack(action);
        return null;
      case undefined:
        return null;
    }
  } catch (error) {
    return error;
  }
}
