import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ApiAnswer, ApiClient } from '../controlplane/api-client.ts';
import { type Access, type ControlPlane, connect } from '../controlplane/control-plane.ts';
import type { KeyPair } from '../controlplane/pki.ts';
import type { Platform } from '../controlplane/platform.ts';
import { Processes } from '../controlplane/processes.ts';
import { queryPrometheus } from '../controlplane/prometheus.ts';
import { Tidecaster } from '../controlplane/tidecaster.ts';

export const API_SERVICE = '/apis/apiregistration.k8s.io/v1/apiservices/v1beta1.external.metrics.k8s.io';

const VARIABLE = 'TIDECASTER_E2E';

/** What setup.ts leaves for the test files, which share its processes but not its memory. */
type Shared = Pick<Platform, 'folder' | 'address' | 'prometheusBinary' | 'prometheusUrl' | 'simulatorUrl'> & {
  access: Access;
};

export function share(platform: Platform): void {
  const { folder, address, prometheusBinary, prometheusUrl, simulatorUrl, controlPlane } = platform;
  const { server, kubeconfig, ca, admin, kubectlBinary } = controlPlane;
  const access = { server, kubeconfig, ca, admin, kubectlBinary };
  const shared: Shared = { folder, address, prometheusBinary, prometheusUrl, simulatorUrl, access };
  const file = join(folder, 'e2e.json');
  writeFileSync(file, JSON.stringify(shared));
  process.env[VARIABLE] = file;
}

/** Who asks. */
export type As = { identity?: KeyPair; headers?: Record<string, string> };

/** The running platform, seen from one test file; `close` ends what this file started. */
export class Environment {
  readonly shared: Shared;
  readonly controlPlane: ControlPlane;
  readonly processes: Processes;

  constructor() {
    this.shared = JSON.parse(readFileSync(process.env[VARIABLE] ?? '', 'utf8')) as Shared;
    this.controlPlane = connect(this.shared.access);
    this.processes = new Processes(join(this.shared.folder, 'log'));
  }

  get kubectl(): ControlPlane['kubectl'] {
    return this.controlPlane.kubectl;
  }

  /** The product as its Deployment runs it, but for shorter times; not started yet. */
  tidecaster(
    options: { flags?: Record<string, string>; prometheusUrl?: string; name?: string } = {},
  ): Promise<Tidecaster> {
    const { folder, address, prometheusUrl } = this.shared;
    return Tidecaster.prepare({
      controlPlane: this.controlPlane,
      processes: this.processes,
      folder: join(folder, options.name ?? 'tidecaster'),
      address,
      prometheusUrl: options.prometheusUrl ?? prometheusUrl,
      flags: {
        heartbeat: '2s',
        'let-go-after': '5s',
        'refresh-interval': '0.5s',
        'max-staleness': '2s',
        ...options.flags,
      },
      ...(options.name && { name: options.name }),
    });
  }

  /** The one number that a query answers. */
  async prometheus(promql: string): Promise<number> {
    const [sample, ...more] = await queryPrometheus(this.shared.prometheusUrl, promql);
    if (!sample || more.length > 0)
      throw new Error(`${promql}: expected one sample, got ${more.length + (sample ? 1 : 0)}`);
    return sample.value;
  }

  /** Fixes the viewers that the simulator gives to a service. */
  setViewers(service: string, viewers: number): Promise<void> {
    return this.#simulate('PUT', `viewers/${service}`, String(viewers));
  }

  /** Fixes the cores that the pods of a service use in all; null: what its viewers cost. */
  setCores(service: string, cores: number | null): Promise<void> {
    return this.#simulate(cores === null ? 'DELETE' : 'PUT', `cores/${service}`, String(cores));
  }

  /** A kubelet that is down tells nothing of cpu and memory. */
  kubelet(state: 'up' | 'down'): Promise<void> {
    return this.#simulate(state === 'up' ? 'DELETE' : 'PUT', 'kubelet', state);
  }

  async #simulate(method: 'PUT' | 'DELETE', path: string, body: string): Promise<void> {
    const request = { method, ...(method === 'PUT' && { body }) };
    const response = await fetch(`${this.shared.simulatorUrl}/${path}`, request);
    if (!response.ok) throw new Error(await response.text());
  }

  /**
   * Asks Tidecaster itself, past the API server, verifying its certificate as the API server does. Without an identity or a
   * token it lets nobody in but the health probes.
   */
  async direct(path: string, { identity, headers = {} }: As = {}): Promise<ApiAnswer> {
    const { spec } = await this.controlPlane.api.ask<{ spec: { caBundle: string } }>({ path: API_SERVICE });
    const trust = { ca: Buffer.from(spec.caBundle, 'base64'), servername: 'tidecaster.tidecaster-system.svc' };
    const client = new ApiClient(`https://${this.shared.address}:6443`, trust, identity);
    try {
      return await client.send({ path, headers });
    } finally {
      client.close();
    }
  }

  /** A client certificate of the control plane by its name, such as admin or front-proxy-client. */
  identity(name: string): KeyPair {
    const file = join(this.shared.folder, 'pki', name);
    return { certificate: `${file}.crt`, key: `${file}.key` };
  }

  /** Gives every floor back and ends what this file started. */
  async close(tidecaster?: Tidecaster): Promise<void> {
    await tidecaster?.stop();
    await tidecaster?.run(['release', '--all']);
    await this.processes.stopAll();
    this.controlPlane.api.close();
  }
}
