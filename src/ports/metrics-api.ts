/** The metrics APIs of one adapter, as a person reads them. Real: adapters/metrics-api.ts. */
export interface MetricsApi {
  /** GET of a path with its query. body: undefined where the answer is no JSON. @throws UnavailableError where nobody answers */
  get(path: string): Promise<{ status: number; body: unknown }>;
  close(): void;
}
