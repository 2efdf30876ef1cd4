import type { Outcome } from './response-reader.ts';
import type { Verdict } from './verdict.ts';

/** What a client has seen. Latencies in milliseconds, ages in seconds. */
export type Tally = {
  seconds: number;
  reads: number;
  failed: number;
  wrong: number;
  p50: number;
  p99: number;
  slowest: number;
  /** The oldest value that was answered: when it came, less its timestamp. The API's timestamps are whole seconds, so up to a second too much. */
  oldestSeconds: number;
  /** Of a body, on average; 0 of none. */
  bodyBytes: number;
  /** CPU seconds of the client itself. */
  clientCpuSeconds: number;
  /** The first answer that was not right, for whoever looks for the reason. */
  firstFault: string | null;
};

/** Adds answers up. Latencies are kept all, so that a quantile is one that was measured. */
export class Counting {
  readonly #latencies: number[] = [];
  readonly #startedAt = performance.now();
  readonly #cpu = process.cpuUsage();
  #failed = 0;
  #wrong = 0;
  #oldest = 0;
  #bodyBytes = 0;
  #firstFault: string | null = null;

  add(path: string, outcome: Outcome, verdict: Verdict, milliseconds: number): void {
    this.#latencies.push(milliseconds);
    // all bodies here are ASCII
    if (outcome.type === 'answer') this.#bodyBytes += outcome.body.length;
    if (verdict.type === 'right') {
      this.#oldest = Math.max(this.#oldest, (Date.now() - verdict.evaluatedAt) / 1000);
      return;
    }
    if (verdict.type === 'failed') this.#failed++;
    else this.#wrong++;
    this.#firstFault ??= faultText(path, outcome);
  }

  done(): Tally {
    const sorted = Float64Array.from(this.#latencies).sort();
    const { user, system } = process.cpuUsage(this.#cpu);
    return {
      seconds: (performance.now() - this.#startedAt) / 1000,
      reads: sorted.length,
      failed: this.#failed,
      wrong: this.#wrong,
      p50: quantileOf(sorted, 0.5),
      p99: quantileOf(sorted, 0.99),
      slowest: sorted.at(-1) ?? NaN,
      oldestSeconds: this.#oldest,
      bodyBytes: sorted.length === 0 ? 0 : Math.round(this.#bodyBytes / sorted.length),
      clientCpuSeconds: (user + system) / 1e6,
      firstFault: this.#firstFault,
    };
  }
}

/** The smallest that at least this part of all is not above; NaN of none. */
export function quantileOf(sorted: Float64Array, part: number): number {
  return sorted.length === 0 ? NaN : sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)]!;
}

const faultText = (path: string, outcome: Outcome): string =>
  `${path}: ${outcome.type === 'none' ? outcome.why : `${outcome.code} ${outcome.body.slice(0, 400)}`}`;
