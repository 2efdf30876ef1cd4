import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scrapeConfiguration } from '../support/exporter.ts';
import type { Processes, RunningProcess } from '../controlplane/processes.ts';

export type PrometheusOptions = {
  binary: string;
  processes: Processes;
  folder: string;
  address: string;
  port: number;
  target: string;
  /** Of --enable-feature. */
  features?: readonly string[];
  /** Of the process and its log. */
  name?: string;
  /** Between two scrapes; default 1. */
  scrapeSeconds?: number;
};

/** A real Prometheus that scrapes one exporter, and nothing else. */
export async function startPrometheusOf(options: PrometheusOptions): Promise<{ url: string; process: RunningProcess }> {
  const {
    binary,
    processes,
    folder,
    address,
    port,
    target,
    name = 'prometheus-of-differential',
    features = [],
  } = options;
  mkdirSync(folder, { recursive: true });
  const config = join(folder, 'prometheus.yml');
  writeFileSync(config, scrapeConfiguration(target, options.scrapeSeconds ?? 1));
  const url = `http://${address}:${port}`;
  const process = await processes.start({
    name,
    command: binary,
    args: [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=${address}:${port}`,
      ...(features.length > 0 ? [`--enable-feature=${features.join(',')}`] : []),
    ],
    cwd: folder,
    ready: async () => (await fetch(`${url}/-/ready`, { signal: AbortSignal.timeout(2000) })).ok,
  });
  return { url, process };
}
