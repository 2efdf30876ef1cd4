import type { Asking } from '../domain/batch/batching.ts';
import type { Question } from '../domain/rules/question.ts';
import type { Clock } from '../ports/clock.ts';
import type { Wanted } from './demand.ts';
import { type Known, learn } from './known.ts';
import { ofItsObjects } from './plan-asks.ts';

/**
 * An HPA of type Pods names a metric; which pods, its controller says only when it reads, by the selector of the HPA's target. Until
 * then all pods of the namespace are asked for, and a first read finds its own among them. Only where the rule lets reads share a query,
 * as that has the very rows of each read's own.
 */
export type AheadOfReads = {
  /** Whether all objects are asked for now. */
  isDue(wanted: Wanted, question: Question): boolean;
  /** Somebody reads by a selector what this names. */
  noteRead(wanted: Wanted): void;
  /** Gives a first read what is known of all objects, which is as old as it is. */
  give(own: Known, all: Known): void;
};

export type AheadOfReadsOptions = {
  askingOf(question: Question): Asking;
  clock: Pick<Clock, 'monotonic'>;
};

/** From the first read on, all other HPAs that name the same read within this time: each does every 15 s. */
const OTHERS_WITHIN_MILLISECONDS = 30_000;

export function createAheadOfReads({ askingOf, clock }: AheadOfReadsOptions): AheadOfReads {
  const readFirst = new WeakMap<Wanted, number>();

  function share(a: Question, b: Question): boolean {
    const [first, second] = [askingOf(a), askingOf(b)];
    return first.type === 'together' && second.type === 'together' && first.group === second.group;
  }

  return {
    isDue(wanted, question) {
      const at = readFirst.get(wanted) ?? Infinity;
      return clock.monotonic() - at <= OTHERS_WITHIN_MILLISECONDS && askingOf(question).type === 'together';
    },
    noteRead(wanted) {
      if (!readFirst.has(wanted)) readFirst.set(wanted, clock.monotonic());
    },
    give(own, { answered, question }) {
      if (answered === null || !share(own.question, question)) return;
      learn(own, ofItsObjects(own.question, answered.rows), answered.sentAt);
    },
  };
}
