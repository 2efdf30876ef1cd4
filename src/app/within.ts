import type { Clock } from '../ports/clock.ts';

/** HPAs wait for answers one after another, so that a slow answer holds up all of them: an error at once is better. */
export const ANSWER_WITHIN_MILLISECONDS = 1000;

/** Whether something ends within so many milliseconds. It goes on in any case. @throws what it throws in time */
export async function within(clock: Clock, milliseconds: number, task: Promise<unknown>): Promise<boolean> {
  if (milliseconds <= 0) return false;
  const stop = new AbortController();
  try {
    return await Promise.race([task.then(() => true), clock.sleep(milliseconds, stop.signal).then(() => false)]);
  } finally {
    stop.abort();
  }
}
