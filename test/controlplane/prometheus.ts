import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse, stringify } from 'yaml';
import { PORTS } from './address.ts';
import type { ControlPlane } from './control-plane.ts';
import { flagValue, withFlags } from './flags.ts';
import { PodOnDisk } from './pod.ts';
import type { Processes, RunningProcess } from './processes.ts';

export type PrometheusOptions = {
  binary: string;
  controlPlane: ControlPlane;
  processes: Processes;
  folder: string;
  address: string;
  /** Default: its usual port. A second one beside it needs another. */
  port?: number;
  /** The workload simulator: finds the pods (http_sd) and is the network to them (proxy). */
  simulatorUrl: string;
  /** scrape_interval and evaluation_interval, in place of the configuration's own. */
  intervalSeconds: number;
  name?: string;
};

type Config = {
  global: { scrape_interval?: string; evaluation_interval?: string };
  scrape_configs: (Record<string, unknown> & {
    kubernetes_sd_configs?: { role: string; namespaces?: { names: string[] } }[];
    static_configs?: { targets: string[] }[];
  })[];
};

/**
 * A real Prometheus with the configuration and rules of its Deployment, as they were applied. What differs: pods and the node are
 * found by http_sd with the labels of kubernetes_sd, and scraped through the simulator as their proxy, because kwok's pods have
 * addresses that nobody answers on; kubelets answer without TLS, so that the proxy can.
 */
export async function startPrometheus(options: PrometheusOptions): Promise<{ url: string; process: RunningProcess }> {
  const { controlPlane, folder, address, port = PORTS.prometheus } = options;
  const workload = { kind: 'deployments', namespace: 'monitoring', name: 'prometheus' } as const;
  const pod = await PodOnDisk.make(controlPlane.api, workload, join(folder, 'volumes'));
  const { args } = pod.container();
  const given = flagValue(args, 'config.file') ?? '';
  // beside its rule files, which it names relative to itself
  const config = join(folder, 'config', 'prometheus.yml');
  rmSync(dirname(config), { recursive: true, force: true });
  cpSync(dirname(given), dirname(config), { recursive: true, dereference: true });
  const own = `${address}:${port}`;
  writeFileSync(config, stringify(adapted(parse(readFileSync(given, 'utf8')) as Config, own, options)));

  const url = `http://${own}`;
  const process = await options.processes.start({
    name: options.name ?? 'prometheus',
    command: options.binary,
    args: withFlags(args, { 'config.file': config, 'web.listen-address': own }),
    cwd: folder,
    ready: async () => (await fetch(`${url}/-/ready`, { signal: AbortSignal.timeout(2000) })).ok,
  });
  return { url, process };
}

function adapted(config: Config, own: string, { simulatorUrl, intervalSeconds }: PrometheusOptions): Config {
  const interval = `${intervalSeconds}s`;
  const jobs = config.scrape_configs.map(({ kubernetes_sd_configs: found, static_configs: fixed, ...job }) => ({
    ...job,
    ...(fixed && {
      static_configs: fixed.map(({ targets }) => ({
        targets: targets.map((target) => target.replace('localhost:9090', own)),
      })),
    }),
    ...(found && {
      proxy_url: simulatorUrl,
      // of kubelets, which speak TLS and want a token
      scheme: 'http',
      authorization: undefined,
      tls_config: undefined,
      http_sd_configs: found.map(({ role, namespaces }) => {
        if (role !== 'pod' && role !== 'node')
          throw new Error(`prometheus.yml: kubernetes_sd role ${role}, the simulator knows pod and node alone`);
        const query = [`role=${role}`, ...(namespaces?.names ?? []).map((name) => `namespace=${name}`)].join('&');
        return { url: `${simulatorUrl}/sd?${query}`, refresh_interval: interval };
      }),
    }),
  }));
  return {
    ...config,
    global: { ...config.global, scrape_interval: interval, evaluation_interval: interval },
    scrape_configs: jobs,
  };
}

/** An instant query's vector: labels and value of each sample. @throws Error when Prometheus does not answer it */
export async function queryPrometheus(
  url: string,
  promql: string,
): Promise<{ labels: Record<string, string>; value: number }[]> {
  const body = new URLSearchParams({ query: promql });
  const response = await fetch(`${url}/api/v1/query`, { method: 'POST', body, signal: AbortSignal.timeout(10_000) });
  const answer = (await response.json()) as {
    status: string;
    error?: string;
    data: { result: { metric: Record<string, string>; value: [number, string] }[] };
  };
  if (answer.status !== 'success') throw new Error(`${promql}: ${answer.error}`);
  return answer.data.result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
}
