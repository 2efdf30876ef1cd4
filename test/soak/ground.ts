import { join } from 'node:path';
import { addObjects } from '../bench/adapter/ground.ts';
import { namespaceOf, podOf } from '../bench/adapter/data.ts';
import { type Progress, findBinary } from '../controlplane/binaries.ts';
import type { ControlPlane } from '../controlplane/control-plane.ts';
import type { Processes } from '../controlplane/processes.ts';
import { startQuietPlane } from '../controlplane/quiet-plane.ts';
import { startPrometheusOf } from '../differential/prometheus.ts';
import { startExporterOf } from '../support/exporter.ts';
import { type FaultBackend, startFaultBackend } from '../support/fault-backend.ts';
import { SCRAPE } from './bounds.ts';
import { NAMESPACES, PODS, Scraped } from './series.ts';

/** What the server stands on. */
export type Ground = {
  processes: Processes;
  controlPlane: ControlPlane;
  folder: string;
  address: string;
  prometheusUrl: string;
  /** Stands before the same Prometheus. */
  flapping: FaultBackend;
  scraped: Scraped;
};

/** Starts etcd, kube-apiserver and Prometheus, and fills them. What was started is handed to the stack. @throws Error that says what did not start */
export async function startGround(stack: AsyncDisposableStack, progress: Progress): Promise<Ground> {
  const prometheusBinary = await findBinary('prometheus', process.env, progress);
  const { processes, folder, address, controlPlane } = await startQuietPlane('soak', stack, progress);
  const scraped = new Scraped(Date.now());
  const exporter = await startExporterOf(address, () => scraped.exposition(Date.now(), { namespaceOf, podOf }));
  stack.defer(() => exporter.close());
  const { url: prometheusUrl } = await startPrometheusOf({
    binary: prometheusBinary,
    processes,
    folder: join(folder, 'prometheus'),
    address,
    port: 9090,
    target: exporter.target,
    name: 'prometheus',
    scrapeSeconds: SCRAPE,
  });
  const flapping = await startFaultBackend(prometheusUrl, address);
  stack.defer(() => flapping.close());
  await addObjects(controlPlane, { namespaces: NAMESPACES, podsPerNamespace: PODS });
  return { processes, controlPlane, folder, address, prometheusUrl, flapping, scraped };
}
