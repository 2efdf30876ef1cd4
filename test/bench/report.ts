import type { Row } from './row.ts';

const HEAD = ['name', 'value', 'unit', 'goal', 'met'] as const;

/** The rows as a person reads them in a terminal. */
export function tableText(rows: readonly Row[]): string {
  const lines = [HEAD, ...rows.map(cells)];
  const widths = HEAD.map((_head, column) => Math.max(...lines.map((line) => line[column]!.length)));
  return lines
    .map((line) =>
      line
        .map((cell, column) => (column === 1 ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** The rows as a program reads them: a JSON list of `{name, value, unit, goal, met}`. */
export const jsonText = (rows: readonly Row[]): string => `${JSON.stringify(rows, null, 2)}\n`;

/** The cells of a row in the order of the table's head. */
export const cells = ({ name, value, unit, goal, met }: Row): readonly [string, string, string, string, string] => [
  name,
  valueText(value),
  unit,
  goal ?? '',
  met === null ? '' : met ? 'yes' : 'NO',
];

/** Four digits that say something, without an exponent. */
function valueText(value: number | null): string {
  if (value === null) return 'not measured';
  if (Number.isInteger(value)) return String(value);
  const digits = Math.max(0, 3 - Math.floor(Math.log10(Math.abs(value))));
  return value.toFixed(Math.min(digits, 6));
}
