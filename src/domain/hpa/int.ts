/**
 * Go's integers as the controller's binary (amd64) has them. A quantity is an int64 of thousandths, a replica count an int32,
 * a ratio a float64, which is JavaScript's number.
 */

/** Thousandths of a unit, an int64 (Quantity.MilliValue); sums of it wrap in Go. */
export type Milli = bigint;

export const MAX_INT32 = 2 ** 31 - 1;
export const MIN_INT32 = -(2 ** 31);
export const MAX_INT64 = 2n ** 63n - 1n;
const MIN_INT64 = -(2n ** 63n);

/** Go's int64(x): truncated; NaN and what does not fit become the smallest int64. */
export function int64(x: number): bigint {
  const whole = Math.trunc(x);
  return whole >= -(2 ** 63) && whole < 2 ** 63 ? BigInt(whole) : MIN_INT64;
}

/** Go's int32(x): truncated; NaN and what does not fit become the smallest int32. */
export function int32(x: number): number {
  const whole = Math.trunc(x);
  return whole >= MIN_INT32 && whole <= MAX_INT32 ? whole : MIN_INT32;
}

/** Go's int64 addition. */
export const add64 = (a: bigint, b: bigint): bigint => BigInt.asIntN(64, a + b);
