/**
 * The sum of a metric's samples in Prometheus' text format, of those alone whose labels have these values; 0 where there are
 * none, as of a counter that was never raised.
 */
export function sumOf(exposition: string, name: string, labels: Readonly<Record<string, string>> = {}): number {
  const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  let sum = 0;
  for (const line of exposition.split('\n')) {
    if (!line.startsWith(name) || !'{ '.includes(line.charAt(name.length))) continue;
    const end = line.lastIndexOf('}');
    const inside = `,${line.slice(name.length + 1, Math.max(end, name.length))}`;
    if (wanted.every((one) => inside.includes(`,${one}`))) sum += Number(line.slice(line.lastIndexOf(' ') + 1));
  }
  return sum;
}
