import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Progress, findBinary } from '../../controlplane/binaries.ts';
import type { ControlPlane } from '../../controlplane/control-plane.ts';
import type { RunningProcess } from '../../controlplane/processes.ts';
import { queryPrometheus } from '../../controlplane/prometheus.ts';
import { startQuietPlane } from '../../controlplane/quiet-plane.ts';
import { type Ground as AdaptersGround, HPA_CONTROLLER } from '../../differential/adapters.ts';
import { startExporterOf } from '../../support/exporter.ts';
import { startPrometheusOf } from '../../differential/prometheus.ts';
import type { Target } from '../client/connection.ts';
import { POD_LABELS, configuration, exposition, namespaceOf, podOf } from './data.ts';
import type { Scale } from './scale.ts';

/** What both adapters stand on, and how they are asked. */
export type Ground = AdaptersGround & {
  controlPlane: ControlPlane;
  apiServer: RunningProcess;
  prometheus: RunningProcess;
  /** The configuration of both adapters. */
  configurationFile: string;
  /** An adapter's port, as the HPA controller reaches it: the front proxy vouches for it. */
  asHpaController(port: number): Target;
};

/** A port each, on the run's own loopback address. */
const PROMETHEUS_PORT = 9090;

/** Starts etcd, kube-apiserver and Prometheus, and fills them. What was started is handed to the stack. @throws Error that says what did not start */
export async function startGround(scale: Scale, stack: AsyncDisposableStack, progress: Progress): Promise<Ground> {
  const prometheusBinary = await findBinary('prometheus', process.env, progress);
  const prometheusAdapterBinary = await findBinary('prometheus-adapter', process.env, progress);
  const plane = await startQuietPlane('bench', stack, progress);
  const { processes, folder, address, controlPlane, pki, apiServer } = plane;
  const text = exposition(scale);
  const exporter = await startExporterOf(address, () => text);
  stack.defer(() => exporter.close());
  const prometheus = await startPrometheusOf({
    binary: prometheusBinary,
    processes,
    folder: join(folder, 'prometheus'),
    address,
    port: PROMETHEUS_PORT,
    target: exporter.target,
    name: 'prometheus',
    scrapeSeconds: 15,
  });
  progress(`making ${scale.namespaces} namespaces with ${scale.podsPerNamespace} pods each ...`);
  await addObjects(controlPlane, scale);
  await untilScraped(prometheus.url, scale);

  const configurationFile = join(folder, 'adapters', 'config.yaml');
  mkdirSync(join(folder, 'adapters'));
  // JSON is YAML
  writeFileSync(configurationFile, JSON.stringify(configuration(scale), null, 2));
  const { frontProxyClient } = pki;
  const client = {
    certificate: readFileSync(frontProxyClient.certificate, 'utf8'),
    key: readFileSync(frontProxyClient.key, 'utf8'),
  };
  return {
    controlPlane,
    apiServer,
    prometheus: prometheus.process,
    prometheusUrl: prometheus.url,
    processes,
    folder,
    address,
    kubeconfig: controlPlane.kubeconfig,
    frontProxy: frontProxyClient,
    prometheusAdapterBinary,
    configurationFile,
    asHpaController: (port) => ({ address, port, client, headers: HPA_CONTROLLER_HEADERS }),
  };
}

/** As the aggregator passes its ServiceAccount on. */
export const HPA_CONTROLLER_HEADERS = {
  'x-remote-user': HPA_CONTROLLER,
  'x-remote-group': 'system:serviceaccounts',
};

/** Namespaces and pods as objects alone: nobody schedules or runs them. */
export async function addObjects(
  { api }: ControlPlane,
  { namespaces, podsPerNamespace }: Pick<Scale, 'namespaces' | 'podsPerNamespace'>,
): Promise<void> {
  const spec = { nodeName: 'node-0', containers: [{ name: 'main', image: 'none' }] };
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < namespaces) {
      const namespace = namespaceOf(next++);
      await api.ask({ method: 'POST', path: '/api/v1/namespaces', body: { metadata: { name: namespace } } });
      for (let pod = 0; pod < podsPerNamespace; pod++) {
        const body = { metadata: { name: podOf(pod), labels: POD_LABELS }, spec };
        await api.ask({ method: 'POST', path: `/api/v1/namespaces/${namespace}/pods`, body });
      }
    }
  };
  await Promise.all(Array.from({ length: 16 }, worker));
}

/** @throws Error when Prometheus has not got the series of two scrapes' time */
async function untilScraped(url: string, { namespaces, podsPerNamespace }: Scale): Promise<void> {
  for (let attempt = 0; attempt < 60; attempt++) {
    const [sample] = await queryPrometheus(url, 'count(concurrent_viewers)');
    if (sample?.value === namespaces * podsPerNamespace) return;
    await sleep(500);
  }
  throw new Error(`Prometheus has not scraped ${namespaces * podsPerNamespace} series in 30 s`);
}
