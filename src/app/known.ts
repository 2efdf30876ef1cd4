import { UnavailableError, describeError, placeText } from '../domain/errors.ts';
import type { Row } from '../domain/rules/external-metric-value.ts';
import { type Question, promqlOf } from '../domain/rules/question.ts';
import { type Judgement, type ValuePolicy, isGood, judge, judgeFailure } from '../domain/rules/value-policy.ts';
import type { MetricsSource } from '../ports/metrics-source.ts';

/** All times are monotonic milliseconds. */
export type Known = {
  /** Who is asked. */
  readonly source: MetricsSource;
  /** Names the question among those of its source: questions of one text have one answer. */
  readonly text: string;
  question: Question;
  /** What the backend answered last. */
  answered: Answered | null;
  /** Why it did not answer since; null once it did. */
  failure: Failure | null;
  /** The last answer in which every row was a number that the rule lets pass, for rules that fall back on it. */
  good: Answered | null;
  /** The query that is on its way. */
  flight: Flight | null;
  /** The backend refused it when it was asked alone, so that it is kept out of batches. */
  refused: boolean;
  /** The last judgement, which stands as long as nothing new is known. */
  judged: { of: Answered | Failure; by: ValuePolicy; judgement: Judgement } | null;
  /** The last round in which it was wanted. */
  round: number;
};

/** sentAt: when the query was sent, so that rows are never older than they are taken for. */
export type Answered = { type: 'answered'; rows: readonly Row[]; sentAt: number };
export type Failure = { type: 'failed'; error: unknown; sentAt: number };
/** over: never rejects. */
export type Flight = { since: number; over: Promise<void> };

export function createKnown({ source, text, question }: Pick<Known, 'source' | 'text' | 'question'>): Known {
  return {
    source,
    text,
    question,
    answered: null,
    failure: null,
    good: null,
    flight: null,
    refused: false,
    judged: null,
    round: 0,
  };
}

/** The backend gave rows. */
export function learn(known: Known, rows: readonly Row[], sentAt: number): void {
  known.answered = { type: 'answered', rows, sentAt };
  known.failure = null;
  known.refused = false;
  if (isGood(known.question.rule.values, rows)) known.good = known.answered;
}

/** It gave none. Rows that are there stay, to be served within the bound on their age. */
export function learnFailure(known: Known, error: unknown, sentAt: number): void {
  known.failure = { type: 'failed', error, sentAt };
}

/**
 * When a reading is made. since: rows that were asked for before are too old. waitedFor: since when the query was on its way that
 * was waited for, so that what it gave counts in any case. epochSeconds: the time of a row that stands for none.
 */
export type Reading = { since: number; waitedFor: number | null; monotonic: number; epochSeconds(): number };

/**
 * What a rule's policy makes of what is known; null where nothing is, or all is too old. The very same rows as before while
 * nothing new was learned.
 *
 * @throws UnavailableError when they cannot be had: no stand-in for them but one that the rule names
 */
export function rowsOf(known: Known, asked: Question, reading: Reading): readonly Row[] | null {
  const { values } = asked.rule;
  const basis = basisOf(known, reading);
  if (basis === null) return null;
  if (known.judged?.of !== basis || known.judged.by !== values) {
    const judgement =
      basis.type === 'answered'
        ? judge(values, basis.rows, reading.epochSeconds)
        : judgeFailure(values, describeError(basis.error), reading.epochSeconds);
    known.judged = { of: basis, by: values, judgement };
  }
  const failure = basis.type === 'failed' ? basis.error : null;
  return settle(known, known.judged.judgement, { asked, failure, reading });
}

/** Rows that are young enough come before a failure that came since. */
function basisOf({ answered, failure }: Known, { since, waitedFor }: Reading): Answered | Failure | null {
  if (answered !== null && answered.sentAt >= since) return answered;
  const latest = failure ?? answered;
  return latest !== null && latest.sentAt >= Math.min(since, waitedFor ?? Infinity) ? latest : null;
}

/** The same where a backend takes too long to say anything. @throws UnavailableError */
export function rowsWithout(known: Known, about: Missing): readonly Row[] {
  const { asked, failure, reading } = about;
  const judgement = judgeFailure(asked.rule.values, describeError(failure), reading.epochSeconds);
  return settle(known, judgement, about);
}

/** failure: null where the backend did answer. */
type Missing = { asked: Question; failure: unknown; reading: Reading };

function settle(known: Known, judgement: Judgement, { asked, failure, reading }: Missing): readonly Row[] {
  if (judgement.type === 'answer') return judgement.rows;
  const answered = failure === null;
  if (judgement.type === 'error') throw unavailable(asked, answered ? judgement.why : '', failure);
  const { withinSeconds, why } = judgement;
  const { good } = known;
  // Another rule may ask the same, and let other numbers pass.
  const mayServe = good !== null && isGood(asked.rule.values, good.rows);
  if (mayServe && reading.monotonic - good.sentAt <= withinSeconds * 1000) return good.rows;
  const missing = `there was no good answer within ${withinSeconds} s`;
  throw unavailable(asked, answered ? `${why}, and ${missing}` : missing, failure);
}

/** A refused query is the rule's fault, not the caller's: a read that would work with another rule is no 400. */
function unavailable(asked: Question, why: string, failure: unknown): UnavailableError {
  const where = `the rule at ${placeText(asked.rule.place)} makes ${promqlOf(asked)}`;
  return new UnavailableError(why === '' ? where : `${where}: ${why}`, failure === null ? {} : { cause: failure });
}
