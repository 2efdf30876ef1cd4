/**
 * The workload simulator: one process that is every ready pod of the platform's services, and the network to them. Prometheus
 * finds the pods at /sd and scrapes them through this process as its HTTP proxy. How many pods there are, the API server says;
 * what they carry, the model platform says (adapters/model), unless somebody sets it:
 *   curl -X PUT    http://ADDRESS:9100/viewers/streaming-service -d 80000
 *   curl -X DELETE http://ADDRESS:9100/viewers/streaming-service
 */
import { readFileSync } from 'node:fs';
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import { parseArgs } from 'node:util';
import type { V1Pod } from '@kubernetes/client-node';
import { EXPOSITION_TYPE } from '../../src/adapters/model/exposition.ts';
import { USUAL_PEAK } from '../../src/adapters/model/load.ts';
import { ApiClient } from './api-client.ts';
import { podTargets } from './pod-targets.ts';
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
    const namespaces = url.searchParams.getAll('namespace');
    const found = pods.filter(
      ({ metadata }) => namespaces.length === 0 || namespaces.includes(metadata?.namespace ?? ''),
    );
    response.setHeader('content-type', 'application/json');
    return void response.end(JSON.stringify(running(found).flatMap(podTargets)));
  }
  const viewers = /^\/viewers\/([a-z-]+)$/.exec(url.pathname);
  if (viewers && request.method === 'PUT') {
    const count = Number(await body(request));
    if (!Number.isInteger(count) || count < 0)
      return void response.writeHead(400).end('expected a number of viewers, 0 or more\n');
    workloads.setViewers(viewers[1]!, count);
    return void response.end('ok\n');
  }
  if (viewers && request.method === 'DELETE') {
    workloads.setViewers(viewers[1]!, null);
    return void response.end('ok\n');
  }
  response
    .writeHead(404)
    .end(`${request.method} ${url.pathname}: expected /sd, PUT or DELETE /viewers/SERVICE, /healthz\n`);
}

/** Of Tidecaster's own pods one is real: the process of the launcher. */
function running(found: readonly V1Pod[]): V1Pod[] {
  const own = found.find(isTidecaster);
  return found.filter((pod) => !isTidecaster(pod) || pod === own);
}

const isTidecaster = ({ metadata }: V1Pod): boolean => metadata?.labels?.[NAME] === 'tidecaster';

async function scrape(url: URL, response: ServerResponse): Promise<void> {
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
