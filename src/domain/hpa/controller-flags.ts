/** The flags of kube-controller-manager that the HPA's arithmetic depends on. */
export type ControllerFlags = {
  /** --horizontal-pod-autoscaler-tolerance, a share of the target. */
  tolerance: number;
  /** --horizontal-pod-autoscaler-downscale-stabilization. */
  downscaleStabilizationSeconds: number;
  /** --horizontal-pod-autoscaler-cpu-initialization-period. */
  cpuInitializationSeconds: number;
  /** --horizontal-pod-autoscaler-initial-readiness-delay. */
  initialReadinessDelaySeconds: number;
};

/** What kube-controller-manager 1.37 has when no flag is given. */
export const DEFAULT_FLAGS: ControllerFlags = {
  tolerance: 0.1,
  downscaleStabilizationSeconds: 300,
  cpuInitializationSeconds: 300,
  initialReadinessDelaySeconds: 30,
};
