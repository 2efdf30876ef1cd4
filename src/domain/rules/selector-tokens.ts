/** A token of a label selector. offset: where it starts, counted from 0. */
export type Token = { type: Symbol | 'word' | 'end'; text: string; offset: number };

type Symbol = '(' | ')' | ',' | '!' | '=' | '==' | '!=' | '>' | '<';

/** Longest first, so that `==` is one token. */
const SYMBOLS: readonly Symbol[] = ['==', '!=', '(', ')', ',', '!', '=', '>', '<'];
const SPACE = /\s/;
const WORD_END = /[\s()!,=<>]/;

/** Cuts a selector as the lexer of labels.Parse does; the last token is `end`. */
export function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  let offset = 0;
  while (offset < text.length) {
    if (SPACE.test(text[offset]!)) {
      offset++;
      continue;
    }
    const symbol = SYMBOLS.find((one) => text.startsWith(one, offset));
    const token: Token = symbol ? { type: symbol, text: symbol, offset } : word(text, offset);
    tokens.push(token);
    offset += token.text.length;
  }
  return [...tokens, { type: 'end', text: '', offset: text.length }];
}

function word(text: string, offset: number): Token {
  let end = offset;
  while (end < text.length && !WORD_END.test(text[end]!)) end++;
  return { type: 'word', text: text.slice(offset, end), offset };
}
