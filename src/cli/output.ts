import { stringify } from 'yaml';
import { InvalidError } from '../domain/errors.ts';

/** `-o`: for people, or for programs. */
export type OutputFormat = 'table' | 'json' | 'yaml';

export const outputOption = { output: { type: 'string', short: 'o', default: 'table' } } as const;

/** @throws InvalidError */
export function outputFormat(value: unknown): OutputFormat {
  if (value === 'table' || value === 'json' || value === 'yaml') return value;
  throw new InvalidError(`--output is "${String(value)}", expected table, json or yaml`);
}

/** Prints a value for programs, or what `table` makes of it for people. */
export function render<T>(value: T, format: OutputFormat, table: (value: T) => string): string {
  switch (format) {
    case 'json':
      return `${JSON.stringify(value, null, 2)}\n`;
    case 'yaml':
      return stringify(value, { aliasDuplicateObjects: false });
    case 'table':
      return table(value);
  }
}

/** Columns as wide as their widest cell, two spaces between, the last one unpadded: kubectl's look. */
export function columns(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [header, ...rows];
  const widths = header.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all
    .map((row) =>
      row
        .map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column]!)))
        .join('  ')
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join('');
}
