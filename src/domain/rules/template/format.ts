import { TemplateRunError } from './budget.ts';
import { exponential, fixed, general } from './floats.ts';
import { quoteRune, quoteText } from './quote.ts';
import { type Value, bytesOf, sortedEntries, text, typeName } from './values.ts';

/** A verb with its flags: `%-8.3f` is verb f, left, width 8, precision 3. */
export type Form = {
  verb: string;
  sharp: boolean;
  plus: boolean;
  space: boolean;
  zero: boolean;
  left: boolean;
  width: number | null;
  precision: number | null;
};

/** `%v` without any flag. */
export const PLAIN: Form = {
  verb: 'v',
  sharp: false,
  plus: false,
  space: false,
  zero: false,
  left: false,
  width: null,
  precision: null,
};

/** One value as Go's fmt prints it under a verb. */
export function formatValue(value: Value, form: Form): string {
  const { verb, sharp } = form;
  if (verb === 'T') return pad(cut(typeName(value), form), form);
  if (verb === 'p') throw new TemplateRunError('printf: %p prints no value that a template has');
  switch (value.type) {
    case 'nil':
      return verb === 'v' ? pad('<nil>', form) : `%!${verb}(<nil>)`;
    case 'bool':
      return verb === 't' || verb === 'v' ? pad(String(value.value), form) : badVerb(value, form);
    case 'int':
    case 'uint8':
      return formatInteger(value, form);
    case 'float64':
      return formatFloat(value, form);
    case 'string':
      return formatText(value.value, form);
    case '[]string': {
      const items = value.items.map((item) => formatText(item, form));
      return verb === 'v' && sharp ? `[]string{${items.join(', ')}}` : `[${items.join(' ')}]`;
    }
    case 'map[string]string': {
      const items = sortedEntries(value.entries).map(([key, of]) => `${formatText(key, form)}:${formatText(of, form)}`);
      return verb === 'v' && sharp ? `map[string]string{${items.join(', ')}}` : `map[${items.join(' ')}]`;
    }
    case 'struct': {
      const named = verb === 'v' && (form.plus || sharp);
      const fields = [...value.fields].map(([name, field]) => (named ? `${name}:` : '') + formatValue(field, form));
      return verb === 'v' && sharp ? `${typeName(value)}{${fields.join(', ')}}` : `{${fields.join(' ')}}`;
    }
  }
}

/** Under which verb a complaint shows a value: its width, precision and sign stay in force, as in Go. */
const SHOWN: Readonly<Record<string, string>> = { int: 'd', uint8: 'd', float64: 'g', string: 's' };

const badVerb = (value: Value, form: Form): string =>
  `%!${form.verb}(${typeName(value)}=${formatValue(value, { ...form, verb: SHOWN[value.type] ?? 'v', sharp: false })})`;

function formatText(value: string, form: Form): string {
  switch (form.verb) {
    case 'v':
      return form.sharp ? pad(quoteText(cut(value, form), false), form) : pad(cut(value, form), form);
    case 's':
      return pad(cut(value, form), form);
    case 'q': {
      const inside = cut(value, form);
      const raw = form.sharp && !/[`\u007F\uFEFF]|[^\t -\u{10FFFF}]/u.test(inside);
      return pad(raw ? `\`${inside}\`` : quoteText(inside, form.plus), form);
    }
    case 'x':
    case 'X':
      return pad(hexOf(value, form), form);
    default:
      return badVerb(text(value), form);
  }
}

function hexOf(value: string, { verb, sharp, space, precision }: Form): string {
  const bytes = Array.from(bytesOf(value).slice(0, precision ?? undefined), (byte) =>
    byte.toString(16).padStart(2, '0'),
  );
  if (bytes.length === 0) return '';
  const joined = space
    ? bytes.map((byte) => (sharp ? `0x${byte}` : byte)).join(' ')
    : (sharp ? '0x' : '') + bytes.join('');
  return verb === 'X' ? joined.toUpperCase() : joined;
}

