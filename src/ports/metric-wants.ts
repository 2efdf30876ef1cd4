import type { MetricWant } from '../domain/hpa/metric-want.ts';

export type { MetricWant };

/** Which metrics the HPAs of a cluster name. Real: adapters/kubernetes. In memory: adapters/model. */
export interface MetricWants {
  /**
   * Calls `changed` with all of them, each once, in an order that depends on them alone: when they are known for the first time,
   * and soon after they changed, many changes at once. `changed` must not throw.
   */
  follow(changed: (wants: readonly MetricWant[]) => void): Following;
}

export type Following = {
  /** Whether all HPAs were seen once, so that `changed` was called. */
  synced(): boolean;
  /** Afterwards `changed` is not called again. */
  close(): Promise<void>;
};
