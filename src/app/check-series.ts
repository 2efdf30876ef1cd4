import type { Place } from '../domain/errors.ts';
import type { Finding } from '../domain/policy/lint.ts';
import type { Backend } from '../domain/rules/backend.ts';
import { warning } from '../domain/rules/lint-rules.ts';
import type { CheckedRule } from '../domain/rules/rule-check.ts';
import type { Labels } from '../ports/metrics-source.ts';
import type { CheckWorld } from './check-world.ts';

/** What there is of a rule's series. error: what was thrown where they could not be listed. */
export type SeenSeries = Pick<CheckedRule, 'found'> & {
  series: readonly Labels[];
  findings: Finding[];
  error: unknown;
};

/** Lists the series of some selectors, each series once. */
export async function seenSeries(
  selectors: readonly string[],
  { place, backend }: { place: Place; backend: Backend | null },
  { list }: CheckWorld,
): Promise<SeenSeries> {
  const series = new Map<string, Labels>();
  const findings: Finding[] = [];
  for (const selector of selectors) {
    const listing = await list(selector, { backend });
    if (listing.type === 'not asked') return { found: unknown(listing.why), series: [], findings: [], error: null };
    if (listing.type === 'failed') {
      findings.push({ severity: 'error', place, message: `no series of ${selector}: ${listing.why}` });
      return { found: unknown(listing.why), series: [], findings, error: listing.error };
    }
    if (listing.series.length === 0) findings.push(warning(place, `there is no series of ${selector}`));
    for (const labels of listing.series) series.set(JSON.stringify(labels), labels);
  }
  const all = [...series.values()];
  const names = new Set(all.map(({ __name__: name }) => name)).size;
  return { found: { type: 'series', series: all.length, names }, series: all, findings, error: null };
}

const unknown = (why: string): CheckedRule['found'] => ({ type: 'unknown', why });
