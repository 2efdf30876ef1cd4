import { InvalidError } from '../../errors.ts';

/** A piece of a template; `text` is as it stands there. offset: where it starts, counted from 0. */
export type Token = { type: TokenType; text: string; offset: number };

export type TokenType =
  | 'text'
  | 'open'
  | 'close'
  | 'space'
  | 'identifier'
  | 'keyword'
  | 'field'
  | 'dot'
  | 'variable'
  | 'number'
  | 'char'
  | 'string'
  | '('
  | ')'
  | '|'
  | ','
  | '='
  | ':='
  | 'other'
  | 'end';

const OPEN = '<<';
const CLOSE = '>>';
const KEYWORDS = new Set([
  'block',
  'break',
  'continue',
  'define',
  'else',
  'end',
  'if',
  'range',
  'nil',
  'template',
  'with',
]);

/** Go's own spaces: nothing else is trimmed or separates words. */
const SPACES = /[ \t\r\n]+/y;
const TRIMMED_CLOSE = /[ \t\r\n]->>/y;
const WORD = /[_\p{L}\p{Nd}]+/uy;
const NUMBER =
  /[+-]?(?:0[xX][\da-fA-F_]*(?:\.[\da-fA-F_]*)?(?:[pP][+-]?[\d_]*)?|0[oO][0-7_]*|0[bB][01_]*|[\d_]*(?:\.[\d_]*)?(?:[eE][+-]?[\d_]*)?)/y;
const QUOTED = /"(?:\\[^\n]|[^"\\\n])*"|`[^`]*`/y;
const CHARACTER = /'(?:\\[^\n]|[^'\\\n])*'/y;

/** What is wrong with a template, and where: the line and character of it, counted from 1. */
export function templateFault(template: string, offset: number, message: string): InvalidError {
  const before = template.slice(0, offset).split('\n');
  return new InvalidError(`at ${before.length}:${(before.at(-1)?.length ?? 0) + 1} of the template: ${message}`);
}

/**
 * Cuts a template as the lexer of Go's text/template does with the delimiters `<<` and `>>`; the last token is `end`.
 * Comments are gone, and the text beside a trim marker (`<<- ` and ` ->>`) has lost its spaces.
 *
 * @throws InvalidError with the place in the template
 */
export function tokensOf(template: string): Token[] {
  const lexer = new Lexer(template);
  return lexer.run();
}

class Lexer {
  readonly #template: string;
  readonly #tokens: Token[] = [];
  #at = 0;

  constructor(template: string) {
    this.#template = template;
  }

