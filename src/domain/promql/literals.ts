import { InvalidError } from '../errors.ts';

/** Seconds. */
const UNITS: Readonly<Record<string, number>> = {
  y: 365 * 86_400,
  w: 7 * 86_400,
  d: 86_400,
  h: 3600,
  m: 60,
  s: 1,
  ms: 0.001,
};

/**
 * A number or a duration, in seconds. As Go reads it: `0x1F`, `1_000`, `010` is 8, `Inf` and `NaN` in any case.
 *
 * @throws InvalidError
 */
export function numberLiteral(text: string): number {
  const [, sign = '', digits = ''] = /^\s*([+-]?)\s*(.*)$/s.exec(text) ?? [];
  const magnitude = magnitudeOf(digits.toLowerCase());
  if (magnitude === null) throw new InvalidError(`${JSON.stringify(text)} is not a number`);
  return sign === '-' ? -magnitude : magnitude;
}

function magnitudeOf(digits: string): number | null {
  if (digits === 'inf') return Infinity;
  if (digits === 'nan') return Number.NaN;
  if (/^(\d+(ms|[smhdwy]))+$/.test(digits)) return durationSeconds(digits);
  const plain = digits.replaceAll('_', '');
  if (/^0[0-7]+$/.test(plain)) return Number.parseInt(plain, 8);
  const value = plain === '' ? Number.NaN : Number(plain);
  return Number.isNaN(value) ? null : value;
}

/** Summed in milliseconds, which are whole, so that 1s500ms is 1.5. */
const durationSeconds = (text: string): number =>
  Array.from(text.matchAll(/(\d+)(ms|[smhdwy])/g)).reduce(
    (sum, [, count, unit = '']) => sum + Number(count) * Math.round(UNITS[unit]! * 1000),
    0,
  ) / 1000;

/** Whole milliseconds as `1d2h`, which every version reads; what is finer, or nothing at all, as a number. */
export function durationText(seconds: number): string {
  const milliseconds = Math.round(Math.abs(seconds) * 1000);
  if (milliseconds / 1000 !== Math.abs(seconds) || milliseconds > Number.MAX_SAFE_INTEGER) return numberText(seconds);
  let rest = milliseconds;
  let text = '';
  for (const [unit, each] of [['d', 86_400_000] as const, ['h', 3_600_000] as const, ['m', 60_000] as const]) {
    if (rest >= each) text += `${Math.floor(rest / each)}${unit}`;
    rest %= each;
  }
  if (rest >= 1000) text += `${Math.floor(rest / 1000)}s`;
  if (rest % 1000 > 0) text += `${rest % 1000}ms`;
  return `${seconds < 0 ? '-' : ''}${text === '' ? '0s' : text}`;
}

export function numberText(value: number): string {
  if (Number.isFinite(value)) return Object.is(value, -0) ? '-0' : String(value);
  return Number.isNaN(value) ? 'NaN' : value > 0 ? 'Inf' : '-Inf';
}

const ESCAPES: Readonly<Record<string, number>> = { a: 7, b: 8, f: 12, n: 10, r: 13, t: 9, v: 11 };
const ESCAPE = /\\(x[\da-fA-F]{2}|u[\da-fA-F]{4}|U[\da-fA-F]{8}|[0-7]{3}|[abfnrtv\\'"])|([^\\]+)/gsy;

/**
 * The text between PromQL's quotes: Go's escapes, where `\xff` and `\377` are bytes of UTF-8; none within backticks.
 *
 * @throws InvalidError where it does not end, has an unknown escape, or is not UTF-8
 */
export function stringLiteral(literal: string): string {
  const quote = literal[0] ?? '';
  const inside = literal.slice(1, -1);
  const fault = (what: string): InvalidError => new InvalidError(`the string ${literal} ${what}`);
  if (literal.length < 2 || literal.at(-1) !== quote) throw fault('does not end');
  if (quote === '`' || !inside.includes('\\')) return inside;
  const bytes: number[] = [];
  let read = 0;
  for (const [all, escape, plain] of inside.matchAll(ESCAPE)) {
    if (escape === (quote === '"' ? "'" : '"')) break;
    bytes.push(...(escape === undefined ? new TextEncoder().encode(plain) : bytesOf(escape)));
    read += all.length;
  }
  if (read < inside.length) throw fault(`has an unknown escape at character ${read + 2}`);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(new Uint8Array(bytes));
  } catch {
    throw fault('is not UTF-8');
  }
}

function bytesOf(escape: string): Iterable<number> {
  const kind = escape[0] ?? '';
  if (kind === 'x') return [Number.parseInt(escape.slice(1), 16)];
  if (/^[0-7]{3}$/.test(escape)) return [Number.parseInt(escape, 8) & 255];
  if (kind !== 'u' && kind !== 'U') return [ESCAPES[escape] ?? escape.charCodeAt(0)];
  const point = Number.parseInt(escape.slice(1), 16);
  // not a character: left to the decoder, which refuses the byte
  return point > 0x10_ff_ff || (point >= 0xd8_00 && point <= 0xdf_ff)
    ? [255]
    : new TextEncoder().encode(String.fromCodePoint(point));
}

/** In double quotes; JSON's escapes are a subset of Go's. */
export const stringText = (text: string): string => JSON.stringify(text);
