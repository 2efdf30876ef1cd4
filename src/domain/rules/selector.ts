import { InvalidError } from '../errors.ts';
import { type Token, tokensOf } from './selector-tokens.ts';

/** One requirement of a Kubernetes label selector; the words are those of k8s.io/apimachinery/pkg/selection. */
export type Requirement =
  | { type: 'Equals' | 'NotEquals' | 'GreaterThan' | 'LessThan'; key: string; value: string }
  | { type: 'In' | 'NotIn'; key: string; values: readonly string[] }
  | { type: 'Exists' | 'DoesNotExist'; key: string };

/**
 * Reads a selector as labels.Parse does: `a=b`, `a==b`, `a!=b`, `a in (b,c)`, `a notin (b,c)`, `a`, `!a`, `a>1`, `a<1`, joined by
 * commas. Sorted by key, values sorted and each once. Keys and values are held to Kubernetes' rules for labels, which is
 * what keeps a value from ever becoming PromQL.
 *
 * @throws InvalidError that says at which character, what was found and what was expected
 */
export function parseSelector(text: string): Requirement[] {
  const reader = new Reader(text);
  const requirements: Requirement[] = [];
  if (reader.peek().type === 'end') return requirements;
  for (;;) {
    requirements.push(readRequirement(reader));
    const token = reader.next();
    if (token.type === 'end') return requirements.toSorted((a, b) => compare(a.key, b.key));
    if (token.type !== ',') throw reader.fault(token, '"," or the end');
  }
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function readRequirement(reader: Reader): Requirement {
  if (reader.peek().type === '!') {
    reader.next();
    return { type: 'DoesNotExist', key: reader.key() };
  }
  const key = reader.key();
  const token = reader.peek();
  if (token.type === 'end' || token.type === ',') return { type: 'Exists', key };
  reader.next();
  switch (token.type) {
    case '=':
    case '==':
      return { type: 'Equals', key, value: reader.value() };
    case '!=':
      return { type: 'NotEquals', key, value: reader.value() };
    case '>':
      return { type: 'GreaterThan', key, value: reader.integer() };
    case '<':
      return { type: 'LessThan', key, value: reader.integer() };
    case 'word':
      if (token.text === 'in') return { type: 'In', key, values: reader.values() };
      if (token.text === 'notin') return { type: 'NotIn', key, values: reader.values() };
      break;
    case '!':
    case '(':
    case ')':
  }
  throw reader.fault(token, 'one of =, ==, !=, in, notin, >, <, "," or the end');
}

/** Walks the tokens; every fault names its place in the text. */
class Reader {
  readonly #text: string;
  readonly #tokens: Token[];
  #at = 0;

  constructor(text: string) {
    this.#text = text;
    this.#tokens = tokensOf(text);
  }

  peek(): Token {
    return this.#tokens[this.#at]!;
  }

  next(): Token {
    const token = this.peek();
    if (token.type !== 'end') this.#at++;
    return token;
  }

  fault(token: Token, expected: string): InvalidError {
    const found = token.type === 'end' ? 'the end' : JSON.stringify(token.text);
    const where = `at character ${token.offset + 1}`;
    return new InvalidError(
      `the label selector ${JSON.stringify(this.#text)} does not parse ${where}: found ${found}, expected ${expected}`,
    );
  }

  key(): string {
    const token = this.next();
    if (token.type !== 'word') throw this.fault(token, 'a label name');
    if (!isLabelKey(token.text)) throw this.fault(token, `a label name (${LABEL}, perhaps after a DNS name and "/")`);
    return token.text;
  }

  /** May be empty: `a=` selects what has no `a`. */
  value(): string {
    const token = this.peek();
    if (token.type === 'end' || token.type === ',' || token.type === ')') return '';
    this.next();
    if (token.type !== 'word') throw this.fault(token, 'a label value');
    if (!isLabelValue(token.text)) throw this.fault(token, `a label value (${LABEL})`);
    return token.text;
  }

  integer(): string {
    const token = this.next();
    // An int64 that is a label value as well, which is why none is negative.
    if (token.type !== 'word' || !/^\d{1,19}$/.test(token.text) || BigInt(token.text) > INT64_MAX) {
      throw this.fault(token, 'a whole number');
    }
    return token.text;
  }

  /** `()` and what is left out beside a comma is the empty value. Go takes commas by two, and wants a value behind a pair. */
  values(): string[] {
    const open = this.next();
    if (open.type !== '(') throw this.fault(open, '"("');
    const values = new Set<string>();
    let commas = 0;
    for (;;) {
      const value = this.value();
      values.add(value);
      if (value !== '') commas = 0;
      const token = this.next();
      if (token.type === ')') {
        if (commas > 0 && commas % 2 === 0) throw this.fault(token, 'a label value');
        return [...values].toSorted(compare);
      }
      if (token.type !== ',') throw this.fault(token, '"," or ")"');
      commas++;
    }
  }
}

const INT64_MAX = 2n ** 63n - 1n;
const LABEL = 'at most 63 letters, digits, "-", "_" and ".", a letter or digit at both ends';
const NAME = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const DNS_SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/** At most 63 letters, digits and `-_.`; may be empty. */
export const isLabelValue = (text: string): boolean => text === '' || NAME.test(text);

/** A name as a value is, never empty, perhaps after a DNS name and `/`. */
export function isLabelKey(text: string): boolean {
  const slash = text.indexOf('/');
  if (slash < 0) return NAME.test(text);
  const prefix = text.slice(0, slash);
  return prefix.length <= 253 && DNS_SUBDOMAIN.test(prefix) && NAME.test(text.slice(slash + 1));
}
