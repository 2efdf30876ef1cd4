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
  /** Of the soak's own process, whose timers wait for the same machine. */
  ownLagMilliseconds: number;
  outages: readonly Outage[];
  rules: { good: number; broken: number };
  serving: Rotated;
  cas: RotatedCas;
};

type Bound = {
  resource: Resource;
  name: string;
  unit: string;
  by: 'ratio' | 'difference';
  most: number;
  mostOfShort?: number;
};

/**
 * What the last quarter's floor may be of the second's, or above it. Memory: what V8 compiles and caches as it goes. Descriptors and handles: a
 * pool of connections that happens to be fuller, of 16 for each backend. mostOfShort: of a run of less than 5 minutes, in which the heap still
 * takes the room from the system that it will use again and again; what is in use after a collection shows a leak there as well.
 */
const GROWTH: readonly Bound[] = [
  { resource: 'heapMegabytes', name: 'heap', unit: 'MB', by: 'ratio', most: 1.06 },
  { resource: 'rssMegabytes', name: 'rss', unit: 'MB', by: 'ratio', most: 1.15, mostOfShort: 1.3 },
  { resource: 'descriptors', name: 'descriptors', unit: '', by: 'difference', most: 16 },
  { resource: 'handles', name: 'handles', unit: '', by: 'difference', most: 16 },
  { resource: 'lagMilliseconds', name: 'event_loop_lag', unit: 'ms', by: 'difference', most: 5 },
];

const SHORT_SECONDS = 300;

/** A read is answered within a second; the other one is for the machine and the client. */
const SLOWEST_MILLISECONDS = 2000;

export function rowsOf({
  seconds,
  tally,
  samples,
  mostQueries,
  ownLagMilliseconds,
  outages,
  rules,
  serving,
  cas,
}: Results): Row[] {
  return [
    judged('wrong_values', tally.wrong, '', exactly(0)),
    judged('failed_reads', tally.failed, '', exactly(0)),
    judged('slowest_answer_ms', tally.slowest, 'ms', atMost(SLOWEST_MILLISECONDS)),
    // a timestamp has whole seconds, so an age is up to one too much
    judged('oldest_served_s', tally.oldest, 's', atMost(STALENESS + 1)),
    judged('late_changes', serving.late + cas.late, '', exactly(0)),
    judged('queries_in_flight', mostQueries, '', atMost(CONCURRENCY)),
    ...GROWTH.map(({ resource, name, unit, by, most, mostOfShort = most }) =>
      judged(
        `${name}_growth`,
        growthOf(samples, resource, by),
        by === 'ratio' ? '' : unit,
        atMost(seconds < SHORT_SECONDS ? mostOfShort : most),
      ),
    ),
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
    ...GROWTH.map(({ resource, name, unit }) => told(`${name}_floor`, floorOf(samples, resource, 3), unit)),
    told('own_event_loop_lag', ownLagMilliseconds, 'ms'),
  ];
}