  run(): Token[] {
    for (;;) {
      const open = this.#template.indexOf(OPEN, this.#at);
      const end = open < 0 ? this.#template.length : open;
      const trims = open >= 0 && /^-[ \t\r\n]/.test(this.#template.slice(end + 2, end + 4));
      this.#text(end, trims);
      if (open < 0) break;
      this.#at = end + OPEN.length + (trims ? 2 : 0);
      if (this.#template.startsWith('/*', this.#at)) this.#comment();
      else this.#action(end);
    }
    return [...this.#tokens, { type: 'end', text: '', offset: this.#template.length }];
  }

  #text(end: number, trims: boolean): void {
    const text = this.#template.slice(this.#at, end);
    const kept = trims ? text.replace(/[ \t\r\n]+$/, '') : text;
    if (kept !== '') this.#tokens.push({ type: 'text', text: kept, offset: this.#at });
  }

  #comment(): void {
    const end = this.#template.indexOf('*/', this.#at + 2);
    if (end < 0) throw this.#fault(this.#at, 'the comment has no */');
    this.#at = end + 2;
    if (!this.#closes()) throw this.#fault(this.#at, `expected ${CLOSE} right after the comment's */`);
  }

  /** Moves over `>>` or ` ->>`, and over the spaces behind the latter. */
  #closes(): boolean {
    if (this.#take(TRIMMED_CLOSE) !== null) {
      this.#take(SPACES);
      return true;
    }
    if (!this.#template.startsWith(CLOSE, this.#at)) return false;
    this.#at += CLOSE.length;
    return true;
  }

  #action(open: number): void {
    this.#tokens.push({ type: 'open', text: OPEN, offset: open });
    let parentheses = 0;
    for (;;) {
      const offset = this.#at;
      if (this.#closes()) {
        if (parentheses > 0) throw this.#fault(offset, 'a "(" is not closed');
        this.#tokens.push({ type: 'close', text: CLOSE, offset });
        return;
      }
      if (offset >= this.#template.length) throw this.#fault(open, `<< has no closing ${CLOSE}`);
      const token = this.#token();
      if (token.type === '(') parentheses++;
      if (token.type === ')' && --parentheses < 0) throw this.#fault(offset, 'unexpected ")"');
      this.#tokens.push(token);
    }
  }

  #token(): Token {
    const offset = this.#at;
    const first = this.#template[offset] ?? '';
    const token = (type: TokenType, text: string): Token => ({ type, text, offset });
    if (/[ \t\r\n]/.test(first)) return token('space', this.#spaces());
    if (first === '"' || first === '`')
      return token('string', this.#expect(QUOTED, `the string has no closing ${first}`));
    if (first === "'") return token('char', this.#expect(CHARACTER, "the character has no closing '"));
    if (first === '$') return token('variable', this.#advance(1) + this.#name());
    if (first === '.' && !/\d/.test(this.#template[offset + 1] ?? '')) {
      const text = this.#advance(1) + this.#name();
      return token(text === '.' ? 'dot' : 'field', text);
    }
    if (/[.+\-\d]/.test(first)) return token('number', this.#number());
    const word = this.#take(WORD);
    if (word !== null) {
      this.#terminated();
      return token(KEYWORDS.has(word) ? 'keyword' : 'identifier', word);
    }
    if (first === '(' || first === ')' || first === '|' || first === ',' || first === '=')
      return token(first, this.#advance(1));
    if (this.#template.startsWith(':=', offset)) return token(':=', this.#advance(2));
    return token('other', this.#advance(1));
  }

  /** Spaces, but for the one that belongs to ` ->>`. */
  #spaces(): string {
    const start = this.#at;
    const text = this.#take(SPACES) ?? '';
    if (this.#template.startsWith('->>', this.#at) && text.length > 0) this.#at--;
    return this.#template.slice(start, this.#at);
  }

  #name(): string {
    const name = this.#take(WORD) ?? '';
    this.#terminated();
    return name;
  }

  /** A word ends at a space, at one of `.,|:()` or at the action's end. */
  #terminated(): void {
    const next = this.#template[this.#at] ?? '';
    if (next === '' || /[ \t\r\n.,|:()]/.test(next) || this.#template.startsWith(CLOSE, this.#at)) return;
    throw this.#fault(this.#at, `unexpected ${JSON.stringify(next)} in a name`);
  }

  #number(): string {
    const text = this.#take(NUMBER) ?? '';
    const next = this.#template[this.#at] ?? '';
    if (next === 'i') throw this.#fault(this.#at, 'complex numbers make no query');
    if (text === '' || /[+\-_\p{L}\p{Nd}]/u.test(next)) throw this.#fault(this.#at, `unexpected "${next}" in a number`);
    return text;
  }

  #expect(pattern: RegExp, message: string): string {
    const text = this.#take(pattern);
    if (text === null) throw this.#fault(this.#at, message);
    return text;
  }

  #advance(length: number): string {
    this.#at += length;
    return this.#template.slice(this.#at - length, this.#at);
  }

  #take(pattern: RegExp): string | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#template)?.[0] ?? null;
    if (found !== null) this.#at += found.length;
    return found;
  }

  #fault(offset: number, message: string): InvalidError {
    return templateFault(this.#template, offset, message);
  }
}
