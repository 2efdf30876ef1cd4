import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
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

export type Adapter = { url: string; ask: Ask; nobody: Ask; stop(): Promise<void> };

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
    start(ground, { name: `prometheus-adapter-${name}`, port: PORTS.theirs, ...theirCommand(ground, folder, file) }),
    start(ground, { name: `tidecaster-${name}`, port: PORTS.ours, ...ourCommand(ground, file, ourFlags) }),
  ]);
  return {
    theirs,
    ours,
    async [Symbol.asyncDispose]() {
      await Promise.all([theirs.stop(), ours.stop()]);
    },
  };
}

type Command = { command: string; args: string[] };

function theirCommand(
  { address, kubeconfig, prometheusUrl, prometheusAdapterBinary }: Ground,
  folder: string,
  file: string,
): Command {
  return {
    command: prometheusAdapterBinary,
    args: [
      `--config=${file}`,
      `--prometheus-url=${prometheusUrl}`,
      '--metrics-relist-interval=1h',
      `--bind-address=${address}`,
      `--secure-port=${PORTS.theirs}`,
      `--cert-dir=${folder}`,
      `--authentication-kubeconfig=${kubeconfig}`,
      `--authorization-kubeconfig=${kubeconfig}`,
      `--lister-kubeconfig=${kubeconfig}`,
    ],
  };
}

function ourCommand({ address, kubeconfig, prometheusUrl }: Ground, file: string, flags: readonly string[]): Command {
  return {
    command: process.execPath,
    args: [
      join(REPOSITORY, 'bin', 'tidecaster.js'),
      'serve',
      `--rules=${file}`,
      `--prometheus-url=${prometheusUrl}`,
      '--relist-interval=1h',
      // each answer is asked anew, as theirs is
      '--max-staleness=0s',
      `--bind-address=${address}`,
      `--secure-port=${PORTS.ours}`,
      `--http-address=${address}`,
      '--http-port=0',
      `--kubeconfig=${kubeconfig}`,
      '--authentication=front-proxy',
      ...flags,
    ],
  };
}

async function start(ground: Ground, about: Command & { name: string; port: number }): Promise<Adapter> {
  const { processes, address, frontProxy, folder } = ground;
  const { name, port, command, args } = about;
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
    ask: known.ask,
    nobody: nobody.ask,
    async stop() {
      known.close();
      nobody.close();
      await running.stop();
    },
  };
}
