import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** One page of the documentation: its path from the repository's top, and its text. */
export type Document = { file: string; text: string };

/** Every page that people read. */
export function documents(): Document[] {
  const top = readdirSync('.').filter((name) => name.endsWith('.md'));
  const below = readdirSync('docs', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name));
  return [...top, ...below].map(documentOf);
}

export const documentOf = (file: string): Document => ({ file, text: readFileSync(file, 'utf8') });

/** A fenced block: its language ('' for none) and what stands in it. */
export type Block = { language: string; text: string };

const FENCE = /^ *```(\w*)[^\n]*\n([\s\S]*?)^ *```$/gm;

export const blocks = ({ text }: Document): Block[] =>
  [...text.matchAll(FENCE)].map(([, language = '', inside = '']) => ({ language, text: inside }));

/** The text without its fenced blocks. */
export const prose = ({ text }: Document): string => text.replaceAll(FENCE, '');

/** What stands between backticks outside of fenced blocks. */
export const spans = (document: Document): string[] =>
  [...prose(document).matchAll(/`([^`\n]+)`/g)].map(([, inside = '']) => inside);

/** The rows of every table whose header begins with `first`; cells without backticks, the header left out. */
export function tableRows({ text }: Document, first: string): string[][] {
  const rows: string[][] = [];
  let inside = false;
  for (const line of text.split('\n')) {
    const cells = line.startsWith('|') ? cellsOf(line) : null;
    if (cells === null) inside = false;
    else if (cells[0] === first) inside = true;
    else if (inside && !/^:?-+:?$/.test(cells[0] ?? '')) rows.push(cells);
  }
  return rows;
}

const cellsOf = (line: string): string[] =>
  line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.replaceAll('`', '').trim());

/** The anchors of a page, as GitHub makes them of its headings. */
export function anchors(document: Document): Set<string> {
  const found = new Set<string>();
  for (const [, heading = ''] of prose(document).matchAll(/^#{1,6} +(.+)$/gm)) {
    const slug = heading
      .replaceAll(/[`*]/g, '')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-');
    let unique = slug;
    for (let count = 1; found.has(unique); count++) unique = `${slug}-${count}`;
    found.add(unique);
  }
  return found;
}
