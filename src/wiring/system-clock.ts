import { setTimeout as delay } from 'node:timers/promises';
import { DateTime } from 'luxon';
import type { Clock } from '../ports/clock.ts';

/** The machine's own time. */
export const systemClock: Clock = {
  now: () => DateTime.utc(),
  monotonic: () => performance.now(),
  sleep: async (milliseconds, signal) => {
    await delay(milliseconds, undefined, { signal, ref: true }).catch(() => undefined);
  },
};
