import { setTimeout as sleep } from 'node:timers/promises';

/** Waits. False: the run is over, or was before. */
export async function pause(milliseconds: number, over: AbortSignal): Promise<boolean> {
  try {
    await sleep(milliseconds, undefined, { signal: over });
    return true;
  } catch (error) {
    if (over.aborted) return false;
    throw error;
  }
}
