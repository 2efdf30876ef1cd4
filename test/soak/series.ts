/** Namespaces, and pods in each; a series a pod. An odd number of pods, so that their sum is odd as each value is. */
export const NAMESPACES = 20;
export const PODS = 3;

/** Of a rules file with the number n, each query adds n of these. */
export const GENERATION = 2e9;
/** What a series adds for its own number. Room for a day's tenths of a second, twice. */
const IDENTITY = 2e6;

const upTo = (count: number): number[] => Array.from({ length: count }, (_none, index) => index);

/** The numbers of a namespace's series, by pod. */
export const seriesOf = (namespace: number): number[] => upTo(PODS).map((pod) => 1 + namespace * PODS + pod);

/** Which series a value is of, when it was scraped (tenths of a second since the start) and by which rules file it was asked. */
export type Decoded = { tenths: number; generation: number };

/** An odd number, so that a Quantity writes it digit by digit. */
const valueOf = (series: number, tenths: number): number => series * IDENTITY + 2 * tenths + 1;

/** What the sum of these series says; null where it is the sum of others. */
export function decode(text: string, series: readonly number[]): Decoded | null {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value)) return null;
  const generation = Math.floor(value / GENERATION);
  const identity = series.reduce((sum, one) => sum + valueOf(one, 0), 0);
  const tenths = (value - generation * GENERATION - identity) / (2 * series.length);
  return Number.isInteger(tenths) && tenths >= 0 && tenths < IDENTITY / 2 ? { tenths, generation } : null;
}

/** What is scraped: each series has another value each time, and when that was is remembered. Times are epoch milliseconds. */
export class Scraped {
  readonly #startedAt: number;
  readonly #times: number[] = [];

  constructor(startedAt: number) {
    this.#startedAt = startedAt;
  }

  /** Prometheus' text format, and a scrape more. */
  exposition(now: number, about: { namespaceOf(namespace: number): string; podOf(pod: number): string }): string {
    const tenths = Math.floor((now - this.#startedAt) / 100);
    this.#times.push(this.#timeOf(tenths));
    const lines = upTo(NAMESPACES).flatMap((namespace) =>
      seriesOf(namespace).map(
        (series, pod) =>
          `viewers{namespace="${about.namespaceOf(namespace)}",pod="${about.podOf(pod)}",service="web"} ${valueOf(series, tenths)}\n`,
      ),
    );
    return `# TYPE viewers gauge\n${lines.join('')}`;
  }

  /**
   * Whether the series had this value when a backend evaluated it: that of the last scrape before. evaluatedAt: a whole second, as
   * the API writes it, so that it was up to a second later; and a scrape is seen up to a second after it began.
   */
  wasTrue(tenths: number, evaluatedAt: number): boolean {
    const time = this.#timeOf(tenths);
    const at = this.#times.lastIndexOf(time);
    if (at < 0 || time > evaluatedAt + 1000) return false;
    const next = this.#times[at + 1];
    return next === undefined || next > evaluatedAt - 1000;
  }

  #timeOf(tenths: number): number {
    return this.#startedAt + tenths * 100;
  }
}
