import type { Labels, MetricsSource, QueryResult } from '../../src/ports/metrics-source.ts';

/** A source that a test answers for: what it is asked waits until the test says what comes. */
export type ASource = MetricsSource & {
  queries: string[];
  listings: { selector: string; since: number }[];
  /** What queries give from now on. */
  answers(answer: () => Promise<QueryResult>): void;
  /** What listings give from now on. */
  lists(answer: (selector: string) => Promise<Labels[]>): void;
};

export function aSource(): ASource {
  let query = (): Promise<QueryResult> => Promise.resolve({ type: 'vector', samples: [] });
  let series = (_selector: string): Promise<Labels[]> => Promise.resolve([]);
  const queries: string[] = [];
  const listings: { selector: string; since: number }[] = [];
  return {
    queries,
    listings,
    answers: (answer) => (query = answer),
    lists: (answer) => (series = answer),
    query(promql) {
      queries.push(promql);
      return query();
    },
    series(selector, since) {
      listings.push({ selector, since });
      return series(selector);
    },
  };
}

/** A vector of one row, evaluated at the beginning of 2026. */
export const oneRow = (value: number, labels: Labels = {}): QueryResult => ({
  type: 'vector',
  samples: [{ labels, timestamp: Date.UTC(2026, 0, 1) / 1000, value }],
});
