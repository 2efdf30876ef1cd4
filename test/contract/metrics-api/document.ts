import type { Result } from './suite.ts';

const BEGIN = '<!-- begin: generated -->';
const END = '<!-- end: generated -->';

/** The rows with both verdicts, in Markdown. Both ran the same rows. */
export function conformanceTable(ours: readonly Result[], theirs: readonly Result[]): string {
  const verdict = ({ code, faults }: Result): string =>
    `${faults.length === 0 ? 'yes' : '**no**'} (${code ?? 'no answer'})`;
  const lines = ours.map((result, index) => {
    const other = theirs[index];
    if (other?.row.id !== result.row.id) throw new Error(`the rows differ at ${result.row.id}`);
    return `| ${escaped(result.row.what)} | ${escaped(result.row.why)} | ${verdict(result)} | ${verdict(other)} |`;
  });
  const passed = (results: readonly Result[]): number => results.filter(({ faults }) => faults.length === 0).length;
  return [
    `${ours.length} rows: Tidecaster passes ${passed(ours)}, prometheus-adapter v0.12.0 passes ${passed(theirs)}.`,
    '',
    '| promise | who depends on it | Tidecaster | prometheus-adapter |',
    '| --- | --- | --- | --- |',
    ...lines,
  ].join('\n');
}

/** A page with this table between its two marks. @throws Error when it has none */
export function replaceTable(page: string, table: string): string {
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`the page has no ${BEGIN} ... ${END}`);
  return `${page.slice(0, begin + BEGIN.length)}\n\n${table}\n\n${page.slice(end)}`;
}

/** A page without what a formatter does to its tables. */
export const unaligned = (page: string): string => page.replaceAll(/ +\|/g, ' |').replaceAll(/-{3,}/g, '---');

const escaped = (text: string): string => text.replaceAll('|', String.raw`\|`).replaceAll('*', String.raw`\*`);
