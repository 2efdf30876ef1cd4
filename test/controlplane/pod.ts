import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { V1Container, V1EnvVar, V1PodSpec, V1Volume } from '@kubernetes/client-node';
import type { ApiClient } from './api-client.ts';
import { type Files, writeVolume } from './volume.ts';

/** Whose pod: a Deployment, StatefulSet or Job, by its path in the API. */
export type Workload = {
  kind: 'deployments' | 'statefulsets' | 'jobs';
  namespace: string;
  name: string;
};

/**
 * What a kubelet makes of a pod template, for a process that runs on this machine: the volumes as folders, the arguments and
 * the environment with the mount points mapped to them. The objects are read from the API server as they were applied.
 */
export class PodOnDisk {
  readonly workload: Workload;
  readonly spec: V1PodSpec;
  readonly #api: ApiClient;
  readonly #folder: string;
  /** What was written last, by volume: a refresh swings `..data` only when something changed, as a kubelet does. */
  readonly #written = new Map<string, string>();

  private constructor(api: ApiClient, workload: Workload, spec: V1PodSpec, folder: string) {
    this.#api = api;
    this.workload = workload;
    this.spec = spec;
    this.#folder = folder;
  }

  /** @throws Error when the workload or an object of its volumes is not there */
  static async make(api: ApiClient, workload: Workload, folder: string): Promise<PodOnDisk> {
    const group = workload.kind === 'jobs' ? 'batch' : 'apps';
    const path = `/apis/${group}/v1/namespaces/${workload.namespace}/${workload.kind}/${workload.name}`;
    const { spec } = await api.ask<{ spec: { template: { spec: V1PodSpec } } }>({ path });
    const pod = new PodOnDisk(api, workload, spec.template.spec, folder);
    await pod.refresh();
    return pod;
  }

  get serviceAccount(): string {
    return this.spec.serviceAccountName ?? 'default';
  }

  /** The container of that name, or the only one. Its mount points are mapped to folders of this machine. */
  container(name?: string): { args: string[]; environment: Record<string, string> } {
    const { containers } = this.spec;
    const container = name === undefined ? containers[0] : containers.find((one) => one.name === name);
    if (!container) throw new Error(`${this.workload.name}: there is no container ${name}`);
    const environment = Object.fromEntries(
      (container.env ?? []).map((variable) => [variable.name, this.#value(variable)]),
    );
    const args = [...(container.command ?? []), ...(container.args ?? [])].map((argument) =>
      this.map(
        container,
        argument.replaceAll(/\$\((\w+)\)/g, (whole, variable: string) => environment[variable] ?? whole),
      ),
    );
    return { args, environment };
  }

  /** The folder of a volume on this machine. */
  volume(name: string): string {
    return join(this.#folder, name);
  }

  /** A text with the container's mount points replaced; a mount point counts at the start of a path. */
  map(container: V1Container, text: string): string {
    const mounts = (container.volumeMounts ?? []).toSorted((a, b) => b.mountPath.length - a.mountPath.length);
    for (const { mountPath, name, subPath } of mounts) {
      const at = text.indexOf(mountPath);
      const [before, after] = [text[at - 1], text[at + mountPath.length]];
      if (at < 0 || !(before === undefined || before === '=') || !(after === undefined || after === '/')) continue;
      return text.slice(0, at) + join(this.volume(name), subPath ?? '') + text.slice(at + mountPath.length);
    }
    return text;
  }

  /** Reads the objects of the volumes again and writes those that changed. */
  async refresh(): Promise<void> {
    for (const volume of this.spec.volumes ?? []) {
      const files = await this.#files(volume);
      if (files === null) mkdirSync(this.volume(volume.name), { recursive: true });
      else this.#write(volume.name, files);
    }
  }

  #write(name: string, files: Files): void {
    const fingerprint = JSON.stringify([...files].map(([path, content]) => [path, content.toString('base64')]));
    if (this.#written.get(name) === fingerprint) return;
    writeVolume(this.volume(name), files);
    this.#written.set(name, fingerprint);
  }

  /** null: the volume starts empty and is the process' own. */
  async #files(volume: V1Volume): Promise<Files | null> {
    if (volume.emptyDir || volume.persistentVolumeClaim) return null;
    if (volume.configMap) return this.#content('configmaps', volume.configMap.name, volume.configMap);
    if (volume.secret) return this.#content('secrets', volume.secret.secretName, volume.secret);
    if (volume.projected) {
      const all = new Map<string, Buffer>();
      for (const { configMap, secret } of volume.projected.sources ?? []) {
        const part = configMap
          ? await this.#content('configmaps', configMap.name, configMap)
          : await this.#content('secrets', secret?.name, secret ?? {});
        for (const [path, content] of part) all.set(path, content);
      }
      return all;
    }
    throw new Error(`${this.workload.name}: volume ${volume.name} is of a kind that the sandbox does not know`);
  }

  async #content(
    kind: 'configmaps' | 'secrets',
    name: string | undefined,
    options: { items?: { key: string; path: string }[]; optional?: boolean },
  ): Promise<Files> {
    const path = `/api/v1/namespaces/${this.workload.namespace}/${kind}/${name}`;
    const { status, body } = await this.#api.send({ path });
    if (status === 404 && options.optional) return new Map();
    if (status !== 200) throw new Error(`${this.workload.name}: ${path}: ${status} ${JSON.stringify(body)}`);
    const { data = {}, binaryData = {} } = body as Record<'data' | 'binaryData', Record<string, string> | undefined>;
    const content = new Map<string, Buffer>();
    for (const [key, text] of Object.entries(data))
      content.set(key, Buffer.from(text, kind === 'secrets' ? 'base64' : 'utf8'));
    for (const [key, text] of Object.entries(binaryData)) content.set(key, Buffer.from(text, 'base64'));
    if (!options.items) return content;
    const present = (key: string): Buffer => {
      const value = content.get(key);
      if (value === undefined) throw new Error(`${this.workload.name}: ${path} has no key ${key}`);
      return value;
    };
    return new Map(options.items.map((item) => [item.path, present(item.key)]));
  }

  #value({ name, value, valueFrom }: V1EnvVar): string {
    if (value !== undefined) return value;
    const known: Record<string, string> = {
      'metadata.namespace': this.workload.namespace,
      'metadata.name': `${this.workload.name}-sandbox`,
      'spec.serviceAccountName': this.serviceAccount,
    };
    const field = known[valueFrom?.fieldRef?.fieldPath ?? ''];
    if (field === undefined) throw new Error(`${this.workload.name}: no value for the environment variable ${name}`);
    return field;
  }
}
