import { setTimeout as sleep } from 'node:timers/promises';
import { sumOf } from '../exposition.ts';
import { cpuSeconds } from '../process-stat.ts';
import type { Ground } from './ground.ts';

/** What was used in some time. CPU in seconds; queries as Prometheus counts them, reviews as the API server does. */
export type Usage = {
  seconds: number;
  adapterCpu: number;
  prometheusCpu: number;
  apiServerCpu: number;
  queries: number;
  reviews: number;
};

/** What is used while something runs: by these adapters, Prometheus and the API server. */
export async function metered<T>(
  ground: Ground,
  adapterPids: readonly number[],
  run: () => Promise<T>,
): Promise<{ usage: Usage; result: T }> {
  // a scrape of the API server costs a tenth of a second, so scrapes lie outside of the time that CPU is counted in
  const countsBefore = await counts(ground);
  const before = cpu(ground, adapterPids);
  const startedAt = performance.now();
  const result = await run();
  const seconds = (performance.now() - startedAt) / 1000;
  const after = cpu(ground, adapterPids);
  const countsAfter = await counts(ground);
  return {
    result,
    usage: {
      seconds,
      adapterCpu: after.adapter - before.adapter,
      prometheusCpu: after.prometheus - before.prometheus,
      apiServerCpu: after.apiServer - before.apiServer,
      queries: countsAfter.queries - countsBefore.queries,
      reviews: countsAfter.reviews - countsBefore.reviews,
    },
  };
}

/** What Prometheus and the API server use for themselves. */
export async function idle(ground: Ground, seconds: number): Promise<Usage> {
  return (await metered(ground, [], () => sleep(seconds * 1000))).usage;
}

function cpu({ prometheus, apiServer }: Ground, adapterPids: readonly number[]) {
  return {
    adapter: adapterPids.reduce((sum, pid) => sum + cpuSeconds(pid), 0),
    prometheus: cpuSeconds(prometheus.pid),
    apiServer: cpuSeconds(apiServer.pid),
  };
}

async function counts({ prometheusUrl, controlPlane }: Ground): Promise<Pick<Usage, 'queries' | 'reviews'>> {
  const ofPrometheus = await (await fetch(`${prometheusUrl}/metrics`)).text();
  const ofApiServer = String((await controlPlane.api.send({ path: '/metrics' })).body);
  return {
    queries: sumOf(ofPrometheus, 'prometheus_http_requests_total', { handler: '/api/v1/query' }),
    reviews: sumOf(ofApiServer, 'apiserver_request_total', { resource: 'subjectaccessreviews' }),
  };
}
