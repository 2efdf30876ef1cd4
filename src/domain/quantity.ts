/**
 * Kubernetes' Quantity (apimachinery pkg/api/resource): what stands in an HPA's target and what the metrics APIs answer.
 * Counted in thousandths as bigint, because that is the finest an HPA reads and a float would round.
 */

/** Above this a Quantity is cut off, as in Kubernetes: 2^63 - 1 units. */
const MOST_MILLI = (2n ** 63n - 1n) * 1000n;
/** An int64 of thousandths, which is what prometheus-adapter's NewMilliQuantity takes. */
const INT64 = 2 ** 63;

const DECIMAL: Readonly<Record<string, number>> = { n: -9, u: -6, m: -3, '': 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };
const BINARY: Readonly<Record<string, bigint>> = {
  Ki: 2n ** 10n,
  Mi: 2n ** 20n,
  Gi: 2n ** 30n,
  Ti: 2n ** 40n,
  Pi: 2n ** 50n,
  Ei: 2n ** 60n,
};
const FORM = /^([+-]?)(\d+(?:\.\d*)?|\.\d+)(?:([eE][+-]?\d+)|([numkMGTPE]?|[KMGTPE]i))$/;
const LONGEST = 100;

/**
 * A Quantity in thousandths, null when the text is none. What is finer than a thousandth is rounded away from zero, as
 * MilliValue() does: 0.0001 is 1m.
 */
export function parseQuantity(text: string): bigint | null {
  const match = text.length > LONGEST ? null : FORM.exec(text);
  if (!match) return null;
  const [, sign, number = '', exponent, suffix = ''] = match;
  const [whole = '', fraction = ''] = number.split('.');
  const binary = BINARY[suffix];
  const power = exponent === undefined ? (binary === undefined ? DECIMAL[suffix]! : 0) : bounded(exponent.slice(1));
  const count = scaled(BigInt(whole + fraction) * (binary ?? 1n), power + 3 - fraction.length);
  const milli = count > MOST_MILLI ? MOST_MILLI : count;
  return sign === '-' ? -milli : milli;
}

/** No text within LONGEST needs a larger power to be cut off above, or to be the least step below. */
const bounded = (exponent: string): number => Math.max(-300, Math.min(300, Number(exponent)));

/** count * 10^power, rounded up. */
function scaled(count: bigint, power: number): bigint {
  if (power >= 0) return count * 10n ** BigInt(power);
  const divisor = 10n ** BigInt(-power);
  return (count + divisor - 1n) / divisor;
}

const SUFFIXES = ['m', '', 'k', 'M', 'G', 'T', 'P', 'E'];

/** The canonical form in DecimalSI, the largest suffix without a fraction: 10500 -> `10500m`, 1000000 -> `1k`, 0 -> `0`. */
export function formatMilli(milli: bigint): string {
  if (milli === 0n) return '0';
  let rest = milli;
  let step = 0;
  while (step < SUFFIXES.length - 1 && rest % 1000n === 0n) {
    rest /= 1000n;
    step++;
  }
  return `${rest}${SUFFIXES[step]}`;
}

/**
 * A measured number as Quantity, truncated to thousandths as prometheus-adapter does. Null for NaN, infinities and what does
 * not fit: such a number is no answer, and any stand-in would scale somebody (0 says idle, int64's least says absurd).
 */
export function quantityOf(value: number): string | null {
  return fitsQuantity(value) ? formatMilli(BigInt(Math.trunc(value * 1000))) : null;
}

/** Whether a measured number is one that a Quantity can say. */
export function fitsQuantity(value: number): boolean {
  const milli = Math.trunc(value * 1000);
  return Number.isFinite(milli) && milli < INT64 && milli >= -INT64;
}

const BINARY_SUFFIXES = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];

/**
 * A measured number of bytes, at least 0, as Quantity in BinarySI: whole bytes, rounded up, with the largest suffix that leaves no
 * fraction: 1048576 -> `1Mi`, 1500 -> `1500`. Below 1024 Kubernetes writes it in DecimalSI, which thousandths show in.
 */
export function binaryQuantityOf(bytes: number): string {
  if (bytes < 1024) return quantityOf(bytes) ?? '0';
  let rest = BigInt(Math.ceil(bytes));
  let step = 0;
  while (step < BINARY_SUFFIXES.length - 1 && rest % 1024n === 0n) {
    rest /= 1024n;
    step++;
  }
  return `${rest}${BINARY_SUFFIXES[step]}`;
}
