/**
 * Loaded into the server's process before it (`--import`, with `--expose-gc`): says on a port of its own what that process holds. Not part
 * of the product, and the product knows nothing of it. Environment: SOAK_INSIDE, address:port.
 */
import { subscribe } from 'node:diagnostics_channel';
import { readdirSync } from 'node:fs';
import { type ClientRequest, createServer } from 'node:http';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Resource } from './growth.ts';

/** mostQueries: the most that were on their way to one backend at once, so far. */
export type Inside = Record<Resource, number> & { mostQueries: number };

/** Two backends may have one address, and differ by what is sent. */
const backendOf = (request: ClientRequest): string =>
  `${String(request.getHeader('host'))} ${String(request.getHeader('x-rules-file'))}`;

const underWay = new Set<ClientRequest>();
let mostQueries = 0;
subscribe('http.client.request.start', (message) => {
  const { request } = message as { request: ClientRequest };
  if (!request.path.startsWith('/api/v1/query')) return;
  underWay.add(request);
  request.once('close', () => underWay.delete(request));
  const backend = backendOf(request);
  // one that was given up is closed a moment later
  const beside = [...underWay].filter((other) => !other.destroyed && backendOf(other) === backend);
  mostQueries = Math.max(mostQueries, beside.length);
});

const lag = monitorEventLoopDelay({ resolution: 10 });
lag.enable();

const [address = '', port = ''] = (process.env['SOAK_INSIDE'] ?? '').split(':');
createServer((_request, response) => {
  const lagMilliseconds = lag.percentile(50) / 1e6;
  globalThis.gc?.();
  const { heapUsed, rss } = process.memoryUsage();
  const inside: Inside = {
    heapMegabytes: heapUsed / 1e6,
    rssMegabytes: rss / 1e6,
    descriptors: readdirSync('/proc/self/fd').length,
    handles: process.getActiveResourcesInfo().length,
    lagMilliseconds,
    mostQueries,
  };
  response.setHeader('connection', 'close');
  response.end(JSON.stringify(inside));
  // the collection above is not the server's own doing
  setImmediate(() => lag.reset());
}).listen(Number(port), address);
