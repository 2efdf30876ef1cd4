import type { Outcome } from '../bench/client/response-reader.ts';
import type { Read } from './reads.ts';
import { type Decoded, decode } from './series.ts';

/** When a read was made, epoch milliseconds. */
export type When = { askedAt: number; answeredAt: number };

/** What answers are held to: what happened so far. */
export type Truth = {
  wasTrue(tenths: number, evaluatedAt: number): boolean;
  mayAnswer(generation: number, when: When): boolean;
  mayFail(when: When): boolean;
};

/**
 * wrong: a value that the series did not have, or of rules that are no longer or not yet in force. failed: no answer, or an error where
 * there must be none. away: an error, and rightly, as the backend is. evaluatedAt: epoch milliseconds of the oldest item, rounded down to seconds.
 */
export type Verdict =
  | { type: 'right'; evaluatedAt: number }
  | { type: 'away' }
  | { type: 'failed'; why: string }
  | { type: 'wrong'; why: string };

type Item = { value: string; timestamp: string; describedObject?: { name: string } };

export function verdictOf(read: Read, outcome: Outcome, when: When, truth: Truth): Verdict {
  if (outcome.type === 'none') return { type: 'failed', why: outcome.why };
  if (outcome.code !== 200) {
    const rightly = read.backend === 'flapping' && isStatus(outcome.body) && truth.mayFail(when);
    return rightly ? { type: 'away' } : { type: 'failed', why: `${outcome.code} ${outcome.body}` };
  }
  const items = itemsOf(outcome.body);
  const decoded = items && decodedOf(read, items);
  if (items === null || decoded === null) return { type: 'wrong', why: `not its series: ${outcome.body}` };
  for (const [at, { tenths, generation }] of decoded.entries()) {
    const evaluatedAt = Date.parse(items[at]!.timestamp);
    if (!truth.wasTrue(tenths, evaluatedAt)) return { type: 'wrong', why: `not its value then: ${outcome.body}` };
    const numbered = read.backend === 'steady' ? truth.mayAnswer(generation, when) : generation === 0;
    if (!numbered) return { type: 'wrong', why: `by rules file ${generation}: ${outcome.body}` };
  }
  return { type: 'right', evaluatedAt: Math.min(...items.map(({ timestamp }) => Date.parse(timestamp))) };
}

/** In the order of the items; null where they are not those of the read. */
function decodedOf({ kind }: Read, items: readonly Item[]): Decoded[] | null {
  const expected = kind.type === 'external' ? 1 : kind.series.size;
  const names = new Set(items.map(({ describedObject }) => describedObject?.name));
  if (items.length !== expected || names.size !== expected) return null;
  const decoded = items.map(({ value, describedObject }) => {
    if (kind.type === 'external') return decode(value, kind.series);
    const series = kind.series.get(describedObject?.name ?? '');
    return series === undefined ? null : decode(value, [series]);
  });
  return decoded.every((one) => one !== null) ? decoded : null;
}

function itemsOf(body: string): readonly Item[] | null {
  try {
    const { items } = JSON.parse(body) as { items?: unknown };
    return Array.isArray(items) ? (items as Item[]) : null;
  } catch {
    return null;
  }
}

function isStatus(body: string): boolean {
  try {
    const { kind, status } = JSON.parse(body) as { kind?: unknown; status?: unknown };
    return kind === 'Status' && status === 'Failure';
  } catch {
    return false;
  }
}
