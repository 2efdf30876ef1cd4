import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type ControlPlane, writeKubeconfig } from './control-plane.ts';
import { flagValue, withFlags } from './flags.ts';
import { PodOnDisk, type Workload } from './pod.ts';
import type { Processes, RunningProcess } from './processes.ts';

/** The repository, where bin/ is. */
export const REPOSITORY = join(import.meta.dirname, '..', '..');

/** Where apiservice/ puts Tidecaster. */
export const NAMESPACE = 'tidecaster-system';
const SERVER: Workload = { kind: 'deployments', namespace: NAMESPACE, name: 'tidecaster' };
const CERTS: Workload = { kind: 'jobs', namespace: NAMESPACE, name: 'tidecaster-certs' };

export type TidecasterOptions = {
  controlPlane: ControlPlane;
  processes: Processes;
  /** Its folder: volumes, kubeconfig with the token. */
  folder: string;
  /** The loopback address that stands in for every address of the pod. */
  address: string;
  prometheusUrl: string;
  /** Flags that a test sets otherwise than the Deployment: shorter times, other ports of a second replica. */
  flags?: Readonly<Record<string, string>>;
  /** Name of the process and its log. */
  name?: string;
};

/**
 * The product as its Deployment runs it: the same arguments with the mount points mapped to folders, a token of the same
 * ServiceAccount, and no other credential.
 */
export class Tidecaster {
  readonly #options: TidecasterOptions;
  readonly pod: PodOnDisk;
  readonly args: readonly string[];
  #process: RunningProcess | null = null;
  #saidBefore = 0;

  private constructor(options: TidecasterOptions, pod: PodOnDisk, args: readonly string[]) {
    this.#options = options;
    this.pod = pod;
    this.args = args;
  }

  /** Reads the Deployment and its volumes; starts nothing. */
  static async prepare(options: TidecasterOptions): Promise<Tidecaster> {
    const { controlPlane, folder, address } = options;
    const pod = await PodOnDisk.make(controlPlane.api, SERVER, join(folder, 'volumes'));
    const kubeconfig = await tokenKubeconfig(controlPlane, pod.serviceAccount, join(folder, 'server.kubeconfig'));
    const args = withFlags(pod.container('tidecaster').args, {
      'bind-address': address,
      'http-address': address,
      'prometheus-url': options.prometheusUrl,
      kubeconfig,
      ...options.flags,
    });
    return new Tidecaster(options, pod, args);
  }

  /** @throws Error with the tail of the log when it does not become ready */
  async start(): Promise<RunningProcess> {
    const name = this.#options.name ?? 'tidecaster';
    this.#saidBefore = this.#options.processes.said(name).length;
    this.#process = await this.#options.processes.start({
      name,
      ...command(this.args, this.#options.folder, this.pod.container('tidecaster').environment),
      ready: async () => (await fetch(`${this.httpUrl}/metrics`, { signal: AbortSignal.timeout(2000) })).ok,
    });
    return this.#process;
  }

  /** Runs another command of the product to its end, with the same credential. @throws Error when its exit code is not 0 */
  async run(args: readonly string[]): Promise<void> {
    const kubeconfig = `--kubeconfig=${flagValue(this.args, 'kubeconfig')}`;
    const process = command([...args, kubeconfig], this.#options.folder, {});
    await this.#options.processes.runToEnd({ name: `tidecaster-${args[0]}`, ...process });
  }

  /** Ends it, the way a pod ends or the way a node dies. */
  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    await this.#process?.stop(signal);
    this.#process = null;
  }

  /** /metrics and the page. */
  get httpUrl(): string {
    return `http://${this.#options.address}:${flagValue(this.args, 'http-port')}`;
  }

  /** Folder of the policies as this process sees it. */
  get policies(): string {
    return flagValue(this.args, 'policies') ?? '';
  }

  get rules(): string {
    return flagValue(this.args, 'rules') ?? '';
  }

  /** What it has logged since it was started last: JSON lines. */
  get said(): string {
    return this.#options.processes.said(this.#options.name ?? 'tidecaster').slice(this.#saidBefore);
  }
}

/** What the Job of the self-signed overlay does, done here: with the Job's own arguments and its own ServiceAccount's token. */
export async function runCertsJob(controlPlane: ControlPlane, processes: Processes, folder: string): Promise<void> {
  const pod = await PodOnDisk.make(controlPlane.api, CERTS, join(folder, 'volumes'));
  const kubeconfig = await tokenKubeconfig(controlPlane, pod.serviceAccount, join(folder, 'certs.kubeconfig'));
  const { args, environment } = pod.container();
  await processes.runToEnd({
    name: 'tidecaster-certs',
    ...command(withFlags(args, { kubeconfig }), folder, environment),
  });
}

/** A kubeconfig with a token of a ServiceAccount and nothing else. */
export async function tokenKubeconfig(controlPlane: ControlPlane, account: string, path: string): Promise<string> {
  const { status } = await controlPlane.api.ask<{ status: { token: string } }>({
    method: 'POST',
    path: `/api/v1/namespaces/${NAMESPACE}/serviceaccounts/${account}/token`,
    body: { spec: { expirationSeconds: 7 * 86_400 } },
  });
  return writeKubeconfig(path, controlPlane.server, controlPlane.ca, { token: status.token, namespace: NAMESPACE });
}

/** What one start of the product has compiled, the next one below this folder reads. */
export const compileCache = (folder: string): string => join(folder, 'compiled');

function command(args: readonly string[], folder: string, environment: Record<string, string>) {
  const home = join(folder, 'home'); // an empty one: nobody's ~/.kube/config is found
  mkdirSync(home, { recursive: true });
  return {
    command: process.execPath,
    args: [join(REPOSITORY, 'bin', 'tidecaster.js'), ...args],
    environment: { ...environment, HOME: home, NODE_COMPILE_CACHE: compileCache(join(folder, '..')) },
    cwd: home,
  };
}
