import type { Platform } from '../controlplane/platform.ts';

// setup and teardown are two modules that jest loads into one process
const kept: { platform?: Platform } = {};

export function keep(platform: Platform): void {
  kept.platform = platform;
}

export default async function teardown(): Promise<void> {
  await kept.platform?.stop();
}
