import { type Row, atLeast, atMost, exactly, judged, told } from '../bench/row.ts';
import { CONCURRENCY, STALENESS } from './bounds.ts';
import type { RotatedCas } from './ca-rotation.ts';
import { type Resource, type Sample, floorOf, growthOf } from './growth.ts';
import type { Outage } from './outages.ts';
import type { Rotated } from './serving-rotation.ts';

/** What a run saw. */
export type Results = {
  seconds: number;
  tally: { reads: number; wrong: number; failed: number; away: number; slowest: number; oldest: number };
  samples: readonly Sample[];
  mostQueries: number;
  outages: readonly Outage[];
  rules: { good: number; broken: number };
  serving: Rotated;
  cas: RotatedCas;
};

/**
 * What the last quarter's floor may lie above the second's. Megabytes: what V8 compiles and caches as it goes, a kilobyte for each hundred
 * reads of ten minutes. Descriptors and handles: a pool of connections that happens to be fuller, of 16 for each backend.
 */
const GROWTH: readonly [Resource, { name: string; unit: string; most: number }][] = [
  ['heapMegabytes', { name: 'heap_growth_mb', unit: 'MB', most: 3 }],
  ['rssMegabytes', { name: 'rss_growth_mb', unit: 'MB', most: 20 }],
  ['descriptors', { name: 'descriptors_growth', unit: '', most: 16 }],
  ['handles', { name: 'handles_growth', unit: '', most: 16 }],
  ['lagMilliseconds', { name: 'event_loop_lag_growth_ms', unit: 'ms', most: 5 }],
];

/** A read is answered within a second; the rest is the machine's and the client's. */
const SLOWEST_MILLISECONDS = 1500;

export function rowsOf({ seconds, tally, samples, mostQueries, outages, rules, serving, cas }: Results): Row[] {
  return [
    judged('wrong_values', tally.wrong, '', exactly(0)),
    judged('failed_reads', tally.failed, '', exactly(0)),
    judged('slowest_answer_ms', tally.slowest, 'ms', atMost(SLOWEST_MILLISECONDS)),
    // a timestamp has whole seconds, so an age is up to one too much
    judged('oldest_served_s', tally.oldest, 's', atMost(STALENESS + 1)),
    judged('late_changes', serving.late + cas.late, '', exactly(0)),
    judged('queries_in_flight', mostQueries, '', atMost(CONCURRENCY)),
    ...GROWTH.map(([resource, { name, unit, most }]) => judged(name, growthOf(samples, resource), unit, atMost(most))),
    // a run in which nothing happened shows nothing
    judged('errors_while_away', tally.away, '', atLeast(1)),
    judged('outages', outages.length, '', atLeast(2)),
    judged('rules_files', rules.good, '', atLeast(2)),
    judged('broken_rules_files', rules.broken, '', atLeast(1)),
    judged('serving_certificates', serving.seen, '', atLeast(1)),
    judged('cas_taken', cas.taken, '', atLeast(1)),
    told('cas_withdrawn', cas.withdrawn, ''),
    told('seconds', seconds, 's'),
    told('reads', tally.reads, ''),
    ...GROWTH.map(([resource, { name, unit }]) =>
      told(name.replace('_growth', ''), floorOf(samples, resource, 3), unit),
    ),
  ];
}
