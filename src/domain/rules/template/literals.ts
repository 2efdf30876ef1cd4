import { type Value, integer } from './values.ts';

const SIMPLE: Readonly<Record<string, number>> = { a: 7, b: 8, f: 12, n: 10, r: 13, t: 9, v: 11, '\\': 92 };
const ESCAPE = /\\(?:x([\da-fA-F]{2})|([0-3][0-7]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([abfnrtv\\"']))|([^\\])/uy;

/** What a quoted string stands for, as strconv.Unquote reads it; null when it is none, or no UTF-8. */
export function unquote(quoted: string): string | null {
  const inside = quoted.slice(1, -1);
  if (quoted.startsWith('`')) return inside.replaceAll('\r', '');
  const bytes: number[] = [];
  ESCAPE.lastIndex = 0;
  for (let at = 0; at < inside.length; at = ESCAPE.lastIndex) {
    const piece = ESCAPE.exec(inside);
    if (!piece) return null;
    const [, hex, octal, short, long, simple, plain] = piece;
    const code = short ?? long;
    if (hex !== undefined) bytes.push(Number.parseInt(hex, 16));
    else if (octal !== undefined) bytes.push(Number.parseInt(octal, 8));
    else if (code !== undefined) {
      const rune = Number.parseInt(code, 16);
      if (rune > 0x10ffff || (rune >= 0xd800 && rune <= 0xdfff)) return null;
      bytes.push(...new TextEncoder().encode(String.fromCodePoint(rune)));
    } else if (simple !== undefined) {
      // Either kind of quote is escaped in its own kind of literal only.
      if ((simple === '"' || simple === "'") && simple !== quoted[0]) return null;
      bytes.push(SIMPLE[simple] ?? simple.charCodeAt(0));
    } else bytes.push(...new TextEncoder().encode(plain));
  }
  return utf8(Uint8Array.from(bytes));
}

/** The text of bytes, null when they cut a character: a template must not make what is no text. */
export function utf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** The number of a character constant such as 'a'; null when it is not one character. */
export function characterValue(quoted: string): Value | null {
  const character = unquote(quoted) ?? '';
  const code = character.codePointAt(0);
  return code !== undefined && String.fromCodePoint(code) === character ? integer(code) : null;
}

const UNDERSCORES = /^[+-]?(?:0[xXoObB]_?)?[\da-fA-F]+(?:_[\da-fA-F]+)*$/;
const DECIMAL_FLOAT = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const HEX_FLOAT = /^([+-]?)0[xX]([\da-fA-F]*)\.?([\da-fA-F]*)[pP]([+-]?\d+)$/;
const INT64 = 2n ** 63n;

/** A number as Go's template constants are typed: with a point or an exponent a float64, else an int; null when it is neither. */
export function numberValue(literal: string): Value | null {
  const hexFloat = HEX_FLOAT.exec(literal);
  if (hexFloat) {
    const [, sign, whole = '', fraction = '', exponent] = hexFloat;
    if (whole + fraction === '') return null;
    const value = Number(`0x${whole}${fraction}`) * 2 ** (Number(exponent) - 4 * fraction.length);
    return Number.isFinite(value) ? { type: 'float64', value: sign === '-' ? -value : value } : null;
  }
  if (/[.eE]/.test(literal) && !/^[+-]?0[xX]/.test(literal)) {
    const value = DECIMAL_FLOAT.test(literal) ? Number(literal) : Number.NaN;
    return Number.isFinite(value) ? { type: 'float64', value } : null;
  }
  const value = wholeNumber(literal);
  return value !== null && value < INT64 && value >= -INT64 ? integer(value) : null;
}

/** As strconv.ParseInt with base 0 reads it: 0x, 0o, 0b, a leading 0 for octal, single underscores between digits. */
function wholeNumber(literal: string): bigint | null {
  if (literal.includes('_') && !UNDERSCORES.test(literal)) return null;
  const negative = literal.startsWith('-');
  const digits = literal.replace(/^[+-]/, '').replaceAll('_', '').toLowerCase();
  const octal = /^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits;
  if (!/^(?:0x[\da-f]+|0o[0-7]+|0b[01]+|0|[1-9]\d*)$/.test(octal)) return null;
  return negative ? -BigInt(octal) : BigInt(octal);
}
