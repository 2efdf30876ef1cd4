import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Ask, askerOf } from '../contract/metrics-api/ask.ts';
import type { Processes } from '../controlplane/processes.ts';
import { REPOSITORY } from '../controlplane/tidecaster.ts';
import type { Configuration } from './configuration.ts';

/** What both adapters stand on. */
export type Ground = {
  processes: Processes;
  /** Of this comparison alone. */
  folder: string;
  address: string;
  /** Of an administrator: both read how the front proxy is recognised, and ask who may read. */
  kubeconfig: string;
  frontProxy: { certificate: string; key: string };
  prometheusUrl: string;
  prometheusAdapterBinary: string;
};

export type Adapter = { url: string; pid: number; ask: Ask; nobody: Ask; stop(): Promise<void> };

/** Who reads: the HPA controller, as the aggregator vouches for it. */
export const HPA_CONTROLLER = 'system:serviceaccount:kube-system:horizontal-pod-autoscaler';
const PORTS = { theirs: 6444, ours: 6445 };
const READY = ['/apis/external.metrics.k8s.io/v1beta1', '/apis/custom.metrics.k8s.io/v1beta1'];

/** Both adapters with one configuration file, each asked straight. name: of the processes and their files. */
export async function startBoth(
  ground: Ground,
  configuration: Configuration,
  { name, ourFlags = [] }: { name: string; ourFlags?: readonly string[] },
): Promise<AsyncDisposable & { theirs: Adapter; ours: Adapter }> {
  const folder = join(ground.folder, name);
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'config.yaml');
  // JSON is YAML
  writeFileSync(file, JSON.stringify(configuration, null, 2));
  const [theirs, ours] = await Promise.all([
    startTheirs(ground, { name, file, flags: ['--metrics-relist-interval=1h'] }),
    // each answer is asked anew, as theirs is
    startOurs(ground, { name, file, flags: ['--relist-interval=1h', '--max-staleness=0s', ...ourFlags] }),
  ]);
  return {
    theirs,
    ours,
    async [Symbol.asyncDispose]() {
      await Promise.all([theirs.stop(), ours.stop()]);
    },
  };
}

/** How one adapter is started. file: its configuration. */
export type Start = {
  name: string;
  file: string;
  flags?: readonly string[];
  /** Default: one of its own for each of the two programs. */
  port?: number;
  /** A command that runs the program, such as `taskset -c 0`. */
  under?: readonly string[];
  /** Of Node, where the program is ours. */
  nodeFlags?: readonly string[];
};

/** prometheus-adapter, ready when it has listed the series of its rules. */
export function startTheirs(ground: Ground, { name, file, flags = [], port = PORTS.theirs }: Start): Promise<Adapter> {
  const { address, kubeconfig, prometheusUrl, prometheusAdapterBinary } = ground;
  return start(ground, {
    name: `prometheus-adapter-${name}`,
    port,
    command: [
      prometheusAdapterBinary,
      `--config=${file}`,
      `--prometheus-url=${prometheusUrl}`,
      `--bind-address=${address}`,
      `--secure-port=${port}`,
      `--cert-dir=${dirname(file)}`,
      `--authentication-kubeconfig=${kubeconfig}`,
      `--authorization-kubeconfig=${kubeconfig}`,
      `--lister-kubeconfig=${kubeconfig}`,
      ...flags,
    ],
  });
}

/** `tidecaster serve`, ready likewise. */
export function startOurs(ground: Ground, about: Start): Promise<Adapter> {
  const { address, kubeconfig, prometheusUrl } = ground;
  const { name, file, flags = [], port = PORTS.ours, under = [], nodeFlags = [] } = about;
  return start(ground, {
    name: `tidecaster-${name}`,
    port,
    command: [
      ...under,
      process.execPath,
      ...nodeFlags,
      join(REPOSITORY, 'bin', 'tidecaster.js'),
      'serve',
      `--rules=${file}`,
      `--prometheus-url=${prometheusUrl}`,
      `--bind-address=${address}`,
      `--secure-port=${port}`,
      `--http-address=${address}`,
      '--http-port=0',
      `--kubeconfig=${kubeconfig}`,
      '--authentication=delegated',
      ...flags,
    ],
  });
}

type Command = { name: string; port: number; command: readonly string[] };

async function start(ground: Ground, { name, port, command: [command = '', ...args] }: Command): Promise<Adapter> {
  const { processes, address, frontProxy, folder } = ground;
  const url = `https://${address}:${port}`;
  const known = askerOf({
    url,
    client: { certificate: readFileSync(frontProxy.certificate, 'utf8'), key: readFileSync(frontProxy.key, 'utf8') },
    // masters: for the paths that the HPA controller has no right to
    headers: { 'x-remote-user': HPA_CONTROLLER, 'x-remote-group': 'system:masters' },
  });
  const nobody = askerOf({ url });
  const running = await processes.start({
    name,
    command,
    args,
    environment: { HOME: folder },
    cwd: folder,
    ready: async () => {
      const lists = await Promise.all(
        READY.map((path) => known.ask({ method: 'GET', path, headers: { accept: 'application/json' } })),
      );
      return lists.every(
        ({ code, text }) => code === 200 && !/"resources":\[\]|"externalmetrics"|custommetrics/.test(text),
      );
    },
  });
  return {
    url,
    pid: running.pid,
    ask: known.ask,
    nobody: nobody.ask,
    async stop() {
      known.close();
      nobody.close();
      await running.stop();
    },
  };
}
