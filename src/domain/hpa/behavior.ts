/** spec.behavior of an HPA, complete: both directions filled in, as the API server stores it. */
export type Behavior = { scaleUp: ScalingRules; scaleDown: ScalingRules };

export type ScalingRules = {
  /** null, in scaleDown alone: the controller's flag decides. */
  stabilizationWindowSeconds: number | null;
  selectPolicy: 'Max' | 'Min' | 'Disabled';
  policies: readonly ScalingLimit[];
  /** A share of the target; null: the controller's flag. */
  tolerance: number | null;
};

/** One entry of behavior.scaleX.policies: at most so many Pods, or so many Percent, within the period. */
export type ScalingLimit = { type: 'Pods' | 'Percent'; value: number; periodSeconds: number };

/** spec.behavior as a person writes it. */
export type GivenBehavior = { scaleUp?: Partial<ScalingRules>; scaleDown?: Partial<ScalingRules> };

const SCALE_UP: ScalingRules = {
  stabilizationWindowSeconds: 0,
  selectPolicy: 'Max',
  policies: [
    { type: 'Pods', value: 4, periodSeconds: 15 },
    { type: 'Percent', value: 100, periodSeconds: 15 },
  ],
  tolerance: null,
};

const SCALE_DOWN: ScalingRules = {
  stabilizationWindowSeconds: null,
  selectPolicy: 'Max',
  policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }],
  tolerance: null,
};

/** The API server's defaults (pkg/apis/autoscaling/v2/defaults.go): given policies replace the list as a whole. */
export const behavior = (given: GivenBehavior): Behavior => ({
  scaleUp: { ...SCALE_UP, ...given.scaleUp },
  scaleDown: { ...SCALE_DOWN, ...given.scaleDown },
});
