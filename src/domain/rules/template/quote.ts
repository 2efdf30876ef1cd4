/** What strconv.IsPrint calls printable: letters, marks, numbers, punctuation, symbols and the plain space. */
export const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u;

const SHORT: Readonly<Record<string, string>> = {
  '\u0007': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '\\': '\\\\',
};

/** Go's %q of a string. ascii: what is beyond ASCII is escaped, as %+q does. */
export const quoteText = (value: string, ascii: boolean): string =>
  `"${Array.from(value)
    .map((character) => (character === '"' ? '\\"' : escaped(character, ascii)))
    .join('')}"`;

/** Go's %q of a number: the character in single quotes. */
export const quoteRune = (character: string, ascii: boolean): string =>
  `'${character === "'" ? "\\'" : escaped(character, ascii)}'`;

function escaped(character: string, ascii: boolean): string {
  const short = SHORT[character];
  if (short !== undefined) return short;
  const code = character.codePointAt(0) ?? 0;
  if (PRINTABLE.test(character) && (!ascii || code < 0x80)) return character;
  if (code < 0x20 || code === 0x7f) return `\\x${hex(code, 2)}`;
  return code > 0xffff ? `\\U${hex(code, 8)}` : `\\u${hex(code, 4)}`;
}

const hex = (code: number, digits: number): string => code.toString(16).padStart(digits, '0');
