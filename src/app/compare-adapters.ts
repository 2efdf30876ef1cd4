import { type Comparison, type ComparedRead, comparisonOf } from '../domain/compare/comparison.ts';
import type { Round } from '../domain/compare/differences.ts';
import { type Reading, readingOf } from '../domain/compare/reading.ts';
import { describeError } from '../domain/errors.ts';
import { pathOfRead, wantText } from '../domain/compare/path-of-read.ts';
import type { LiveRead } from '../domain/compare/live-read.ts';
import type { Clock } from '../ports/clock.ts';
import type { MetricsApi } from '../ports/metrics-api.ts';

export type CompareOptions = {
  ours: MetricsApi;
  theirs: MetricsApi;
  /** What is wanted now; asked at each round, so that what comes up in between is compared too. */
  wanted(): Promise<readonly LiveRead[]>;
  clock: Clock;
  forSeconds: number;
  everySeconds: number;
  tolerance: number;
  /** Ends it after the reads that are on their way. */
  signal: AbortSignal;
  progress(text: string): void;
};

/** As few reads at once as an HPA controller makes. */
const AT_ONCE = 5;

/** Reads all that is wanted from both adapters, again and again. Both are read as they are: nothing is changed. @throws UnavailableError */
export async function compareAdapters(options: CompareOptions): Promise<Comparison> {
  const { wanted, clock, forSeconds, everySeconds, tolerance, signal, progress } = options;
  const reads = new Map<string, { name: string; rounds: Round[] }>();
  const end = clock.monotonic() + forSeconds * 1000;
  for (;;) {
    const started = clock.monotonic();
    const paths = new Map((await wanted()).map((each) => [pathOfRead(each), wantText(each)]));
    const queue = [...paths];
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        for (let next = queue.shift(); next; next = queue.shift()) {
          const [path, name] = next;
          const read = reads.get(path) ?? { name, rounds: [] };
          reads.set(path, read);
          const [ours, theirs] = await Promise.all([readFrom(options.ours, path), readFrom(options.theirs, path)]);
          read.rounds.push({ ours, theirs });
        }
      }),
    );
    const { reads: all, equal } = comparisonOf([...reads.values()], tolerance);
    progress(`${all} reads, ${all - equal} of them differ so far`);
    if (signal.aborted || clock.monotonic() + everySeconds * 1000 > end) break;
    await clock.sleep(everySeconds * 1000 - (clock.monotonic() - started), signal);
    if (signal.aborted) break;
  }
  const compared: ComparedRead[] = [...reads.values()];
  return comparisonOf(compared, tolerance);
}

/** An adapter that does not answer differs from one that does. */
async function readFrom(api: MetricsApi, path: string): Promise<Reading> {
  try {
    const { status, body } = await api.get(path);
    return readingOf(status, body);
  } catch (error) {
    return { type: 'status', code: 0, reason: 'no answer', message: describeError(error) };
  }
}
