import type { ExternalMetricValue } from '../domain/rules/external-metric-value.ts';

/** Another server of external.metrics.k8s.io, such as KEDA's. Real: adapters/neighbour. */
export interface Neighbour {
  /** Says which one it is, the same for all who ask it: a read that carries it came through this neighbour. No header's end in it. */
  readonly id: string;
  /**
   * Its items as they are. asked: ids that the read carries on.
   *
   * @throws UnavailableError: with its Status where it answered one, without where it was not to be had within its deadline
   *   or answered nonsense
   */
  read(read: NeighbourRead): Promise<ExternalMetricValue[]>;
  /** The names that its discovery lists; KEDA's lists none of those that it answers. @throws UnavailableError */
  metricNames(): Promise<string[]>;
}

/** Namespace and metric were checked to be one segment of a path each, selector to be one. */
export type NeighbourRead = { namespace: string; metric: string; selector: string; asked: readonly string[] };
