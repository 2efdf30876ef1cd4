import { mkdir, readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { policyFolder } from '../adapters/files/policy-folder.ts';
import type { Tools } from '../cli/command.ts';
import { parsePolicies, revisionOf } from '../config/policy.ts';
import { ConflictError, NotFoundError } from '../domain/errors.ts';
import { systemClock } from './system-clock.ts';

export type Outside = Pick<Tools, 'env' | 'signal' | 'stdout' | 'stderr' | 'build'> & { terminal: boolean };

/** What commands touch, on the real outside. Heavy adapters are imported by the command that needs them. */
export function createTools(outside: Outside): Tools {
  return {
    ...outside,
    clock: systemClock,
    readFile: (file) => readFile(file, 'utf8').catch(notThere(file)),
    listFiles,
    writeNewFiles,
    policyFolder: (folder) => policyFolder(folder, { parse: parsePolicies, revisionOf }),
    cluster: async (kubeconfig) => (await import('./cluster.ts')).connect(kubeconfig, outside.env),
    remotePlan: async (url) => (await import('../adapters/remote-plan.ts')).remotePlan(url),
    prometheus: async (url) =>
      (await import('../adapters/prometheus/prometheus.ts')).prometheus({ url, timeoutSeconds: 10 }),
    backends: async () =>
      (await import('../adapters/prometheus/backends.ts')).prometheusBackends({ timeoutSeconds: 10 }),
    resources: async (kubeconfig) => (await import('./cluster.ts')).resourcesOf(kubeconfig, outside.env),
    metricWants: async (kubeconfig) => (await import('./cluster.ts')).wantsOf(kubeconfig, outside.env),
    explainedMetric: async (url, asked) =>
      (await import('../adapters/remote-metrics.ts')).remoteExplanation(url, asked),
    liveReads: async (url) => (await import('../adapters/remote-metrics.ts')).remoteReads(url),
    metricsApi: async (access) => (await import('./compare.ts')).openMetricsApi(access, outside.env),
    serve: async (settings) => (await import('./serve.ts')).serve(settings, outside),
    demo: async (options) => (await import('./demo.ts')).demo(options, outside),
    doctor: async (options) => (await import('./doctor.ts')).examineCluster(options, outside.env),
    certificates: async (options) => (await import('./certificates.ts')).certificates(options, outside.env),
  };
}

/** The YAML files of a folder in the order of their names, or the file itself. */
async function listFiles(path: string): Promise<string[]> {
  const found = await stat(path).catch(notThere(path));
  if (!found.isDirectory()) return [path];
  const names = await readdir(path);
  return names
    .filter((name) => /\.ya?ml$/.test(name) && !name.startsWith('.') && !/^kustomization\.ya?ml$/.test(name))
    .toSorted()
    .map((name) => join(path, name));
}

async function writeNewFiles(folder: string, files: ReadonlyMap<string, string>): Promise<void> {
  const notWritable = (cause: unknown): never => {
    throw new NotFoundError(`${folder} is no folder that can be written`, { cause });
  };
  await mkdir(folder, { recursive: true }).catch(notWritable);
  const there = new Set(await readdir(folder));
  for (const name of files.keys()) {
    if (there.has(name)) throw new ConflictError(`${join(folder, name)} is there already, and is not overwritten`);
  }
  // 'wx': nor is one that comes in between.
  for (const [name, text] of files) await writeFile(join(folder, name), text, { flag: 'wx' }).catch(notWritable);
}

const notThere =
  (path: string) =>
  (error: unknown): never => {
    throw new NotFoundError(`${path} cannot be read`, { cause: error });
  };
