import { DateTime } from 'luxon';
import type { Clock } from '../../src/ports/clock.ts';

/** A clock that stands still until a test turns it; sleepers wake in the order of their times. */
export class TurnedClock implements Clock {
  #wall: number;
  #monotonic = 1_000_000;
  #sleepers: { at: number; wake: () => void }[] = [];

  constructor(start = '2026-11-24T00:00:00Z') {
    this.#wall = DateTime.fromISO(start, { zone: 'utc' }).toMillis();
  }

  now(): DateTime {
    return DateTime.fromMillis(this.#wall, { zone: 'utc' });
  }

  monotonic(): number {
    return this.#monotonic;
  }

  sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted || milliseconds <= 0) return Promise.resolve();
    return new Promise((resolve) => {
      const sleeper = { at: this.#monotonic + milliseconds, wake: resolve };
      this.#sleepers.push(sleeper);
      signal?.addEventListener('abort', () => {
        this.#sleepers = this.#sleepers.filter((each) => each !== sleeper);
        resolve();
      });
    });
  }

  /** Lets time pass, and everybody who wakes in it do what they do then. */
  async turn(milliseconds: number): Promise<void> {
    const end = this.#monotonic + milliseconds;
    await settled();
    for (;;) {
      const [next] = this.#sleepers.filter(({ at }) => at <= end).toSorted((a, b) => a.at - b.at);
      if (!next) break;
      this.#sleepers = this.#sleepers.filter((each) => each !== next);
      this.#pass(next.at - this.#monotonic);
      next.wake();
      await settled();
    }
    this.#pass(end - this.#monotonic);
  }

  /** Somebody sets the wall clock; the monotonic one goes on as it was. */
  step(milliseconds: number): void {
    this.#wall += milliseconds;
  }

  #pass(milliseconds: number): void {
    this.#monotonic += milliseconds;
    this.#wall += milliseconds;
  }
}

/** Until everything that waits for nothing but other promises has run. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
