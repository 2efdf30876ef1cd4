import type { DateTime } from 'luxon';
import type { Clock } from '../../ports/clock.ts';

/** A clock that runs `speed` times as fast as another, from `start` (epoch milliseconds) on. */
export function acceleratedClock(base: Clock, speed: number, start: number = base.now().toMillis()): Clock {
  const born = base.monotonic();
  const elapsed = (): number => (base.monotonic() - born) * speed;
  return {
    now(): DateTime {
      const now = base.now();
      return now.plus(start + elapsed() - now.toMillis());
    },
    monotonic: () => base.monotonic() * speed,
    sleep: (milliseconds, signal) => base.sleep(milliseconds / speed, signal),
  };
}
