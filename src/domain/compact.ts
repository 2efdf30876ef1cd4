/** 8544 -> 8.54K, 36_000_000_000 -> 36G: three digits and a unit that engineers read. */
export function compact(value: number): string {
  const units = ['', 'K', 'M', 'G', 'T', 'P'];
  let rest = value;
  let step = 0;
  while (Math.abs(rest) >= 1000 && step < units.length - 1) {
    rest /= 1000;
    step++;
  }
  return `${Number(rest.toPrecision(3))}${units[step]}`;
}
