import { findBinary } from '../controlplane/binaries.ts';
import { startPlatform } from '../controlplane/platform.ts';
import { share } from './environment.ts';
import { keep } from './teardown.ts';

/** One control plane for the whole run. Ticks and scrapes are as short as they go, because every test waits for them. */
export default async function setup(): Promise<void> {
  const progress = (line: string): void => console.error(line);
  // Built, where it has to be, before anything runs that a build would slow down.
  for (const name of ['prometheus-adapter', 'test-adapter', 'victoria-metrics', 'promtool'] as const) {
    await findBinary(name, process.env, progress);
  }
  const platform = await startPlatform({ progress, hpaSyncSeconds: 2, scrapeSeconds: 1 });
  keep(platform);
  share(platform);
}
