/** Where the serving of metrics is told: counters and gauges. Must not throw. Real: telemetry/serving-metrics.ts. */
export interface ServingRecorder {
  /** One HTTP answer of the metrics API. group: the API group that was asked; '' for documents of all and what is not served. */
  answered(answer: { code: number; group: string; seconds: number }): void;
  /** A query goes to a backend; `queried` follows in any case. */
  asking(backend: string): void;
  /** One query to a backend, over. refused: the backend says that the query is wrong, or its answer is too large. */
  queried(query: { backend: string; seconds: number; result: 'ok' | 'refused' | 'unavailable' }): void;
  /** How one read got its numbers, or why not. joined: the query was on its way. late: no answer within a second. */
  read(from: 'memory' | 'joined' | 'query' | 'late'): void;
  /** How old the numbers of one read are. */
  served(ageSeconds: number): void;
  /** What is wanted now, and how many keys the limits have put out since it was told last. */
  wanted(demand: { hpas: number; reads: number; evicted: number }): void;
  /** What was left out because a backend is slow: a round of refreshing, or a query for a read. */
  shed(left: { what: 'round' | 'query'; backend: string }): void;
  /** Questions that a round asks: together with others in one query, or alone. */
  asked(round: { backend: string; together: number; alone: number }): void;
  /** A query for many was refused and is asked again in halves. */
  bisected(backend: string): void;
  /** Rows of a batch that its query does not ask for: dropped. rule: its path in the rules file. */
  strays(dropped: { rule: string; rows: number }): void;
  /** One question of a batch was asked alone as well, at the same instant; whether that gave other rows. */
  compared(question: { rule: string; result: 'equal' | 'mismatch' }): void;
  /** One read that was handed to the neighbour. status: it said an error of its own; full: it was not asked, too many were. */
  neighbourAsked(seconds: number, outcome: 'ok' | 'status' | 'error' | 'full'): void;
  /** Who writes the caBundle of our APIService beside us: a field manager; null: nobody. */
  bundleWrittenBy(manager: string | null): void;
  /** The rules in force, the faults of the file as it stands now, and when that was read: epoch seconds. */
  rulesInForce(reading: { rules: number; problems: number; at: number }): void;
  /** The API server was asked whose a token is, or what somebody may do. error: it did not say. */
  reviewed(review: { kind: 'token' | 'access'; seconds: number; result: 'ok' | 'error' }): void;
  /** The CAs of clients were read; epoch seconds. */
  trustRead(at: number): void;
  /** The certificate that is shown from now on ends then; epoch seconds. */
  certificateShown(expiresAt: number): void;
}

/** Tells nobody: for tests. */
export const silentServingRecorder: ServingRecorder = {
  answered: () => {},
  asking: () => {},
  queried: () => {},
  read: () => {},
  served: () => {},
  wanted: () => {},
  shed: () => {},
  asked: () => {},
  bisected: () => {},
  strays: () => {},
  compared: () => {},
  neighbourAsked: () => {},
  bundleWrittenBy: () => {},
  rulesInForce: () => {},
  reviewed: () => {},
  trustRead: () => {},
  certificateShown: () => {},
};
