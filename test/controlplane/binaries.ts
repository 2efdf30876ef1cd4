import { spawn, spawnSync } from 'node:child_process';
import { accessSync, constants, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setInterval, clearInterval } from 'node:timers';
import { type DebianPackage, unpack } from './debian.ts';

/** The programs of a control plane and its monitoring, each at the version that this repository is tested with. */
export type BinaryName =
  'etcd' | 'kube-apiserver' | 'kube-controller-manager' | 'kube-scheduler' | 'kubectl' | 'kwok' | 'prometheus';

/** A program that only some tests need: one that we are compared with, another backend, a neighbour, or what tests alert rules. */
export type PeerName = 'prometheus-adapter' | 'test-adapter' | 'victoria-metrics' | 'promtool';
/** Those that may be taken from PATH. */
type CommonName = BinaryName | 'victoria-metrics' | 'promtool';

/** How a group of binaries is built: a module in this folder with `replace` lines, or a package that installs by itself. */
type Recipe = {
  names: readonly (BinaryName | PeerName)[];
  /** Half the processor time, measured in this order with a cold cache: two free cores take that at the least. Without downloads. */
  expectedSeconds: number;
} & (
  | {
      type: 'Module';
      folder: string;
      packages: readonly string[];
      /** More than all have. */
      ldflags?: string;
      /** What Go names the binary, where that is not its name here. */
      built?: string;
    }
  | { type: 'Install'; packages: readonly string[]; tags: string }
  | ({ type: 'Debian' } & DebianPackage)
);

type Suits = { args: readonly string[]; says: RegExp };

// One module: what its programs share is compiled once, also by the recipe that is built later.
const KUBERNETES = {
  type: 'Module',
  folder: 'kubernetes',
  // without -X the version reads v0.0.0, and clients choose their behaviour by it
  ldflags: '-X k8s.io/component-base/version.gitVersion=v1.37.2',
} as const;

const RECIPES: readonly Recipe[] = [
  {
    type: 'Module',
    folder: 'etcd',
    packages: ['go.etcd.io/etcd/server/v3'],
    built: 'server', // the path ends in v3, so Go takes the folder above
    names: ['etcd'],
    expectedSeconds: 50,
  },
  {
    ...KUBERNETES,
    names: ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kubectl', 'kwok'],
    packages: [
      'k8s.io/kubernetes/cmd/kube-apiserver',
      'k8s.io/kubernetes/cmd/kube-controller-manager',
      'k8s.io/kubernetes/cmd/kube-scheduler',
      'k8s.io/kubernetes/cmd/kubectl',
      'sigs.k8s.io/kwok/cmd/kwok',
    ],
    expectedSeconds: 430,
  },
  // 0.316 is how the Go module names release 3.16
  {
    type: 'Install',
    packages: [
      'github.com/prometheus/prometheus/cmd/prometheus@v0.316.0',
      'github.com/prometheus/prometheus/cmd/promtool@v0.316.0',
    ],
    // of the ways to find targets those of clouds are left out, whose clients are most of what there is to compile
    tags: 'remove_all_sd,enable_kubernetes_sd',
    names: ['prometheus', 'promtool'],
    expectedSeconds: 130,
  },
  {
    type: 'Module',
    folder: 'prometheus-adapter',
    packages: ['sigs.k8s.io/prometheus-adapter/cmd/adapter'],
    built: 'adapter',
    names: ['prometheus-adapter'],
    expectedSeconds: 110,
  },
  {
    type: 'Debian',
    package: 'victoria-metrics',
    path: 'usr/bin/victoria-metrics',
    names: ['victoria-metrics'],
    expectedSeconds: 10,
  },
  {
    ...KUBERNETES,
    names: ['test-adapter'],
    packages: ['sigs.k8s.io/custom-metrics-apiserver/test-adapter'],
    expectedSeconds: 10,
  },
];

/** What `--version` must say of a binary found on PATH; an older one would be a different test. */
const SUITS: Record<CommonName, Suits> = {
  etcd: { args: ['--version'], says: /etcd Version: 3\.[67]\./ },
  'kube-apiserver': { args: ['--version'], says: /Kubernetes v1\.37\./ },
  'kube-controller-manager': { args: ['--version'], says: /Kubernetes v1\.37\./ },
  'kube-scheduler': { args: ['--version'], says: /Kubernetes v1\.37\./ },
  kubectl: { args: ['version', '--client'], says: /Client Version: v1\.37\./ },
  kwok: { args: ['--version'], says: /kwok version v0\.8\./ },
  prometheus: { args: ['--version'], says: /prometheus, version 3\./ },
  promtool: { args: ['--version'], says: /promtool, version 3\./ },
  'victoria-metrics': { args: ['--version'], says: /victoria-metrics-/ },
};

const PEERS: ReadonlySet<string> = new Set<CommonName>(['promtool', 'victoria-metrics']);
export const BINARY_NAMES = Object.keys(SUITS).filter((name): name is BinaryName => !PEERS.has(name));

