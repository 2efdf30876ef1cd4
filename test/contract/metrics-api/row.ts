import type { Answered, Asked } from './ask.ts';
import { type Shape, faultsOf } from './shape.ts';

/** One line of the conformance table: who asks for what, and what must come. */
export type Row = {
  /** Unique, and stable: what a report is compared by. */
  id: string;
  /** The promise, in plain words. */
  what: string;
  /** Who depends on it, or which rule says so. */
  why: string;
  /** GET when left out. */
  method?: string;
  /** As it goes over the wire. */
  path: string;
  accept?: string;
  /** nobody: without any credential. Default: as who runs the suite. */
  as?: 'nobody';
  /** Asked a second time with the ETag of the first answer, which must be 304. */
  again?: true;
  expect: Expectation;
};

export type Expectation = {
  /** Any of these. */
  code: readonly number[];
  /** Exactly one of these; left out where the rule says nothing. A `;charset` behind it is let pass for text. */
  contentType?: readonly string[];
  /** Looked at only where the answer is JSON, and then it must have the shape. */
  json?: Shape;
  /** The whole body, or a pattern of it. */
  text?: string | RegExp;
  /** Headers that must be there, by pattern. */
  headers?: Readonly<Record<string, RegExp>>;
};

export const JSON_TYPE = 'application/json';
const PROTOBUF_TYPE = 'application/vnd.kubernetes.protobuf';
/** What client-go decodes by the answer's Content-Type. */
export const KUBERNETES_TYPES = [JSON_TYPE, PROTOBUF_TYPE];

export const requestOf = ({ method = 'GET', path, accept }: Row): Asked => ({
  method,
  path,
  headers: accept === undefined ? {} : { accept },
});

/** What is wrong with an answer, one sentence each. */
export function judge({ expect }: Row, { code, headers, text }: Answered): string[] {
  const faults: string[] = [];
  if (!expect.code.includes(code)) faults.push(`expected ${expect.code.join(' or ')}, got ${code} ${excerpt(text)}`);
  // Of every answer: the HPA controller would wait and try ten times inside its tick, and hold up all other HPAs.
  if (headers['retry-after'] !== undefined)
    faults.push(`Retry-After: ${String(headers['retry-after'])}, expected none`);
  if (faults.length > 0) return faults;
  const contentType = String(headers['content-type'] ?? 'none');
  if (expect.contentType && !expect.contentType.some((one) => sameType(contentType, one))) {
    faults.push(`Content-Type: expected ${expect.contentType.join(' or ')}, got ${contentType}`);
  }
  if (expect.json !== undefined && !contentType.startsWith(PROTOBUF_TYPE)) {
    const json = parsed(text);
    faults.push(...(json === undefined ? [`expected JSON, got ${excerpt(text)}`] : faultsOf(json, expect.json)));
  }
  if (expect.text !== undefined && !(typeof expect.text === 'string' ? text === expect.text : expect.text.test(text))) {
    faults.push(`expected ${String(expect.text)}, got ${excerpt(text)}`);
  }
  for (const [name, pattern] of Object.entries(expect.headers ?? {})) {
    const value = headers[name];
    if (typeof value !== 'string' || !pattern.test(value))
      faults.push(`${name}: expected ${pattern}, got ${String(value)}`);
  }
  return faults;
}

const sameType = (came: string, expected: string): boolean =>
  came === expected || came.toLowerCase().replace(/;\s*charset=utf-8$/, '') === expected.toLowerCase();

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const excerpt = (text: string): string => JSON.stringify(text.length > 160 ? `${text.slice(0, 157)}...` : text);
