import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addObjects } from '../bench/adapter/ground.ts';
import { namespaceOf, podOf } from '../bench/adapter/data.ts';
import { loopbackAddress } from '../controlplane/address.ts';
import { type Progress, findBinary } from '../controlplane/binaries.ts';
import { type ControlPlane, startApiServer } from '../controlplane/control-plane.ts';
import { Processes } from '../controlplane/processes.ts';
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
  const binary = (name: Parameters<typeof findBinary>[0]): Promise<string> => findBinary(name, process.env, progress);
  const binaries = {
    etcd: await binary('etcd'),
    'kube-apiserver': await binary('kube-apiserver'),
    kubectl: await binary('kubectl'),
  };
  const prometheusBinary = await binary('prometheus');
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'tidecaster-soak-')));
  stack.defer(() => rmSync(folder, { recursive: true, force: true }));
  const processes = new Processes(join(folder, 'log'));
  stack.defer(() => processes.stopAll());
  process.once('exit', () => processes.killAllNow());
  const address = await loopbackAddress();

  progress('starting etcd, kube-apiserver and Prometheus ...');
  // pods without a ServiceAccount controller: nobody runs here but the server
  const started = await startApiServer({ binaries, processes, folder, address, withoutAdmission: ['ServiceAccount'] });
  const { controlPlane } = started;
  stack.defer(() => controlPlane.api.close());
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
