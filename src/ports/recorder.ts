import type { Decision } from '../domain/decision.ts';
import type { Plan } from '../domain/plan.ts';

/** Where a pass is told: logs, gauges, later Events and conditions. Must not throw. */
export interface Recorder {
  /** Once a pass, after deciding and before acting. */
  planned(plan: Plan): void;
  /** After each write: error is null when it worked. */
  acted(decision: Decision, error: unknown): void;
}
