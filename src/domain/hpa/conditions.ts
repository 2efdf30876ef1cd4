/** One entry of an HPA's status.conditions. */
export type Condition = {
  type: ConditionType;
  status: 'True' | 'False';
  reason: ConditionReason;
  message: string;
  /** When the status last flipped, epoch milliseconds. */
  lastTransitionTime: number;
};

export type ConditionType = 'AbleToScale' | 'ScalingActive' | 'ScalingLimited' | 'ScaledToZero';

const FAILED = ['ScalingActive', 'False', 'the HPA was unable to compute the replica count: %s'] as const;

/** The controller's words (horizontal.go): a reason names its condition, its status and its sentence. */
const WORDS = {
  SucceededGetScale: ['AbleToScale', 'True', "the HPA controller was able to get the target's current scale"],
  ReadyForNewScale: ['AbleToScale', 'True', 'recommended size matches current size'],
  ScaleUpStabilized: [
    'AbleToScale',
    'True',
    'recent recommendations were lower than current one, applying the lowest recent recommendation',
  ],
  ScaleDownStabilized: [
    'AbleToScale',
    'True',
    'recent recommendations were higher than current one, applying the highest recent recommendation',
  ],
  SucceededRescale: ['AbleToScale', 'True', 'the HPA controller was able to update the target scale to %s'],
  ValidMetricFound: ['ScalingActive', 'True', 'the HPA was able to successfully calculate a replica count from %s'],
  ScalingDisabled: ['ScalingActive', 'False', 'scaling is disabled since the replica count of the target is zero'],
  FailedGetExternalMetric: FAILED,
  FailedGetObjectMetric: FAILED,
  FailedGetPodsMetric: FAILED,
  FailedGetResourceMetric: FAILED,
  DesiredWithinRange: ['ScalingLimited', 'False', 'the desired count is within the acceptable range'],
  TooFewReplicas: ['ScalingLimited', 'True', 'the desired replica count is less than the minimum replica count'],
  TooManyReplicas: ['ScalingLimited', 'True', 'the desired replica count is more than the maximum replica count'],
  ScaleUpLimit: [
    'ScalingLimited',
    'True',
    'the desired replica count is increasing faster than the maximum scale rate',
  ],
  ScaleDownLimit: [
    'ScalingLimited',
    'True',
    'the desired replica count is decreasing faster than the maximum scale rate',
  ],
  ScaledToZero: ['ScaledToZero', 'True', 'the HPA controller scaled the workload to zero'],
  NotScaledToZero: ['ScaledToZero', 'False', 'the HPA controller did not scale the workload to zero'],
} as const satisfies Record<string, readonly [ConditionType, 'True' | 'False', string]>;

export type ConditionReason = keyof typeof WORDS;

/** The list with this condition set: replaced in place or appended; the time moves when the status flips. */
export function setCondition(
  conditions: readonly Condition[],
  now: number,
  reason: ConditionReason,
  detail = '',
): Condition[] {
  const [type, status, sentence] = WORDS[reason];
  const before = conditions.find((condition) => condition.type === type);
  const lastTransitionTime = before?.status === status ? before.lastTransitionTime : now;
  const message = sentence.replace('%s', () => detail);
  const condition: Condition = { type, status, reason, message, lastTransitionTime };
  return before ? conditions.map((each) => (each === before ? condition : each)) : [...conditions, condition];
}

export const isTrue = (conditions: readonly Condition[], type: ConditionType): boolean =>
  conditions.some((condition) => condition.type === type && condition.status === 'True');
