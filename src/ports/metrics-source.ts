/** A Prometheus-compatible backend. Real: adapters/prometheus. In memory: adapters/model. */
export interface MetricsSource {
  /**
   * An instant query, evaluated by the backend at its own now, or at a time that it gave before (epoch seconds).
   *
   * @throws InvalidError (4xx), UnavailableError
   */
  query(promql: string, at?: number): Promise<QueryResult>;
  /** The label sets of the series that match a selector and were seen since then (epoch seconds). */
  series(selector: string, sinceSeconds: number): Promise<Labels[]>;
}

export type Labels = Readonly<Record<string, string>>;

/** value may be NaN or infinite: what to do with it is the rule's business. timestamp: epoch seconds of the evaluation. */
export type Sample = { labels: Labels; timestamp: number; value: number };

export type QueryResult = { type: 'vector'; samples: Sample[] } | { type: 'scalar'; timestamp: number; value: number };
