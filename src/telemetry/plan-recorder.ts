import { Counter, Gauge, type Registry } from 'prom-client';
import type { Decision } from '../domain/decision.ts';
import { describeError, problemText } from '../domain/errors.ts';
import type { Plan } from '../domain/plan.ts';
import { policyKey } from '../domain/policy/autoscaling-policy.ts';
import { targetKey } from '../domain/target.ts';
import type { Log } from '../ports/log.ts';
import type { Recorder } from '../ports/recorder.ts';

/** Tells each pass to the log and to /metrics. A line is logged when something changed, not at every heartbeat. */
export function planRecorder(log: Log, registry: Registry): Recorder {
  const metrics = planMetrics(registry);
  const lastWord = new Map<string, string>();
  let lastProblems = '';

  return {
    planned(plan) {
      metrics.setTo(plan);
      const problems = plan.problems.map(problemText);
      if (problems.join('\n') !== lastProblems) {
        lastProblems = problems.join('\n');
        for (const problem of problems) log.error({ problem }, 'policy source: refused, what was in force stays');
        if (problems.length === 0) log.info({ revision: plan.revision }, 'policy source: reads clean');
      }
      for (const decision of plan.decisions) {
        const why = decision.reasons.at(-1);
        const key = targetKey(decision.target);
        if (!why || lastWord.get(key) === why.reason) continue;
        lastWord.set(key, why.reason);
        if (isTrouble(decision)) log.warn({ target: key, reason: why.reason, detail: why.message }, 'floor held');
      }
    },
    acted(decision, error) {
      const fields = {
        target: targetKey(decision.target),
        policy: decision.policy && policyKey(decision.policy),
        before: decision.observed?.minReplicas,
        after: decision.action?.minReplicas,
        reasons: decision.reasons,
      };
      metrics.writes.inc({ type: decision.action?.type ?? '', result: error === null ? 'ok' : 'error' });
      if (error !== null) log.error({ ...fields, error: describeError(error) }, 'floor not written');
      else log.info(fields, decision.action?.type === 'HandBack' ? 'floor handed back' : 'floor written');
    },
  };
}

const TROUBLE = new Set(['TargetNotFound', 'TargetClaimedTwice', 'SourceUnclean', 'TooManyAtOnce']);
const isTrouble = ({ reasons }: Decision): boolean => reasons.some(({ reason }) => TROUBLE.has(reason));

type PlanMetrics = { setTo(plan: Plan): void; writes: Counter<'type' | 'result'> };

function planMetrics(registry: Registry): PlanMetrics {
  const registers = [registry];
  const target = ['namespace', 'hpa'] as const;
  const floor = new Gauge({
    name: 'tidecaster_floor_replicas',
    help: 'The floor that the plan wants on the HPA now.',
    labelNames: target,
    registers,
  });
  const held = new Gauge({
    name: 'tidecaster_held_floors',
    help: 'HPAs whose floor is held as it is, by reason.',
    labelNames: ['reason'],
    registers,
  });
  const problems = new Gauge({
    name: 'tidecaster_policy_problems',
    help: 'Faults in the policies as they stand in the source; of refused files the last good content is in force.',
    registers,
  });
  const lastPass = new Gauge({
    name: 'tidecaster_last_pass_timestamp_seconds',
    help: 'When the last pass decided, epoch seconds.',
    registers,
  });
  const writes = new Counter({
    name: 'tidecaster_floor_writes_total',
    help: 'Writes to HPAs by type (Apply, HandBack) and result (ok, error).',
    labelNames: ['type', 'result'],
    registers,
  });
  return {
    writes,
    setTo(plan) {
      floor.reset();
      held.reset();
      problems.set(plan.problems.length);
      lastPass.set(plan.at.toSeconds());
      for (const decision of plan.decisions) {
        if (decision.floor !== null)
          floor.set({ namespace: decision.target.namespace, hpa: decision.target.name }, decision.floor);
        if (isTrouble(decision)) held.inc({ reason: decision.reasons.at(-1)!.reason });
      }
    },
  };
}