const BASES: Readonly<Record<string, number>> = { v: 10, d: 10, b: 2, o: 8, O: 8, x: 16, X: 16 };
const PREFIX: Readonly<Record<string, string>> = { b: '0b', o: '0', x: '0x', X: '0X' };

function formatInteger(value: Extract<Value, { type: 'int' | 'uint8' }>, form: Form): string {
  const { verb, sharp, plus, space, zero, left, width, precision } = form;
  if (verb === 'c' || verb === 'q' || verb === 'U') return formatRune(value.value, form);
  // %#v of a uint8 is Go syntax: 0x61.
  if (verb === 'v' && sharp && value.type === 'uint8') return formatInteger(value, { ...form, verb: 'x' });
  const base = BASES[verb];
  if (base === undefined) return badVerb(value, form);
  const negative = value.value < 0n;
  if (precision === 0 && value.value === 0n) return ' '.repeat(width ?? 0);
  let digits = (negative ? -value.value : value.value).toString(base);
  if (verb === 'X') digits = digits.toUpperCase();
  const sign = negative ? '-' : plus && verb !== 'v' ? '+' : space ? ' ' : plus ? '' : '';
  const zeros = precision ?? (zero && !left && width !== null ? width - (negative || plus || space ? 1 : 0) : 0);
  digits = digits.padStart(zeros, '0');
  if (sharp && verb !== 'v' && !(verb === 'o' && digits.startsWith('0'))) digits = (PREFIX[verb] ?? '') + digits;
  if (verb === 'O') digits = `0o${digits}`;
  return pad(sign + digits, { ...form, zero: false });
}

function formatRune(value: bigint, form: Form): string {
  const rune = value < 0n || value > 0x10ffffn ? 0xfffd : Number(value);
  const character = rune >= 0xd800 && rune <= 0xdfff ? '\uFFFD' : String.fromCodePoint(rune);
  if (form.verb === 'c') return pad(character, form);
  if (form.verb === 'q') return pad(quoteRune(character, form.plus), form);
  const digits = BigInt.asUintN(64, value)
    .toString(16)
    .toUpperCase()
    .padStart(Math.max(4, form.precision ?? 0), '0');
  const shown = form.sharp && value >= 0n && /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u.test(character) ? ` '${character}'` : '';
  return pad(`U+${digits}${shown}`, { ...form, zero: false });
}

function formatFloat(value: Extract<Value, { type: 'float64' }>, form: Form): string {
  const { verb, precision, plus, space, sharp } = form;
  if (sharp && verb !== 'v') throw new TemplateRunError(`printf: %#${verb} of a number is not supported`);
  const size = Math.abs(value.value);
  let digits: string;
  if (verb === 'v' || verb === 'g' || verb === 'G') digits = general(size, precision);
  else if (verb === 'e' || verb === 'E') digits = exponential(size, precision ?? 6);
  else if (verb === 'f' || verb === 'F') digits = fixed(size, precision ?? 6);
  else if (verb === 'b' || verb === 'x' || verb === 'X')
    throw new TemplateRunError(`printf: %${verb} of ${value.value} is not supported`);
  else return badVerb(value, form);
  if (verb === 'G' || verb === 'E') digits = digits.toUpperCase();
  const negative = value.value < 0 || Object.is(value.value, -0);
  const sign = negative ? '-' : plus && verb !== 'v' ? '+' : space ? ' ' : '';
  if (form.zero && !form.left && form.width !== null) return sign + digits.padStart(form.width - sign.length, '0');
  return pad(sign + digits, form);
}

const cut = (value: string, { precision }: Form): string =>
  precision === null ? value : Array.from(value).slice(0, precision).join('');

function pad(value: string, { width, left, zero }: Form): string {
  const missing = (width ?? 0) - Array.from(value).length;
  if (missing <= 0) return value;
  return left ? value + ' '.repeat(missing) : (zero ? '0' : ' ').repeat(missing) + value;
}
