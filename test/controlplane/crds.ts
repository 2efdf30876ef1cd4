import { type ExecFileException, execFile } from 'node:child_process';
import { join } from 'node:path';
import { clearInterval, setInterval } from 'node:timers';
import { promisify } from 'node:util';
import type { Progress } from './binaries.ts';

/** The CRDs that the optional manifests need: their names in the API server, and where each stands in its Go module. */
const CRDS: Readonly<Record<string, { module: string; file: string }>> = {
  'certificates.cert-manager.io': certManager('cert-manager.io_certificates.yaml'),
  'issuers.cert-manager.io': certManager('cert-manager.io_issuers.yaml'),
  'podmonitors.monitoring.coreos.com': prometheusOperator('monitoring.coreos.com_podmonitors.yaml'),
  'prometheusrules.monitoring.coreos.com': prometheusOperator('monitoring.coreos.com_prometheusrules.yaml'),
  'servicemonitors.monitoring.coreos.com': prometheusOperator('monitoring.coreos.com_servicemonitors.yaml'),
};

function certManager(file: string): { module: string; file: string } {
  return { module: 'github.com/cert-manager/cert-manager', file: join('deploy', 'crds', file) };
}

function prometheusOperator(file: string): { module: string; file: string } {
  return {
    module: 'github.com/prometheus-operator/prometheus-operator',
    file: join('example', 'prometheus-operator-crd', file),
  };
}

export type Crd = {
  /** `<plural>.<group>`, as the API server names it. */
  name: string;
  /** Absolute path of its YAML file, in Go's module cache: read-only. */
  path: string;
};

/** The folder whose go.mod and go.sum pin the modules. */
const PINS = join(import.meta.dirname, 'crds');
const LIMIT_MINUTES = 10;

/**
 * The projects' own CRDs, out of the Go modules that they ship in. Go downloads a module once and verifies it against go.sum.
 * @throws Error that says what to install when Go is not there, else with what Go says
 */
export async function findCrds(environment: NodeJS.ProcessEnv, progress: Progress): Promise<Crd[]> {
  const folders = (await cached(environment)) ?? (await download(environment, progress));
  return Object.entries(CRDS).map(([name, { module, file }]) => {
    const folder = folders.get(module);
    if (!folder) throw new Error(`${PINS}/go.mod does not require ${module}, which has the CRD ${name}`);
    return { name, path: join(folder, file) };
  });
}

/** Each module's folder, by module path. */
type Folders = ReadonlyMap<string, string>;

/** Null when something must be fetched, or is not what go.sum says; `download` then tells why. */
async function cached(environment: NodeJS.ProcessEnv): Promise<Folders | null> {
  try {
    return await goModDownload({ ...environment, GOPROXY: 'off' });
  } catch (error) {
    if (error instanceof GoMissing) throw error;
    return null;
  }
}

async function download(environment: NodeJS.ProcessEnv, progress: Progress): Promise<Folders> {
  progress('downloading the CRDs of cert-manager and the Prometheus operator (once, 8 MB) ...');
  const started = performance.now();
  const elapsed = (): string => `${Math.round((performance.now() - started) / 1000)} s`;
  const ticker = setInterval(() => progress(`  downloading CRDs: ${elapsed()}`), 20_000);
  try {
    const folders = await goModDownload(environment);
    progress(`  downloaded the CRDs in ${elapsed()}`);
    return folders;
  } finally {
    clearInterval(ticker);
  }
}

class GoMissing extends Error {
  override readonly name = 'GoMissing';
}

async function goModDownload(environment: NodeJS.ProcessEnv): Promise<Folders> {
  const options = { cwd: PINS, env: { ...environment, GOFLAGS: '' }, timeout: LIMIT_MINUTES * 60_000 };
  try {
    const { stdout } = await promisify(execFile)('go', ['mod', 'download', '-json'], options);
    // one JSON object after the other, each closed by a brace at the start of a line
    const modules = stdout.trim().split(/(?<=^\})\n/m);
    return new Map(
      modules.map((text) => {
        const { Path, Dir } = JSON.parse(text) as { Path: string; Dir: string };
        return [Path, Dir];
      }),
    );
  } catch (error) {
    const { code, message, stdout = '' } = error as ExecFileException;
    if (code === 'ENOENT') {
      throw new GoMissing(
        'The CRDs of cert-manager and the Prometheus operator come out of Go modules, and Go is not on PATH to fetch them. ' +
          'Install Go 1.26 or newer (https://go.dev/dl).',
        { cause: error },
      );
    }
    // with -json, what is wrong with a module is told on stdout
    throw new Error(`${message.trim()}\n${stdout}`.trim(), { cause: error });
  }
}
