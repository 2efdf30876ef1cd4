/** Where the serving of metrics is told: counters and gauges. Must not throw. Real: telemetry/serving-metrics.ts. */
export interface ServingRecorder {
  /** One HTTP answer of the metrics API. */
  answered(code: number): void;
  /** One query to the source, over. */
  queried(seconds: number, outcome: 'ok' | 'error'): void;
  /** How one read of a metric got its numbers. joined: an equal query was in flight. */
  read(from: 'cache' | 'joined' | 'query'): void;
  /** One read that was handed to the neighbour. status: it said an error of its own; full: it was not asked, too many were. */
  neighbourAsked(seconds: number, outcome: 'ok' | 'status' | 'error' | 'full'): void;
  /** Who writes the caBundle of our APIService beside us: a field manager; null: nobody. */
  bundleWrittenBy(manager: string | null): void;
  /** The rules in force, and the faults of the file as it stands now. */
  rulesInForce(rules: number, problems: number): void;
}

/** Tells nobody: for tests. */
export const silentServingRecorder: ServingRecorder = {
  answered: () => {},
  queried: () => {},
  read: () => {},
  neighbourAsked: () => {},
  bundleWrittenBy: () => {},
  rulesInForce: () => {},
};
