import type { HpaState } from './hpa/hpa-state.ts';
import type { Reason } from './reason.ts';
import type { TargetRef } from './target.ts';

/** One write: which HPA (and which incarnation of it), the floor, and the restore value kept beside it. */
export type FloorWrite = { target: TargetRef; uid: string; minReplicas: number; restoreMinReplicas: number | null };

export type Action = ({ type: 'Apply' } & FloorWrite) | ({ type: 'HandBack' } & FloorWrite);

/** What should be true of one HPA, and why. Plain data: `explain -o json` prints it, the page shows it. */
export type Decision = {
  target: TargetRef;
  /** The policy that rules it; null where none does, or where two claim it. */
  policy: { namespace: string; name: string } | null;
  /** What the HPA had; null where it is not there. */
  observed: Observed | null;
  /** The floor that should be in force now; null where what is there is held as it is. */
  floor: number | null;
  /** What to do about it; null = nothing to write. */
  action: Action | null;
  reasons: Reason[];
  /** When the plan changes the floor next, within a week; ISO 8601 in the policy's zone. */
  next: { at: string; floor: number } | null;
};

/** The part of an HPA that a person wants to see beside the floor. */
export type Observed = Pick<
  HpaState,
  'minReplicas' | 'maxReplicas' | 'currentReplicas' | 'desiredReplicas' | 'metrics'
>;

export const observed = ({
  minReplicas,
  maxReplicas,
  currentReplicas,
  desiredReplicas,
  metrics,
}: HpaState): Observed => ({
  minReplicas,
  maxReplicas,
  currentReplicas,
  desiredReplicas,
  metrics,
});
