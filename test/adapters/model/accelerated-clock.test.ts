import { acceleratedClock } from '../../../src/adapters/model/accelerated-clock.ts';
import { MONDAY, settableClock } from './settable-clock.ts';

it('runs as many times faster as it is told, from its start', async () => {
  const base = settableClock();
  const start = Date.UTC(2030, 0, 1);
  const clock = acceleratedClock(base, 60, start);
  expect(clock.now().toMillis()).toBe(start);
  const before = clock.monotonic();
  base.advance(10);
  expect(clock.now().toMillis()).toBe(start + 600_000);
  expect(clock.now().zoneName).toBe('UTC');
  expect(clock.monotonic() - before).toBe(600_000);
  await clock.sleep(15_000);
  expect(base.slept).toEqual([250]);
});

it('starts now unless it is told otherwise', () => {
  expect(acceleratedClock(settableClock(), 60).now().toMillis()).toBe(MONDAY);
});
