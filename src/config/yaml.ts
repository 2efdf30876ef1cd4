import { type Document, isScalar, LineCounter, parseAllDocuments, visit } from 'yaml';
import type { z } from 'zod';
import type { Place, Problem } from '../domain/errors.ts';

/** One YAML document that passed its schema, what stood there before, and the place of each path in it. */
export type ParsedDocument<T> = { value: T; raw: unknown; place: (path?: readonly PropertyKey[]) => Place };

export type ParsedYaml<T> = { documents: ParsedDocument<T>[]; problems: Problem[] };

/** Files above this are refused unread: no policy or rule file is near it, a YAML bomb or a wrong path may be. */
const MAX_BYTES = 1_000_000;

/** More faults of one file are not worth reading. */
export const MAX_PROBLEMS = 100;

/**
 * Reads all documents of a file against a schema. The faults of the file are found at once, each with file:line:column and
 * path; a file with any fault gives problems, and its documents are for the caller to drop. Documents without content are
 * left out, as kubectl does.
 */
export function parseYaml<S extends z.ZodType>(file: string, text: string, schema: S): ParsedYaml<z.output<S>> {
  const whole = (message: string): Problem => ({ place: { file, line: 1, column: 1, path: '' }, message });
  if (Buffer.byteLength(text) > MAX_BYTES) {
    return { documents: [], problems: [whole(`the file has more than ${MAX_BYTES / 1e6} MB, expected less`)] };
  }
  const lines = new LineCounter();
  const parsed = parseAllDocuments(text, {
    lineCounter: lines,
    uniqueKeys: false,
    version: '1.2',
    prettyErrors: false,
  });
  const documents = 'empty' in parsed ? [] : parsed.filter((document) => !isEmpty(document));
  if (documents.length === 0)
    return { documents: [], problems: [whole('the file is empty, expected a YAML document')] };

  const placeAt = (offset: number, path: string): Place => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1), path };
  };
  const result: ParsedYaml<z.output<S>> = { documents: [], problems: [] };
  for (const document of documents) {
    if (result.problems.length >= MAX_PROBLEMS) break;
    const faults = [...document.errors, ...document.warnings].slice(0, MAX_PROBLEMS);
    if (faults.length > 0) {
      result.problems.push(
        ...faults.map((fault) => ({ place: placeAt(fault.pos[0], ''), message: sentence(fault.message) })),
      );
      continue;
    }
    const place = (path: readonly PropertyKey[] = []): Place => placeAt(offsetOf(document, path), pathText(path));
    const plain = toPlain(document);
    if ('fault' in plain) {
      result.problems.push({ place: placeAt(plain.offset, ''), message: plain.fault });
      continue;
    }
    const checked = schema.safeParse(plain.value, { reportInput: true });
    if (checked.success) result.documents.push({ value: checked.data, raw: plain.value, place });
    else {
      const issues = checked.error.issues.slice(0, MAX_PROBLEMS);
      result.problems.push(...issues.flatMap((issue) => problemsOf(issue, place)));
    }
  }
  result.problems = result.problems.toSorted(byPlace).slice(0, MAX_PROBLEMS);
  return result;
}

/** In the order in which a person meets them in the file. */
export const byPlace = (a: Problem, b: Problem): number =>
  a.place.line - b.place.line || a.place.column - b.place.column;

/** `---` with nothing but comments behind it. */
const isEmpty = ({ contents, errors }: Document.Parsed): boolean =>
  errors.length === 0 && (contents === null || (isScalar(contents) && contents.source === ''));

/** The library looks through all keys before each one, which takes minutes of a file with 100,000: so keys are compared here. */
function toPlain(document: Document): { value: unknown } | { fault: string; offset: number } {
  try {
    const offset = repeatedKey(document);
    return offset === null
      ? { value: document.toJS({ maxAliasCount: 100 }) }
      : { fault: 'Map keys must be unique', offset };
  } catch (error) {
    const fault = sentence(error instanceof Error ? error.message : String(error));
    return { fault, offset: rangeOf(document.contents) ?? 0 };
  }
}

/** Where the first key stands that its mapping has twice. */
function repeatedKey(document: Document): number | null {
  let offset: number | null = null;
  visit(document, {
    Map(_, { items }) {
      const keys = new Set<string>();
      for (const { key } of items) {
        const text = isScalar(key) ? String(key.value) : null;
        if (text === null) continue;
        if (keys.has(text)) {
          offset = rangeOf(key);
          return visit.BREAK;
        }
        keys.add(text);
      }
      return undefined;
    },
  });
  return offset;
}

/** The faults of a schema, each with its place. */
export function problemsOf(issue: z.core.$ZodIssue, place: (path: readonly PropertyKey[]) => Place): Problem[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys
      .slice(0, MAX_PROBLEMS)
      .map((key) => ({ place: place([...issue.path, key]), message: `unknown key "${key}"` }));
  }
  const where = place(issue.path);
  if (issue.input === undefined && issue.code !== 'custom') {
    const expected = issue.code === 'invalid_type' ? expectedType(issue) : plainly(issue.message);
    return [{ place: where, message: `is missing, ${expected}` }];
  }
  if (issue.code === 'invalid_type') {
    return [{ place: where, message: `is ${show(issue.input)}, ${expectedType(issue)}` }];
  }
  if (issue.code === 'custom') return [{ place: where, message: issue.message }];
  return [{ place: where, message: `is ${show(issue.input)}: ${plainly(issue.message)}` }];
}

/** The schema's own sentence where it has one. */
const expectedType = ({ expected, message }: z.core.$ZodIssueInvalidType): string =>
  message.startsWith('Invalid input') ? `expected ${expected}` : message;

/** zod's sentence without its opening words. */
export const plainly = (message: string): string => message.replace(/^Invalid (input|option): /, '');

function show(value: unknown): string {
  const text = typeof value === 'number' ? String(value) : asJson(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** An alias may stand for what contains it. */
function asJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return Array.isArray(value) ? 'a list that contains itself' : 'a mapping that contains itself';
  }
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
