import { type Difference, type Round, differencesOf } from './differences.ts';

/** What was read of one metric that is wanted. name: for people. */
export type ComparedRead = { name: string; rounds: readonly Round[] };

/** Differences with one cause. reads: how many reads have it, of all; the first of their names. times: in how many rounds. */
export type DifferenceGroup = Pick<Difference, 'type' | 'cause' | 'example'> & {
  reads: number;
  names: string[];
  times: number;
};

/** What two adapters answered, in the whole. */
export type Comparison = {
  reads: number;
  /** Reads without any difference. */
  equal: number;
  rounds: number;
  /** The most widespread cause first. */
  differences: DifferenceGroup[];
};

/** As many names as a person looks up. */
const NAMES_SHOWN = 5;

export function comparisonOf(reads: readonly ComparedRead[], tolerance: number): Comparison {
  const groups = new Map<string, DifferenceGroup>();
  let equal = 0;
  for (const { name, rounds } of reads) {
    const differences = differencesOf(rounds, tolerance);
    if (differences.length === 0) equal++;
    const seen = new Set<string>();
    for (const { type, cause, example } of differences) {
      const group = groups.get(cause) ?? { type, cause, example: `${name}: ${example}`, reads: 0, names: [], times: 0 };
      groups.set(cause, group);
      group.times++;
      if (seen.has(cause)) continue;
      seen.add(cause);
      group.reads++;
      if (group.names.length < NAMES_SHOWN) group.names.push(name);
    }
  }
  return {
    reads: reads.length,
    equal,
    rounds: Math.max(0, ...reads.map(({ rounds }) => rounds.length)),
    differences: [...groups.values()].toSorted((a, b) => b.reads - a.reads || (a.cause < b.cause ? -1 : 1)),
  };
}
