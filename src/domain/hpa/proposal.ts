import type { ConditionReason } from './conditions.ts';
import type { ControllerFlags } from './controller-flags.ts';
import { externalProposal, objectProposal } from './value-proposal.ts';
import type { HpaSpec, MetricSpec } from './hpa-spec.ts';
import type { Milli } from './int.ts';
import type { Observation, Reading } from './observation.ts';
import { podsProposal, resourceProposal } from './pods-proposal.ts';

/** How many replicas one metric asks for, or why it cannot say. */
export type Proposal =
  | {
      type: 'Proposed';
      replicas: number;
      /** The metric as the reason of a rescale names it. */
      name: string;
      current: MetricValue;
    }
  | {
      type: 'Failed';
      reason: ConditionReason;
      /** The sentence of the ScalingActive condition. */
      message: string;
      /** The sentence of the event, with the controller's own wrapping. */
      error: string;
    };

/** One entry of status.currentMetrics. */
export type MetricValue =
  | { type: 'Value'; value: Milli }
  | { type: 'AverageValue'; averageValue: Milli }
  | { type: 'Utilization'; averageUtilization: number; averageValue: Milli };

/** All that a proposal depends on. */
export type Circumstances = { now: number; flags: ControllerFlags; spec: HpaSpec; seen: Observation };

/** computeReplicasForMetric (horizontal.go). */
export function propose(metric: MetricSpec, reading: Reading, circumstances: Circumstances): Proposal {
  switch (metric.type) {
    case 'External':
      return externalProposal(metric, reading, circumstances);
    case 'Object':
      return objectProposal(metric, reading, circumstances);
    case 'Pods':
      return podsProposal(metric, reading, circumstances);
    case 'Resource':
      return resourceProposal(metric, reading, circumstances);
  }
}
