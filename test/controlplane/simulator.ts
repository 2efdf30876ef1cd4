/**
 * The workload simulator: one process that is every ready pod of the platform's services, the kubelet of their node, and the
 * network to them. Prometheus finds the pods and the node at /sd and scrapes them through this process as its HTTP proxy. How
 * many pods there are, the API server says; what they carry and use, the model platform says (adapters/model), unless somebody
 * sets it. DELETE gives it back:
 *   curl -X PUT    http://ADDRESS:9100/viewers/streaming-service -d 80000    # of all its pods
 *   curl -X PUT    http://ADDRESS:9100/cores/streaming-service -d 12.5       # of all its pods
 *   curl -X DELETE http://ADDRESS:9100/viewers/streaming-service
 *   curl -X PUT    http://ADDRESS:9100/kubelet -d down                       # no cpu, no memory
 */
import { readFileSync } from 'node:fs';
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import { parseArgs } from 'node:util';
import type { V1Pod } from '@kubernetes/client-node';
import { EXPOSITION_TYPE } from '../../src/adapters/model/exposition.ts';
import { USUAL_PEAK } from '../../src/adapters/model/load.ts';
import { NODE_NAME } from './address.ts';
import { ApiClient } from './api-client.ts';
import { nodeTarget, podTargets } from './pod-targets.ts';
import { Workloads } from './workloads.ts';

const { values: flags } = parseArgs({
  options: {
    listen: { type: 'string', default: '127.0.0.1:9100' },
    server: { type: 'string', default: '' },
    ca: { type: 'string', default: '' },
    certificate: { type: 'string', default: '' },
    key: { type: 'string', default: '' },
    tidecaster: { type: 'string', default: '' },
  },
});

/** How often the pods are listed: a new pod is scraped this much later than in a cluster, where Prometheus watches. */
const LIST_MILLISECONDS = 1000;
const NAME = 'app.kubernetes.io/name';

const api = new ApiClient(
  flags.server,
  { ca: readFileSync(flags.ca) },
  { certificate: flags.certificate, key: flags.key },
);
const workloads = new Workloads({ seed: 1, peak: USUAL_PEAK, origin: Date.now(), surges: [] });
let pods: V1Pod[] = [];
let kubeletIsUp = true;

async function list(): Promise<void> {
  const found = await api.ask<{ items: V1Pod[] }>({ path: '/api/v1/pods?fieldSelector=status.phase=Running' });
  pods = found.items.filter(({ metadata }) => metadata?.deletionTimestamp === undefined);
  const ready = pods.filter(({ status }) =>
    status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True'),
  );
  workloads.setPods(
    ready.map(({ metadata }) => ({
      name: metadata?.name ?? '',
      namespace: metadata?.namespace ?? '',
      service: metadata?.labels?.[NAME] ?? '',
    })),
  );
}

const server = createServer((request, response) => {
  answer(request, response).catch((error: unknown) => {
    response.writeHead(502).end(`${String(error)}\n`);
  });
});

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  // a proxied request names its server, a direct one does not
  const url = new URL(request.url ?? '/', `http://${flags.listen}`);
  if (url.host !== flags.listen) return scrape(url, response);
  if (url.pathname === '/healthz') return void response.end('ok\n');
  if (url.pathname === '/sd') {
    response.setHeader('content-type', 'application/json');
    if (url.searchParams.get('role') === 'node') return void response.end(JSON.stringify([nodeTarget(NODE_NAME)]));
    const namespaces = url.searchParams.getAll('namespace');
    const found = pods.filter(
      ({ metadata }) => namespaces.length === 0 || namespaces.includes(metadata?.namespace ?? ''),
    );
    return void response.end(JSON.stringify(running(found).flatMap(podTargets)));
  }
  if (request.method === 'PUT' || request.method === 'DELETE') {
    const wrong = set(url.pathname, request.method === 'PUT' ? await body(request) : null);
    return void (wrong === null ? response.end('ok\n') : response.writeHead(400).end(`${wrong}\n`));
  }
  response.writeHead(404).end(`${request.method} ${url.pathname}: expected GET /sd or /healthz, ${SETTERS}\n`);
}

const SETTERS = 'PUT or DELETE /viewers/SERVICE, /cores/SERVICE or /kubelet';

/** Sets what somebody wants, or gives it back to the model (null). A text is what is wrong. */
function set(path: string, value: string | null): string | null {
  const [, what, service = ''] = /^\/(viewers|cores|kubelet)(?:\/([a-z-]+))?$/.exec(path) ?? [];
  if (what === 'kubelet') {
    if (value !== null && value !== 'down') return `the kubelet can be set to "down", not to "${value}"`;
    kubeletIsUp = value === null;
    return null;
  }
  const number = value === null ? null : Number(value);
  if (!what || !service) return `${path}: expected ${SETTERS}`;
  if (number !== null && !(number >= 0)) return `${path} is "${value}", expected a number, 0 or more`;
  if (what === 'cores') workloads.setCores(service, number);
  else if (number === null || Number.isInteger(number)) workloads.setViewers(service, number);
  else return `${path} is "${value}", expected whole viewers`;
  return null;
}

/** Of Tidecaster's own pods one is real: the process of the launcher. */
function running(found: readonly V1Pod[]): V1Pod[] {
  const own = found.find(isTidecaster);
  return found.filter((pod) => !isTidecaster(pod) || pod === own);
}

const isTidecaster = ({ metadata }: V1Pod): boolean => metadata?.labels?.[NAME] === 'tidecaster';

async function scrape(url: URL, response: ServerResponse): Promise<void> {
  if (url.hostname === NODE_NAME && url.pathname === '/metrics/cadvisor') {
    if (!kubeletIsUp) return void response.writeHead(502).end('the kubelet is down\n');
    response.setHeader('content-type', EXPOSITION_TYPE);
    return void response.end(workloads.cadvisor(Date.now()));
  }
  const pod = pods.find(({ status }) => status?.podIP === url.hostname);
  if (!pod) return void response.writeHead(502).end(`no running pod has the address ${url.hostname}\n`);
  if (isTidecaster(pod)) {
    const real = await fetch(`${flags.tidecaster}${url.pathname}`, { signal: AbortSignal.timeout(5000) });
    response.writeHead(real.status, { 'content-type': real.headers.get('content-type') ?? 'text/plain' });
    return void response.end(await real.text());
  }
  const text = workloads.metrics(
    { namespace: pod.metadata?.namespace ?? '', name: pod.metadata?.name ?? '' },
    Date.now(),
  );
  if (text === null) return void response.writeHead(503).end('not ready\n');
  response.setHeader('content-type', EXPOSITION_TYPE);
  response.end(text);
}

async function body(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

await list();
setInterval(() => {
  list().catch((error: unknown) => console.error(`the pods cannot be listed: ${String(error)}`));
}, LIST_MILLISECONDS);
const [host, port] = flags.listen.split(':');
server.listen(Number(port), host);
process.once('SIGTERM', () => process.exit(0));