/** Tells a person what is going on; one line, without the newline. */
export type Progress = (line: string) => void;

/**
 * The path of every binary of a control plane.
 * @throws Error as of findBinary
 */
export async function findBinaries(
  environment: NodeJS.ProcessEnv,
  progress: Progress,
): Promise<Record<BinaryName, string>> {
  const found: [string, string][] = [];
  for (const name of BINARY_NAMES) found.push([name, await findBinary(name, environment, progress)]);
  return Object.fromEntries(found) as Record<BinaryName, string>;
}

/**
 * The path of one: from the folder TIDECASTER_BIN, else from PATH when the version suits, else from the cache folder, where
 * it is built first, once, from the Go modules pinned here.
 * @throws Error that says what to install, when something must be built and Go is not there
 */
export async function findBinary(
  name: BinaryName | PeerName,
  environment: NodeJS.ProcessEnv,
  progress: Progress,
): Promise<string> {
  const cache = join(environment['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'tidecaster', 'bin');
  const found =
    executable(environment['TIDECASTER_BIN'], name) ??
    (name === 'prometheus-adapter' || name === 'test-adapter' ? null : onPath(environment, name, SUITS[name])) ??
    executable(cache, name);
  if (found !== null) return found;
  const recipe = RECIPES.find(({ names }) => names.includes(name));
  if (!recipe) throw new Error(`nothing says how to build ${name}`);
  if (recipe.type === 'Debian') await unpack(recipe, cache, environment);
  else await build(recipe, { cache, environment, progress });
  return join(cache, name);
}

function executable(folder: string | undefined, name: string): string | null {
  if (!folder) return null;
  try {
    accessSync(join(folder, name), constants.X_OK);
    return join(folder, name);
  } catch {
    return null;
  }
}

function onPath(environment: NodeJS.ProcessEnv, name: string, { args, says }: Suits): string | null {
  for (const folder of (environment['PATH'] ?? '').split(delimiter)) {
    const path = executable(folder, name);
    if (path && says.test(spawnSync(path, args, { encoding: 'utf8', timeout: 10_000 }).stdout ?? '')) return path;
  }
  return null;
}

type Workshop = { cache: string; environment: NodeJS.ProcessEnv; progress: Progress };

async function build(
  recipe: Exclude<Recipe, { type: 'Debian' }>,
  { cache, environment, progress }: Workshop,
): Promise<void> {
  const what = recipe.names.join(', ');
  if (spawnSync('go', ['version'], { env: environment }).status !== 0) {
    throw new Error(
      `${what}: not in TIDECASTER_BIN, not on PATH in a version that suits, not in ${cache}, and Go is not there to build it. ` +
        'Install Go 1.26 or newer (https://go.dev/dl) and a C compiler, or put the binaries into one folder and name it in TIDECASTER_BIN.',
    );
  }
  mkdirSync(cache, { recursive: true });
  // built aside and renamed, so that an interrupted build leaves no half a binary and two builders do not disturb each other
  const aside = mkdtempSync(join(cache, '.building-'));
  try {
    progress(`building ${what} (once, about ${duration(recipe.expectedSeconds)} on two cores) ...`);
    const started = performance.now();
    const elapsed = () => duration((performance.now() - started) / 1000);
    const ticker = setInterval(
      () => progress(`  building ${what}: ${elapsed()} of about ${duration(recipe.expectedSeconds)}`),
      20_000,
    );
    try {
      // alike for all, so that they share the compiled standard library; without tables for debuggers, an eighth of the work
      const like = (ldflags = ''): string[] => ['-trimpath', '-gcflags=all=-dwarf=false', `-ldflags=-s -w ${ldflags}`];
      if (recipe.type === 'Module') {
        const args = ['build', ...like(recipe.ldflags), '-o', `${aside}/`, ...recipe.packages];
        await go(args, { cwd: join(import.meta.dirname, recipe.folder), environment });
        if (recipe.built) renameSync(join(aside, recipe.built), join(aside, recipe.names[0]!));
      } else {
        const args = ['install', ...like(), `-tags=${recipe.tags}`, ...recipe.packages];
        await go(args, { cwd: aside, environment: { ...environment, GOBIN: aside } });
      }
    } finally {
      clearInterval(ticker);
    }
    for (const name of recipe.names) renameSync(join(aside, name), join(cache, name));
    progress(`  built ${what} in ${elapsed()}`);
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}

function go(args: string[], options: { cwd: string; environment: NodeJS.ProcessEnv }): Promise<void> {
  const env = { ...options.environment, GOFLAGS: '' }; // somebody's own flags would build something else
  const child = spawn('go', args, { cwd: options.cwd, env, stdio: ['ignore', 'ignore', 'pipe'] });
  let tail = '';
  child.stderr.on('data', (chunk: Buffer) => (tail = (tail + chunk.toString()).slice(-4000)));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`go ${args.join(' ')} in ${options.cwd} ended with ${code}:\n${tail}`));
    });
  });
}

function duration(seconds: number): string {
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
