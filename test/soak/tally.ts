import type { Verdict, When } from './verdict.ts';
import type { Read } from './reads.ts';

/** What became of all reads. Latencies in milliseconds, ages in seconds. */
export class Tally {
  reads = 0;
  wrong = 0;
  failed = 0;
  /** Errors that were right, as the backend was away. */
  away = 0;
  slowest = 0;
  /** The oldest value served: when it was asked for, less its timestamp, which has whole seconds. */
  oldest = 0;
  readonly #progress: (line: string) => void;
  readonly #told = { failed: 0, wrong: 0 };

  constructor(progress: (line: string) => void) {
    this.#progress = progress;
  }

  add(read: Read, verdict: Verdict, { askedAt, answeredAt }: When): void {
    this.reads++;
    this.slowest = Math.max(this.slowest, answeredAt - askedAt);
    switch (verdict.type) {
      case 'right':
        this.oldest = Math.max(this.oldest, (askedAt - verdict.evaluatedAt) / 1000);
        return;
      case 'away':
        this.away++;
        return;
      case 'failed':
        this.failed++;
        return this.#tell(read, verdict);
      case 'wrong':
        this.wrong++;
        return this.#tell(read, verdict);
    }
  }

  #tell({ path }: Read, { type, why }: { type: 'failed' | 'wrong'; why: string }): void {
    if (this.#told[type]++ < MOST_TOLD) this.#progress(`  ${type}: ${path}: ${why.slice(0, 1000)}`);
  }
}

/** Of thousands alike the first ones say enough. */
const MOST_TOLD = 10;
