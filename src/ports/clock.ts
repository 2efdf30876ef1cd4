import type { DateTime } from 'luxon';

/** Time from outside. Read once per pass; domain functions get `now` as an argument. */
export interface Clock {
  /** Wall clock, UTC. */
  now(): DateTime;
  /** Milliseconds that never step back; only differences mean anything. */
  monotonic(): number;
  /** Resolves after so many milliseconds of this clock, or at once when the signal aborts. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}
