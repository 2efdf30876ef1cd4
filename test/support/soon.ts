import { setTimeout as sleep } from 'node:timers/promises';

/** Tries until it does not throw. The limit ends a test that will never pass, it says nothing of speed. @throws the last error */
export async function soon(attempt: () => void | Promise<void>): Promise<void> {
  for (let tries = 0; tries < 1000; tries += 1) {
    try {
      return await attempt();
    } catch {
      await sleep(5);
    }
  }
  await attempt();
}
