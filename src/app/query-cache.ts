import { InvalidError, UnavailableError } from '../domain/errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { MetricsSource, QueryResult } from '../ports/metrics-source.ts';
import type { ServingRecorder } from '../ports/serving-recorder.ts';
import { ANSWER_WITHIN_MILLISECONDS, within } from './within.ts';

export type QueryCacheOptions = {
  source: MetricsSource;
  /** Its name, for the recorder. */
  backend: string;
  clock: Clock;
  recorder: ServingRecorder;
  /** How old an answer may be that is given again; 0 asks each time. */
  maxStalenessSeconds: number;
  /** Most rows kept in all answers together. */
  capacity?: number;
};

/**
 * For reads that are too rare to be asked for ahead of them: asks the source, but equal queries in flight once, and again only
 * when the last answer is too old.
 */
export type QueryCache = {
  /**
   * Never an answer older than the bound, and none later than a second.
   *
   * @throws what the source throws, UnavailableError when it takes too long
   */
  ask(promql: string): Promise<QueryResult>;
};

/** startedAt: when the query was sent, so that an answer is never older than it is taken for. Milliseconds, monotonic. */
type DatedResult = { startedAt: number; result: QueryResult };
type Kept = DatedResult & { rows: number };

export function createQueryCache(options: QueryCacheOptions): QueryCache {
  const { source, backend, clock, recorder, maxStalenessSeconds, capacity = 200_000 } = options;
  /** Oldest first, as a Map keeps the order of insertion. */
  const kept = new Map<string, Kept>();
  const inFlight = new Map<string, Promise<DatedResult>>();
  let rowsKept = 0;

  const tooOld = ({ startedAt }: Kept): boolean => clock.monotonic() - startedAt > maxStalenessSeconds * 1000;

  function drop(promql: string): void {
    rowsKept -= kept.get(promql)?.rows ?? 0;
    kept.delete(promql);
  }

  function keep(promql: string, answer: Kept): void {
    drop(promql);
    if (maxStalenessSeconds === 0 || answer.rows > capacity) return;
    kept.set(promql, answer);
    rowsKept += answer.rows;
    for (const [oldest, entry] of kept) {
      if (rowsKept <= capacity && !tooOld(entry)) return;
      drop(oldest);
    }
  }

  async function query(promql: string): Promise<DatedResult> {
    const startedAt = clock.monotonic();
    const told = (result: 'ok' | 'refused' | 'unavailable'): void =>
      recorder.queried({ backend, seconds: (clock.monotonic() - startedAt) / 1000, result });
    recorder.asking(backend);
    try {
      const result = await source.query(promql);
      told('ok');
      keep(promql, { startedAt, result, rows: result.type === 'vector' ? Math.max(1, result.samples.length) : 1 });
      return { startedAt, result };
    } catch (error) {
      told(error instanceof InvalidError ? 'refused' : 'unavailable');
      throw error;
    } finally {
      inFlight.delete(promql);
    }
  }

  function send(promql: string): Promise<DatedResult> {
    const running = inFlight.get(promql);
    recorder.read(running ? 'joined' : 'query');
    if (running) return running;
    const started = query(promql);
    inFlight.set(promql, started);
    return started;
  }

  return {
    async ask(promql) {
      const answer = kept.get(promql);
      if (answer && !tooOld(answer)) {
        recorder.read('memory');
        return answer.result;
      }
      const sent = send(promql);
      if (await within(clock, ANSWER_WITHIN_MILLISECONDS, sent)) return (await sent).result;
      recorder.read('late');
      throw new UnavailableError('no answer within a second');
    },
  };
}
