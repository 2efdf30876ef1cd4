/** Where the serving of metrics is told: counters and gauges. Must not throw. Real: telemetry/serving-metrics.ts. */
export interface ServingRecorder {
  /** One HTTP answer of the metrics API. */
  answered(code: number): void;
  /** One query to a backend, over. refused: the backend says that the query is wrong, or its answer is too large. */
  queried(seconds: number, outcome: 'ok' | 'refused' | 'unavailable'): void;
  /** How one read got its numbers, or why not. joined: the query was on its way. late: no answer within a second. */
  read(from: 'memory' | 'joined' | 'query' | 'late'): void;
  /** How old the numbers of one read are. */
  served(ageSeconds: number): void;
  /** What is wanted now, and how many keys the limits have put out since it was told last. */
  wanted(demand: { hpas: number; reads: number; evicted: number }): void;
  /** What was left out because a backend is slow: a round of refreshing, or a query for a read. */
  shed(what: 'round' | 'query'): void;
  /** Questions that a round asks: together with others in one query, or alone. */
  asked(round: { together: number; alone: number }): void;
  /** Rows of a batch that its query does not ask for: dropped. */
  strays(rows: number): void;
  /** One question of a batch was asked alone as well, at the same instant; whether that gave other rows. */
  compared(outcome: 'equal' | 'mismatch'): void;
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
  served: () => {},
  wanted: () => {},
  shed: () => {},
  asked: () => {},
  strays: () => {},
  compared: () => {},
  neighbourAsked: () => {},
  bundleWrittenBy: () => {},
  rulesInForce: () => {},
};
