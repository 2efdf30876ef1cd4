import { formatMilli } from '../quantity.ts';
import type { Reading } from './reading.ts';

/** What both answered to the same read, at almost the same time. */
export type Round = { ours: Reading; theirs: Reading };

/** One difference of one read: what it is about, so that equal ones can be told together, and an example. */
export type Difference = { type: 'status' | 'rows' | 'value'; cause: string; example: string };

/**
 * How the answers of two adapters to one read differ, round by round; empty where they do not. Numbers move while two adapters ask
 * one after the other, and one of them may answer from memory: what one of them says counts as said by the other where that one says
 * it, or numbers around it, in the round before, in the same or in the next one.
 *
 * @param tolerance how far numbers may be apart, as a part of the greater one
 */
export function differencesOf(rounds: readonly Round[], tolerance: number): Difference[] {
  return rounds.flatMap(({ ours }, index): Difference[] => {
    const theirs = rounds.slice(Math.max(0, index - 1), index + 2).map((round) => round.theirs);
    const now = rounds[index]!.theirs;
    if (ours.type === 'status') {
      const same = theirs.some((one) => one.type === 'status' && one.code === ours.code);
      return same ? [] : [statusDifference(ours, now)];
    }
    const answered = theirs.filter((one) => one.type === 'rows');
    if (answered.length === 0) return [statusDifference(ours, now)];
    return [...rowDifferences(ours, answered), ...valueDifferences(ours, answered, tolerance)];
  });
}

type Rows = Extract<Reading, { type: 'rows' }>;

function statusDifference(ours: Reading, theirs: Reading): Difference {
  return {
    type: 'status',
    cause: `ours answers ${statusText(ours)}, the other ${statusText(theirs)}`,
    example: [ours, theirs].map((one) => (one.type === 'status' ? one.message : `${one.values.size} rows`)).join(' | '),
  };
}

function statusText(reading: Reading): string {
  if (reading.type === 'status')
    return reading.code === 0 ? reading.reason : `${reading.code} ${reading.reason}`.trim();
  return reading.values.size === 0 ? 'no rows' : 'rows';
}

/** Rows that one of them has all the while, and the other never. */
function rowDifferences(ours: Rows, theirs: readonly Rows[]): Difference[] {
  const extra = [...ours.values.keys()].filter((row) => theirs.every(({ values }) => !values.has(row)));
  const [first, ...others] = theirs;
  const always = [...(first?.values.keys() ?? [])].filter((row) => others.every(({ values }) => values.has(row)));
  const missing = always.filter((row) => !ours.values.has(row));
  return [
    ...extra.map((row): Difference => ({ type: 'rows', cause: 'ours has a row more', example: row })),
    ...missing.map((row): Difference => ({ type: 'rows', cause: 'the other has a row more', example: row })),
  ];
}

function valueDifferences(ours: Rows, theirs: readonly Rows[], tolerance: number): Difference[] {
  return [...ours.values].flatMap(([row, value]): Difference[] => {
    const said = theirs.flatMap(({ values }) => values.get(row) ?? []);
    if (said.length === 0) return [];
    const least = said.reduce((a, b) => (b < a ? b : a));
    const most = said.reduce((a, b) => (b > a ? b : a));
    const far = value < least ? least - value : value > most ? value - most : 0n;
    const greatest = [value, least, most].map(absolute).reduce((a, b) => (b > a ? b : a));
    if (Number(far) <= Number(greatest) * tolerance) return [];
    const range = least === most ? formatMilli(least) : `${formatMilli(least)} to ${formatMilli(most)}`;
    const cause = value < least ? 'ours is less than the other' : 'ours is more than the other';
    return [{ type: 'value', cause, example: `${row}: ours ${formatMilli(value)}, the other ${range}` }];
  });
}

const absolute = (value: bigint): bigint => (value < 0n ? -value : value);
