/** Go's forms of a float64 (strconv.FormatFloat); rounded half to even on the exact value, where JavaScript rounds up. */

/** The largest number of digits that is asked of any form. */
const MOST = 800;

/** `%e`: 1.5e+00. digits: after the point; null for as few as tell the number. */
export function exponential(value: number, digits: number | null): string {
  const [mantissa = '', exponent = '0'] =
    digits === null ? value.toExponential().split('e') : exactExponential(value, Math.min(digits, MOST));
  const power = Number(exponent);
  return `${mantissa}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
}

/** `%f`: 1.500000. */
export function fixed(value: number, digits: number | null): string {
  if (digits !== null) return point(scaled(Math.abs(value), Math.min(digits, MOST)), Math.min(digits, MOST));
  const [mantissa = '', exponent = '0'] = value.toExponential().split('e');
  const figures = mantissa.replace('.', '');
  const shift = Number(exponent) - (figures.length - 1);
  return shift >= 0 ? figures + '0'.repeat(shift) : point(BigInt(figures), -shift);
}

/** `%g`, which is also what %v and print give: an exponent below 1e-04 and from 1e+06 (or from the precision) on. */
export function general(value: number, precision: number | null): string {
  if (value === 0) return '0';
  const wanted = precision === 0 ? 1 : precision;
  const [mantissa = '', exponent = ''] = exponential(value, wanted === null ? null : wanted - 1).split('e');
  const figures = mantissa.replace('.', '').replace(/0+$/, '');
  const power = Number(exponent);
  const limit = wanted === null ? 6 : wanted > figures.length && figures.length > power ? figures.length : wanted;
  if (power < -4 || power >= limit) return `${figures.replace(/^(\d)(\d+)$/, '$1.$2')}e${exponent}`;
  const shift = power - (figures.length - 1);
  return shift >= 0 ? figures + '0'.repeat(shift) : point(BigInt(figures), -shift);
}

/** count / 10^digits. */
function point(count: bigint, digits: number): string {
  const text = String(count).padStart(digits + 1, '0');
  return digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

function exactExponential(value: number, digits: number): [string, string] {
  if (value === 0) return [point(0n, digits), '0'];
  const guess = Number(value.toExponential().split('e')[1]);
  const figures = scaled(value, digits - guess);
  // Rounding may carry into one figure more: 9.99 is 1.0e+01.
  const carried = String(figures).length > digits + 1;
  return [point(carried ? figures / 10n : figures, digits), String(carried ? guess + 1 : guess)];
}

/** value * 10^power, exact, to the nearest whole number, half to even. value is not negative. */
function scaled(value: number, power: number): bigint {
  const { count, exponent } = exact(value);
  const up = count * 10n ** BigInt(Math.max(power, 0)) * 2n ** BigInt(Math.max(exponent, 0));
  const down = 10n ** BigInt(Math.max(-power, 0)) * 2n ** BigInt(Math.max(-exponent, 0));
  const whole = up / down;
  const rest = (up % down) * 2n;
  return rest > down || (rest === down && whole % 2n === 1n) ? whole + 1n : whole;
}

/** A float64 is count * 2^exponent. */
function exact(value: number): { count: bigint; exponent: number } {
  let exponent = 0;
  let count = value;
  while (!Number.isInteger(count)) {
    count *= 2;
    exponent--;
  }
  return { count: BigInt(count), exponent };
}
