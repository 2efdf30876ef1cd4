import type { KnownDifference } from './known-differences.ts';

/** The rows of the table in docs/prometheus-adapter.md. */
export const differenceRows = (known: readonly KnownDifference[]): string[][] =>
  known.map(({ theirs, ours, reason }) => [theirs, ours, reason].map((text) => text.replaceAll('`', '')));

/** The table itself, for when it has to be written. */
export const differenceTable = (known: readonly KnownDifference[]): string =>
  [
    '| prometheus-adapter v0.12.0 | Tidecaster | why |',
    '| --- | --- | --- |',
    ...known.map(({ theirs, ours, reason }) => `| ${theirs} | ${ours} | ${reason} |`),
  ].join('\n');
