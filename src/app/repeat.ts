import type { Clock } from '../ports/clock.ts';

/** A loop that was started. close() ends it and waits for the turn that is running. */
export type Repeating = { close(): Promise<void> };

/** Runs a task again and again, so many seconds after it ended, starting now. The task must not throw. */
export function repeat(clock: Clock, secondsBetween: () => number, task: () => Promise<void>): Repeating {
  const stop = new AbortController();
  const running = (async () => {
    while (!stop.signal.aborted) {
      await task();
      await clock.sleep(secondsBetween() * 1000, stop.signal);
    }
  })();
  return {
    async close() {
      stop.abort();
      await running;
    },
  };
}
