import type { Outcome } from './response-reader.ts';

/** One key: what is read, and what must be answered. */
export type Read = {
  path: string;
  expected:
    | { type: 'external'; value: string }
    | { type: 'pods'; values: Readonly<Record<string, string>> }
    | { type: 'anything' };
};

/** failed: no answer, or a status other than 200. wrong: an answer with other values than there are. evaluatedAt: epoch milliseconds, of the oldest item. */
export type Verdict = { type: 'right'; evaluatedAt: number } | { type: 'wrong' } | { type: 'failed' };

type Item = { value: string; timestamp: string; describedObject?: { name: string } };

/** Holds an answer to what its key must give. */
export function verdictOf({ expected }: Read, outcome: Outcome): Verdict {
  if (outcome.type === 'none' || outcome.code !== 200) return { type: 'failed' };
  if (expected.type === 'anything') return { type: 'right', evaluatedAt: Infinity };
  const items = itemsOf(outcome.body);
  if (items === null || !fits(expected, items)) return { type: 'wrong' };
  return { type: 'right', evaluatedAt: Math.min(...items.map(({ timestamp }) => Date.parse(timestamp))) };
}

function itemsOf(body: string): readonly Item[] | null {
  try {
    return (JSON.parse(body) as { items: Item[] }).items;
  } catch {
    return null;
  }
}

function fits(expected: Exclude<Read['expected'], { type: 'anything' }>, items: readonly Item[]): boolean {
  if (expected.type === 'external') return items.length === 1 && items[0]!.value === expected.value;
  const named = new Map(items.map(({ value, describedObject }) => [describedObject?.name, value]));
  const values = Object.entries(expected.values);
  return items.length === values.length && values.every(([name, value]) => named.get(name) === value);
}
