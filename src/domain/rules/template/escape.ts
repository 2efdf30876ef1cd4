import { PRINTABLE } from './quote.ts';

const HTML: Readonly<Record<string, string>> = {
  '\0': '\uFFFD',
  '"': '&#34;',
  "'": '&#39;',
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
};
const JS: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  "'": "\\'",
  '"': '\\"',
  '<': '\\u003C',
  '>': '\\u003E',
  '&': '\\u0026',
  '=': '\\u003D',
};

/** Go's template.HTMLEscapeString. */
export const escapeHtml = (text: string): string => text.replaceAll(/[\0"'&<>]/g, (character) => HTML[character] ?? '');

/** Go's template.JSEscapeString. */
export function escapeJs(text: string): string {
  return Array.from(text)
    .map((character) => {
      const code = character.codePointAt(0) ?? 0;
      const special = JS[character];
      if (special !== undefined) return special;
      const plain = code < 0x80 ? code >= 0x20 : PRINTABLE.test(character);
      return plain ? character : `\\u${code.toString(16).toUpperCase().padStart(4, '0')}`;
    })
    .join('');
}

/** Go's url.QueryEscape: a space is a plus. */
export const escapeQuery = (text: string): string =>
  encodeURIComponent(text)
    .replaceAll(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+');
