import { fitsQuantity } from '../quantity.ts';
import type { Row } from './external-metric-value.ts';

/** What is done where a rule's query gives no number, or a negative one. withinSeconds: how old the last good answer may be. */
export type Reaction =
  | { type: 'error' }
  | { type: 'drop' }
  | { type: 'zero' }
  | { type: 'lastGood'; withinSeconds: number }
  | { type: 'likePrometheusAdapter' };

/**
 * A rule's reactions. empty: the query has no rows. nan and infinite: a row that is no number, or one beyond a Quantity.
 * negative: a row that is below zero as a Quantity. unavailable: the backend does not answer, or refuses the query.
 */
export type ValuePolicy = {
  empty: Reaction;
  nan: Reaction;
  infinite: Reaction;
  negative: Reaction | { type: 'keep' };
  unavailable: Reaction;
};

/**
 * What holds where a rule says nothing. Rows that are no number are left out; the HPA takes an empty list for an error and
 * holds. 0 is never a default: it says that nobody is there. A negative number is an error: the HPA controller takes a sum below
 * zero for an overflow and asks for every replica, and without that row the sum of the others would be another number.
 */
export const DEFAULT_VALUES: ValuePolicy = {
  empty: { type: 'drop' },
  nan: { type: 'drop' },
  infinite: { type: 'drop' },
  negative: { type: 'error' },
  unavailable: { type: 'error' },
};

/** The same of objects, whose numbers the HPA controller takes with their sign: what is below its target counts as 0 replicas. */
export const OBJECT_VALUES: ValuePolicy = { ...DEFAULT_VALUES, negative: { type: 'keep' } };

/** What prometheus-adapter does: it converts a row that is no number to int64 unguarded, and answers negative ones. */
export const PROMETHEUS_ADAPTER_VALUES: ValuePolicy = {
  ...DEFAULT_VALUES,
  negative: { type: 'keep' },
  nan: { type: 'likePrometheusAdapter' },
  infinite: { type: 'likePrometheusAdapter' },
};

/** rows: as the backend gave them, where all are numbers. */
export type Judgement =
  | { type: 'answer'; rows: readonly Row[] }
  | { type: 'lastGood'; withinSeconds: number; why: string }
  | { type: 'error'; why: string };

/** Epoch seconds, the time of a row that stands for none: only looked at where there is one. */
type Now = () => number;

/** What is answered for the rows of a query. */
export function judge(policy: ValuePolicy, rows: readonly Row[], now: Now): Judgement {
  if (rows.length === 0) return react(policy.empty, 'the query has no rows', now);
  if (isGood(policy, rows)) return { type: 'answer', rows };
  const answered: Row[] = [];
  for (const row of rows) {
    const bad = faultOf(policy, row.value);
    if (bad === null) {
      answered.push(row);
      continue;
    }
    const judgement = react(bad.reaction, `a row of the query is ${row.value}, ${bad.why}`, now);
    if (judgement.type !== 'answer') return judgement;
    answered.push(...judgement.rows.map(({ value }) => ({ ...row, value })));
  }
  return { type: 'answer', rows: answered };
}

/** What is answered where the backend gives nothing at all. why: a sentence. */
export const judgeFailure = (policy: ValuePolicy, why: string, now: Now): Judgement =>
  react(policy.unavailable, why, now);

/** Whether rows may serve as the last good ones later: there are some, and all are numbers that the rule lets pass. */
export const isGood = (policy: ValuePolicy, rows: readonly Row[]): boolean =>
  rows.length > 0 && rows.every(({ value }) => faultOf(policy, value) === null);

/** How long a rule may fall back on a good answer; 0: not at all. */
export const lastGoodSeconds = (policy: ValuePolicy): number =>
  Math.max(...Object.values(policy).map((reaction) => (reaction.type === 'lastGood' ? reaction.withinSeconds : 0)));

/** Whether each row is judged by itself, so that rows which nobody asked for change nothing for the others. */
export const judgesEachRow = ({ empty, nan, infinite, negative }: ValuePolicy): boolean =>
  empty.type === 'drop' && [nan, infinite, negative].every(({ type }) => type !== 'error' && type !== 'lastGood');

/** What is wrong with a row's number, and what is done about it; null where nothing is. */
function faultOf({ nan, infinite, negative }: ValuePolicy, value: number): { reaction: Reaction; why: string } | null {
  if (!fitsQuantity(value)) {
    return { reaction: Number.isNaN(value) ? nan : infinite, why: 'no number that an HPA can read' };
  }
  if (negative.type === 'keep' || value > LEAST_NEGATIVE) return null;
  return { reaction: negative, why: 'a negative number, of which an HPA can make every replica that it may have' };
}

/** What is nearer to zero becomes 0: a Quantity counts thousandths. */
const LEAST_NEGATIVE = -0.001;

function react(reaction: Reaction, why: string, now: Now): Judgement {
  const one = (value: number): Judgement => ({
    type: 'answer',
    rows: [{ labels: {}, timestamp: now(), value }],
  });
  switch (reaction.type) {
    case 'error':
      return { type: 'error', why };
    case 'drop':
      return { type: 'answer', rows: [] };
    case 'zero':
      return one(0);
    case 'lastGood':
      return { type: 'lastGood', withinSeconds: reaction.withinSeconds, why };
    case 'likePrometheusAdapter':
      return one(INT64_LEAST);
  }
}

/** int64(NaN) and int64(±Inf) of Go on amd64, in units: the Quantity is -9223372036854775808m. */
const INT64_LEAST = -(2 ** 63) / 1000;
