import { TemplateRunError } from './budget.ts';
import { type Form, PLAIN, formatValue } from './format.ts';
import { type Value, typeName } from './values.ts';

/** Wider or finer than this is a slip: Go's own limit is a million. */
const MAX_WIDTH = 10_000;

/** A verb of a format: `%[3]*.[2]*f`. Literal text is what stands between. */
const VERB = /%([#0+\- ]*)(\[[^\]]*\])?(\*|\d+)?(?:\.(\[[^\]]*\])?(\*|\d+)?)?(\[[^\]]*\])?(.)?/gsu;

/** Go's fmt.Sprintf with its complaints (`%!d(string=x)`, `%!s(MISSING)`), which stand in the text as there. */
export function sprintf(format: string, values: readonly Value[]): string {
  let at = 0;
  let reordered = false;
  let goodIndex = true;

  const index = (text: string | undefined): void => {
    if (text === undefined) return;
    reordered = true;
    const wanted = /^\[\d+\]$/.test(text) ? Number(text.slice(1, -1)) - 1 : -1;
    if (wanted >= 0 && wanted < values.length) at = wanted;
    else goodIndex = false;
  };
  const size = (text: string | undefined): number | null => {
    if (text === undefined) return null;
    const value = text === '*' ? values[at++] : null;
    const number =
      value === null ? Number(text) : value?.type === 'int' || value?.type === 'uint8' ? Number(value.value) : null;
    if (number !== null && Math.abs(number) > MAX_WIDTH)
      throw new TemplateRunError(`printf: a width of ${number} is beyond ${MAX_WIDTH}`);
    return number;
  };

  const out = format.replaceAll(VERB, (...match: (string | undefined)[]) => {
    const [all = '', flags = '', first, widthText, second, precisionText, third, verb] = match;
    goodIndex = true;
    index(first);
    let complaint = '';
    const width = size(widthText);
    if (widthText === '*' && width === null) complaint += '%!(BADWIDTH)';
    index(second);
    let precision = /\./.test(all.slice(0, verb === undefined ? undefined : all.length - verb.length))
      ? (size(precisionText) ?? 0)
      : null;
    if (precisionText === '*' && precision !== null && precision < 0) precision = null;
    if (first !== undefined && widthText !== undefined && widthText !== '*') goodIndex = false;
    index(third);
    if (verb === undefined) return `${complaint}%!(NOVERB)`;
    if (verb === '%') return `${complaint}%`;
    if (!goodIndex) return `${complaint}%!${verb}(BADINDEX)`;
    const value = values[at];
    if (value === undefined) return `${complaint}%!${verb}(MISSING)`;
    at++;
    return complaint + formatValue(value, { ...formOf(flags, width, precision), verb });
  });
  if (reordered || at >= values.length) return out;
  const extra = values
    .slice(at)
    .map((value) => (value.type === 'nil' ? '<nil>' : `${typeName(value)}=${formatValue(value, PLAIN)}`));
  return `${out}%!(EXTRA ${extra.join(', ')})`;
}

function formOf(flags: string, width: number | null, precision: number | null): Omit<Form, 'verb'> {
  const left = flags.includes('-') || (width !== null && width < 0);
  return {
    sharp: flags.includes('#'),
    plus: flags.includes('+'),
    space: flags.includes(' '),
    zero: flags.includes('0') && !(width !== null && width < 0),
    left,
    width: width === null ? null : Math.abs(width),
    precision,
  };
}

/** Go's fmt.Sprint: a space between two values of which neither is a string. */
export function sprint(values: readonly Value[]): string {
  return values
    .map((value, index) => {
      const before = values[index - 1];
      const apart = before !== undefined && before.type !== 'string' && value.type !== 'string';
      return (apart ? ' ' : '') + formatValue(value, PLAIN);
    })
    .join('');
}

/** Go's fmt.Sprintln: a space between any two values, and a line's end. */
export const sprintln = (values: readonly Value[]): string =>
  `${values.map((value) => formatValue(value, PLAIN)).join(' ')}\n`;
