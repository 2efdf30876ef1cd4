import type { InvalidError } from '../../errors.ts';
import { type Token, type TokenType, templateFault, tokensOf } from './lexer.ts';

/** So deep may parentheses and controls be nested: a template from a file must not exhaust the stack. */
const MAX_DEPTH = 100;

/** Walks the tokens of a template. Spaces are tokens, because `.A.B` and `.A .B` differ. */
export class TokenReader {
  readonly #template: string;
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  /** @throws InvalidError */
  constructor(template: string) {
    this.#template = template;
    this.#tokens = tokensOf(template);
  }

  peek(): Token {
    return this.#tokens[this.#at]!;
  }

  /** The token behind the spaces. */
  peekWord(): Token {
    return this.#tokens.slice(this.#at, this.#at + 2).find(({ type }) => type !== 'space') ?? this.peek();
  }

  next(): Token {
    const token = this.peek();
    if (token.type !== 'end') this.#at++;
    return token;
  }

  nextWord(): Token {
    this.skipSpace();
    return this.next();
  }

  skipSpace(): void {
    if (this.peek().type === 'space') this.#at++;
  }

  expect(type: TokenType, where: string): Token {
    const token = this.nextWord();
    if (token.type !== type) throw this.unexpected(token, where);
    return token;
  }

  isKeyword(token: Token, ...words: string[]): boolean {
    return token.type === 'keyword' && words.includes(token.text);
  }

  /** Runs a part that may hold itself again. @throws InvalidError when that goes too deep */
  nested<T>(read: () => T): T {
    if (++this.#depth > MAX_DEPTH) throw this.fault(this.peek().offset, `nested deeper than ${MAX_DEPTH}`);
    try {
      return read();
    } finally {
      this.#depth--;
    }
  }

  mark(): number {
    return this.#at;
  }

  back(mark: number): void {
    this.#at = mark;
  }

  unexpected(token: Token, where: string): InvalidError {
    const found = token.type === 'end' ? 'the end' : JSON.stringify(token.text);
    return this.fault(token.offset, `unexpected ${found} in ${where}`);
  }

  fault(offset: number, message: string): InvalidError {
    return templateFault(this.#template, offset, message);
  }
}
