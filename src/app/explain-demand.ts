import { describeError } from '../domain/errors.ts';
import type { Row } from '../domain/rules/external-metric-value.ts';
import { type Question, isOfAllObjects, promqlOf } from '../domain/rules/question.ts';
import type { Demand, Wanted } from './demand.ts';
import type { Known } from './known.ts';
import { rowsOfItsObjects } from './rows-in.ts';
import { type Want, keyOf, ofAnySelector } from './want.ts';

/** What is known of a want, for people. own: of this very want; null where it was never asked. */
export type Explanation = {
  wantedBy: 'hpa' | 'reads' | 'nobody';
  own: KnownOfKey | null;
  /** Where own is null: what reads of the same metric by other selectors of objects asked, the latest first. */
  others: readonly KnownOfSelector[];
};

/** rows: those of the objects that are asked for. ageSeconds: of the rows. */
export type KnownOfKey = {
  promql: string;
  rows: readonly Row[] | null;
  ageSeconds: number | null;
  error: string | null;
};

export type KnownOfSelector = KnownOfKey & { labelSelector: string };

export type KnownDemand = {
  demand: Pick<Demand, 'get' | 'all'>;
  /** What a key asks, and what is known of that; undefined where it was never asked. */
  asked(wanted: Wanted): { question: Question; known: Known } | undefined;
  /** Monotonic milliseconds. */
  now: number;
};

/**
 * An HPA names a metric of pods without a selector, which its controller takes from the HPA's target. So reads of that metric by
 * any selector count as the HPA's.
 */
export function explainDemand(want: Want, { demand, asked, now }: KnownDemand): Explanation {
  const knownOf = (wanted: Wanted): KnownOfKey | null => {
    const found = asked(wanted);
    return found && !isOfAllObjects(found.question) ? knownOfKey(found, now) : null;
  };
  const exact = demand.get(keyOf(want));
  const own = exact ? knownOf(exact) : null;
  const reads = own === null ? readsOf(want, demand.all()) : [];
  const others = reads.flatMap(({ labelSelector, wanted }) => {
    const known = knownOf(wanted);
    return known ? [{ ...known, labelSelector }] : [];
  });
  const byAnySelector = want.type === 'custom' ? demand.get(keyOf(ofAnySelector(want))) : undefined;
  const isRead = exact !== undefined || (reads.length > 0 && want.type === 'custom' && want.labelSelector === null);
  if (exact?.byHpa || (isRead && byAnySelector?.byHpa)) return { wantedBy: 'hpa', own, others };
  return { wantedBy: isRead ? 'reads' : 'nobody', own, others };
}

/** The latest first. */
function readsOf(want: Want, all: Iterable<Wanted>): { labelSelector: string; wanted: Wanted }[] {
  if (want.type !== 'custom') return [];
  const family = keyOf(ofAnySelector(want));
  return [...all]
    .flatMap((wanted) => {
      const each = wanted.want;
      if (each.type !== 'custom' || each.labelSelector === null || each.metric !== want.metric) return [];
      if (keyOf(ofAnySelector(each)) !== family) return [];
      return [{ labelSelector: each.labelSelector, wanted }];
    })
    .toSorted((a, b) => (b.wanted.readAt ?? 0) - (a.wanted.readAt ?? 0));
}

function knownOfKey({ question, known: { answered, failure } }: Found, now: number): KnownOfKey {
  return {
    promql: promqlOf(question),
    rows: answered && rowsOfItsObjects(question, answered.rows),
    ageSeconds: answered && (now - answered.sentAt) / 1000,
    error: failure && describeError(failure.error),
  };
}

type Found = { question: Question; known: Known };
