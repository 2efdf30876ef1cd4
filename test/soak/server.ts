import { join } from 'node:path';
import { REPOSITORY } from '../controlplane/tidecaster.ts';
import { type RunningProcess } from '../controlplane/processes.ts';
import { imageFlags } from '../support/image-flags.ts';
import { CONCURRENCY, QUERY_TIMEOUT, REFRESH, RELIST, STALENESS } from './bounds.ts';
import type { Ground } from './ground.ts';
import type { Inside } from './inside.ts';
import type { Serving } from './serving-rotation.ts';

/** Ports on the run's own address. */
export const PORT = 6443;
const HTTP_PORT = 8080;
const INSIDE_PORT = 8081;

/** The server's process, and what it says of itself. */
export type Server = { process: RunningProcess; inside(): Promise<Inside> };

/** `tidecaster serve`, ready as soon as it listens. */
export async function startServer(ground: Ground, about: { rules: string; serving: Serving }): Promise<Server> {
  const { processes, address, controlPlane, prometheusUrl, folder } = ground;
  const { rules, serving } = about;
  const insideUrl = `http://${address}:${INSIDE_PORT}`;
  const process = await processes.start({
    name: 'tidecaster',
    command: globalThis.process.execPath,
    args: [
      ...imageFlags(),
      '--expose-gc',
      `--import=${join(import.meta.dirname, 'inside.ts')}`,
      join(REPOSITORY, 'bin', 'tidecaster.js'),
      'serve',
      `--rules=${rules}`,
      `--prometheus-url=${prometheusUrl}`,
      `--bind-address=${address}`,
      `--secure-port=${PORT}`,
      `--http-address=${address}`,
      `--http-port=${HTTP_PORT}`,
      `--tls-cert-file=${serving.certFile}`,
      `--tls-private-key-file=${serving.keyFile}`,
      `--kubeconfig=${controlPlane.kubeconfig}`,
      '--authentication=delegated',
      `--max-staleness=${STALENESS}s`,
      `--refresh-interval=${REFRESH}s`,
      `--query-timeout=${QUERY_TIMEOUT}s`,
      `--query-concurrency=${CONCURRENCY}`,
      `--relist-interval=${RELIST}s`,
    ],
    environment: { HOME: folder, SOAK_INSIDE: `${address}:${INSIDE_PORT}` },
    cwd: folder,
    ready: async () => (await fetch(`http://${address}:${HTTP_PORT}/metrics`)).ok,
  });
  return { process, inside: async () => (await (await fetch(insideUrl)).json()) as Inside };
}
