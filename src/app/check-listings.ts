import { describeError } from '../domain/errors.ts';
import type { Backend } from '../domain/rules/backend.ts';
import { listingOf } from '../domain/rules/name-table.ts';
import type { Labels, MetricsSource } from '../ports/metrics-source.ts';

/** What a Prometheus lists for a selector; failed: a sentence, and what was thrown. */
export type Listing =
  | { type: 'series'; series: readonly Labels[] }
  | { type: 'failed'; why: string; error: unknown }
  | { type: 'not asked'; why: string };

/** Whom a rule asks; none: why nobody is. */
export type SourceOf = (backend: Backend | null) => MetricsSource | { type: 'none'; why: string };

/** Lists series once for all rules that list by the same selector. */
export type CheckListings = {
  list(seriesQuery: string, backend: Backend | null): Promise<Listing>;
};

/** @param since epoch seconds: series that were seen later */
export function createCheckListings(sourceOf: SourceOf, since: number): CheckListings {
  const known = new Map<string, Promise<Listing>>();

  async function ask(seriesQuery: string, backend: Backend | null): Promise<Listing> {
    const source = sourceOf(backend);
    if ('type' in source) return { type: 'not asked', why: source.why };
    try {
      return { type: 'series', series: await source.series(seriesQuery, since) };
    } catch (error) {
      return { type: 'failed', why: describeError(error), error };
    }
  }

  return {
    list(seriesQuery, backend) {
      const key = listingOf({ seriesQuery, backend });
      const listing = known.get(key) ?? ask(seriesQuery, backend);
      known.set(key, listing);
      return listing;
    },
  };
}
