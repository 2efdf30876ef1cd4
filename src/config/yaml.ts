import { type Document, LineCounter, parseAllDocuments } from 'yaml';
import type { z } from 'zod';
import type { Place, Problem } from '../domain/errors.ts';

/** One YAML document that passed its schema, what stood there before, and the place of each path in it. */
export type ParsedDocument<T> = { value: T; raw: unknown; place: (path?: readonly PropertyKey[]) => Place };

export type ParsedYaml<T> = { documents: ParsedDocument<T>[]; problems: Problem[] };

/** Files above this are refused unread: no policy or rule file is near it, a YAML bomb or a wrong path may be. */
const MAX_BYTES = 1_000_000;

/**
 * Reads all documents of a file against a schema. Every fault of the file is found at once, each with file:line:column and
 * path; a file with any fault gives problems, and its documents are for the caller to drop.
 */
export function parseYaml<S extends z.ZodType>(file: string, text: string, schema: S): ParsedYaml<z.output<S>> {
  const whole = (message: string): Problem => ({ place: { file, line: 1, column: 1, path: '' }, message });
  if (Buffer.byteLength(text) > MAX_BYTES) {
    return { documents: [], problems: [whole(`the file has more than ${MAX_BYTES / 1e6} MB, expected less`)] };
  }
  const lines = new LineCounter();
  const parsed = parseAllDocuments(text, { lineCounter: lines, uniqueKeys: true, version: '1.2', prettyErrors: false });
  const documents = 'empty' in parsed ? [] : parsed.filter((document) => document.contents !== null);
  if (documents.length === 0)
    return { documents: [], problems: [whole('the file is empty, expected a YAML document')] };

  const placeAt = (offset: number, path: string): Place => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1), path };
  };
  const result: ParsedYaml<z.output<S>> = { documents: [], problems: [] };
  for (const document of documents) {
    const faults = [...document.errors, ...document.warnings];
    if (faults.length > 0) {
      result.problems.push(
        ...faults.map((fault) => ({ place: placeAt(fault.pos[0], ''), message: sentence(fault.message) })),
      );
      continue;
    }
    const place = (path: readonly PropertyKey[] = []): Place => placeAt(offsetOf(document, path), pathText(path));
    const plain = toPlain(document, place);
    if ('problem' in plain) {
      result.problems.push(plain.problem);
      continue;
    }
    const checked = schema.safeParse(plain.value, { reportInput: true });
    if (checked.success) result.documents.push({ value: checked.data, raw: plain.value, place });
    else result.problems.push(...checked.error.issues.flatMap((issue) => problemsOf(issue, place)));
  }
  result.problems.sort(byPlace);
  return result;
}

/** In the order in which a person meets them in the file. */
export const byPlace = (a: Problem, b: Problem): number =>
  a.place.line - b.place.line || a.place.column - b.place.column;

function toPlain(document: Document, place: () => Place): { value: unknown } | { problem: Problem } {
  try {
    return { value: document.toJS({ maxAliasCount: 100 }) };
  } catch (error) {
    return { problem: { place: place(), message: sentence(error instanceof Error ? error.message : String(error)) } };
  }
}

function problemsOf(issue: z.core.$ZodIssue, place: (path: readonly PropertyKey[]) => Place): Problem[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ place: place([...issue.path, key]), message: `unknown key "${key}"` }));
  }
  const where = place(issue.path);
  if (issue.input === undefined && issue.code !== 'custom') {
    const expected = issue.code === 'invalid_type' ? `expected ${issue.expected}` : plainly(issue.message);
    return [{ place: where, message: `is missing, ${expected}` }];
  }
  if (issue.code === 'invalid_type') {
    return [{ place: where, message: `is ${show(issue.input)}, expected ${issue.expected}` }];
  }
  if (issue.code === 'custom') return [{ place: where, message: issue.message }];
  return [{ place: where, message: `is ${show(issue.input)}: ${plainly(issue.message)}` }];
}

/** zod's sentence without its opening words. */
export const plainly = (message: string): string => message.replace(/^Invalid (input|option): /, '');

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** Where a path stands; of a path that is missing, where its nearest parent stands. */
function offsetOf(document: Document, path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 0; length--) {
    const parent = document.getIn(path.slice(0, length - 1), true);
    const pair = pairOf(parent, path[length - 1]!);
    if (pair !== null) return pair;
    const node = document.getIn(path.slice(0, length), true);
    const range = rangeOf(node);
    if (range !== null) return range;
  }
  return rangeOf(document.contents) ?? 0;
}

/** A key's own place in a mapping says more than its value's. */
function pairOf(parent: unknown, key: PropertyKey): number | null {
  if (typeof parent !== 'object' || parent === null || !('items' in parent) || !Array.isArray(parent.items))
    return null;
  for (const item of parent.items as unknown[]) {
    if (typeof item !== 'object' || item === null || !('key' in item)) continue;
    const node = item.key;
    if (typeof node === 'object' && node !== null && 'value' in node && node.value === key) return rangeOf(node);
  }
  return null;
}

function rangeOf(node: unknown): number | null {
  if (typeof node !== 'object' || node === null || !('range' in node)) return null;
  return Array.isArray(node.range) && typeof node.range[0] === 'number' ? node.range[0] : null;
}

/** spec.schedules[0].start */
function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`;
    return text === '' ? String(key) : `${text}.${String(key)}`;
  }, '');
}

const sentence = (message: string): string => message.split('\n')[0]!.replace(/ at line \d+.*$/, '');
