import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Tries until it does not throw; then resolves to what it returned. The limit is there to end a test that will never pass, it
 * says nothing about how fast the product is. @throws the last error
 */
export async function eventually<T>(attempt: () => Promise<T>, limitSeconds = 60): Promise<T> {
  const deadline = performance.now() + limitSeconds * 1000;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (performance.now() > deadline) throw error;
    }
    await sleep(300);
  }
}

/** Checks again and again for a while that something stays so. @throws the first error */
export async function stays(check: () => Promise<void>, seconds: number): Promise<void> {
  const deadline = performance.now() + seconds * 1000;
  while (performance.now() < deadline) {
    await check();
    await sleep(300);
  }
}
