import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scrapeConfiguration } from '../support/exporter.ts';
import type { Processes, RunningProcess } from './processes.ts';

export type VictoriaMetricsOptions = {
  binary: string;
  processes: Processes;
  folder: string;
  address: string;
  port: number;
  /** host:port of the exporter that it scrapes each second. */
  target: string;
};

/** A real VictoriaMetrics, single node, that scrapes one exporter, and nothing else. */
export async function startVictoriaMetrics(
  options: VictoriaMetricsOptions,
): Promise<{ url: string; process: RunningProcess }> {
  const { binary, processes, folder, address, port, target } = options;
  mkdirSync(folder, { recursive: true });
  const config = join(folder, 'scrape.yml');
  writeFileSync(config, scrapeConfiguration(target, 1));
  const url = `http://${address}:${port}`;
  const process = await processes.start({
    name: 'victoria-metrics',
    command: binary,
    args: [
      `-promscrape.config=${config}`,
      `-storageDataPath=${join(folder, 'data')}`,
      `-httpListenAddr=${address}:${port}`,
      // It hides the last 30 s otherwise, for series that come late.
      '-search.latencyOffset=0s',
      '-retentionPeriod=1d',
    ],
    cwd: folder,
    ready: async () => (await fetch(`${url}/health`, { signal: AbortSignal.timeout(2000) })).ok,
  });
  return { url, process };
}
