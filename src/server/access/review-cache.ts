import type { Clock } from '../../ports/clock.ts';
import type { Later } from '../later.ts';

export type ReviewCacheOptions = {
  clock: Clock;
  /** How long an answer counts. k8s.io/apiserver takes 10 s for all of them. */
  ttlSeconds?: number;
  /** Most answers kept; the oldest goes first. */
  capacity?: number;
};

/** Answers of the API server, each kept for some seconds; equal questions in flight are asked once. Failures are not kept. */
export type ReviewCache<Answer extends object | null> = {
  /** At once where the answer is known. @throws what asking throws, as a rejection */
  ask(key: string, review: () => Promise<Answer>): Later<Answer>;
};

/** An answer counts from when it was asked for, so that it is never older than it is taken for. */
type Kept<Answer> = { answer: Answer; until: number };

export function createReviewCache<Answer extends object | null>(options: ReviewCacheOptions): ReviewCache<Answer> {
  const { clock, ttlSeconds = 10, capacity = 10_000 } = options;
  /** Oldest first, as a Map keeps the order of insertion. */
  const kept = new Map<string, Kept<Answer>>();
  const inFlight = new Map<string, Promise<Answer>>();

  function keep(key: string, entry: Kept<Answer>): void {
    kept.delete(key);
    kept.set(key, entry);
    for (const [oldest, { until }] of kept) {
      if (kept.size <= capacity && until > clock.monotonic()) return;
      kept.delete(oldest);
    }
  }

  async function fetched(key: string, review: () => Promise<Answer>): Promise<Answer> {
    const until = clock.monotonic() + ttlSeconds * 1000;
    try {
      const answer = await review();
      keep(key, { answer, until });
      return answer;
    } finally {
      inFlight.delete(key);
    }
  }

  return {
    ask(key, review) {
      const known = kept.get(key);
      if (known && clock.monotonic() < known.until) return known.answer;
      return () => {
        const running = inFlight.get(key);
        if (running) return running;
        const started = fetched(key, review);
        inFlight.set(key, started);
        return started;
      };
    },
  };
}
