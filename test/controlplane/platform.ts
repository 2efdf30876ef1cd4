import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { loopbackAddress, PORTS } from './address.ts';
import { type Progress, findBinaries } from './binaries.ts';
import { type ControlPlane, startControlPlane } from './control-plane.ts';
import { Processes } from './processes.ts';
import { startPrometheus } from './prometheus.ts';
import { NAMESPACE, REPOSITORY, runCertsJob } from './tidecaster.ts';

export type PlatformOptions = {
  progress: Progress;
  /** The HPA controller's sync period; Kubernetes' own default is 15. */
  hpaSyncSeconds: number;
  /** Prometheus' scrape interval. */
  scrapeSeconds: number;
  /** Aborting it makes the start end early, with an error and nothing left behind. */
  signal?: AbortSignal;
};

/** All that Tidecaster needs around it: the control plane with the repository's manifests, the simulated pods, Prometheus. */
export type Platform = {
  /** Everything on disk; gone after `stop`. */
  folder: string;
  address: string;
  controlPlane: ControlPlane;
  processes: Processes;
  prometheusBinary: string;
  prometheusUrl: string;
  simulatorUrl: string;
  stop(): Promise<void>;
};

/** @throws Error saying what did not start, with the tail of its log; then nothing is left running */
export async function startPlatform(options: PlatformOptions): Promise<Platform> {
  const { signal } = options;
  const progress: Progress = (line) => {
    signal?.throwIfAborted();
    options.progress(line);
  };
  const binaries = await findBinaries(process.env, progress);
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'tidecaster-sandbox-')));
  const processes = new Processes(join(folder, 'log'));
  let controlPlane: ControlPlane | undefined;
  const stop = async (): Promise<void> => {
    controlPlane?.api.close();
    await processes.stopAll();
    rmSync(folder, { recursive: true, force: true });
  };
  // a launcher that must end at once takes its processes with it
  process.once('exit', () => processes.killAllNow());
  try {
    const address = await loopbackAddress();
    progress('starting etcd, kube-apiserver, kube-controller-manager, kube-scheduler, kwok ...');
    controlPlane = await startControlPlane({
      binaries,
      processes,
      folder,
      address,
      hpaSyncSeconds: options.hpaSyncSeconds,
    });
    progress('applying apiservice/, k8s-manifests/ and policies/ ...');
    await applyManifests(controlPlane, folder, address);
    await runCertsJob(controlPlane, processes, join(folder, 'certs'));
    progress('starting the workload simulator and Prometheus ...');
    const simulatorUrl = await startSimulator(controlPlane, processes, address);
    const prometheus = await startPrometheus({
      binary: binaries.prometheus,
      controlPlane,
      processes,
      folder: join(folder, 'prometheus'),
      address,
      simulatorUrl,
      intervalSeconds: options.scrapeSeconds,
    });
    return {
      folder,
      address,
      controlPlane,
      processes,
      prometheusBinary: binaries.prometheus,
      prometheusUrl: prometheus.url,
      simulatorUrl,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** In the order of apiservice/base/kustomization.yaml. */
async function applyManifests({ kubectl }: ControlPlane, folder: string, address: string): Promise<void> {
  const overlay = join(folder, 'apiservice');
  mkdirSync(overlay);
  writeFileSync(join(overlay, 'kustomization.yaml'), overlayText(overlay, address));
  for (const path of [overlay, join(REPOSITORY, 'k8s-manifests'), join(REPOSITORY, 'policies')]) {
    await kubectl(['apply', '-k', path, '--validate=strict']);
  }
}

/**
 * apiservice/ as it is, but for the Service: an ExternalName, so that the aggregator dials the process on this machine. It takes
 * the loopback address for a host name, and verifies the certificate against <service>.<namespace>.svc as ever.
 */
function overlayText(overlay: string, address: string): string {
  const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'tidecaster', namespace: NAMESPACE } };
  const patch = { ...service, spec: { type: 'ExternalName', externalName: address } };
  const kustomization = {
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    resources: [relative(overlay, join(REPOSITORY, 'apiservice/overlays/self-signed'))],
    // no metrics-server here: the HPAs read cpu from Tidecaster
    components: [relative(overlay, join(REPOSITORY, 'apiservice/components/resource-metrics'))],
    patches: [{ patch: JSON.stringify(patch) }],
  };
  return JSON.stringify(kustomization, null, 2);
}

async function startSimulator(controlPlane: ControlPlane, processes: Processes, address: string): Promise<string> {
  const url = `http://${address}:${PORTS.simulator}`;
  await processes.start({
    name: 'simulator',
    command: process.execPath,
    args: [
      join(import.meta.dirname, 'simulator.ts'),
      `--listen=${address}:${PORTS.simulator}`,
      `--server=${controlPlane.server}`,
      `--ca=${controlPlane.ca}`,
      `--certificate=${controlPlane.admin.certificate}`,
      `--key=${controlPlane.admin.key}`,
      `--tidecaster=http://${address}:8080`,
    ],
    ready: async () => (await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(2000) })).ok,
  });
  return url;
}
