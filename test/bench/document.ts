import { cells } from './report.ts';
import type { Row } from './row.ts';

/** What docs/benchmarks.md says of one run. */
export type Run = { rows: readonly Row[]; command: string; machine: string; day: string };

/** The generated part of a benchmark's section: command, machine, then the rows that have a goal before those that have none. */
export function runText({ rows, command, machine, day }: Run): string {
  const goals = rows.filter(({ goal }) => goal !== null);
  const figures = rows.filter(({ goal }) => goal === null);
  return [
    `\`${command}\` on ${day}, ${machine}.`,
    '',
    `${goals.filter(({ met }) => met).length} of ${goals.length} goals are met.`,
    '',
    '| row | value | unit | goal | met |',
    '| --- | --- | --- | --- | --- |',
    ...goals.map((row) => `| ${cells(row).join(' | ')} |`),
    '',
    '| figure | value | unit |',
    '| --- | --- | --- |',
    ...figures.map((row) => `| ${cells(row).slice(0, 3).join(' | ')} |`),
  ].join('\n');
}

/** A page with this text between the two marks of this benchmark. @throws Error when it has none */
export function replaceRun(page: string, benchmark: string, text: string): string {
  const [first, last] = [`<!-- begin: ${benchmark} -->`, `<!-- end: ${benchmark} -->`];
  const [begin, end] = [page.indexOf(first), page.indexOf(last)];
  if (begin < 0 || end < begin) throw new Error(`the page has no ${first} ... ${last}`);
  return `${page.slice(0, begin + first.length)}\n\n${text}\n\n${page.slice(end)}`;
}
