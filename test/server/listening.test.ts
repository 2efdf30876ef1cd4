import { afterEach, describe, expect, it } from '@jest/globals';
import { createServer } from 'node:http';
import { Agent, get as httpGet } from 'node:http';
import express from 'express';
import { Registry } from 'prom-client';
import { UnavailableError, describeError } from '../../src/domain/errors.ts';
import { silentLog } from '../../src/ports/log.ts';
import { type Listening, listen } from '../../src/server/listening.ts';
import { startObservability } from '../../src/server/observability.ts';
import { servingMetrics } from '../../src/telemetry/serving-metrics.ts';

const LOOPBACK = { address: '127.0.0.1', port: 0 };

describe('a listener', () => {
  const open: Listening[] = [];
  afterEach(async () => {
    for (const each of open.splice(0)) await each.close();
  });

  it('says in a sentence that its port is taken', async () => {
    const first = await listen(createServer(), LOOPBACK);
    open.push(first);
    const error = await listen(createServer(), { ...LOOPBACK, port: first.port }).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(UnavailableError);
    expect(describeError(error)).toMatch(/^cannot listen on 127.0.0.1:\d+: .*EADDRINUSE/);
  });

  it('lets a request in flight end before it closes, and does not wait for connections that idle', async () => {
    const { promise: arrived, resolve: arrive } = Promise.withResolvers<() => void>();
    const server = createServer((_request, response) => arrive(() => response.end('done')));
    const listening = await listen(server, LOOPBACK);
    const agent = new Agent({ keepAlive: true });
    const text = new Promise<string>((resolve, reject) => {
      httpGet({ host: '127.0.0.1', port: listening.port, agent }, (response) => {
        response.setEncoding('utf8').on('data', resolve);
      }).on('error', reject);
    });
    const finish = await arrived;
    const closed = listening.close();
    finish();
    expect(await text).toBe('done');
    await closed;
    agent.destroy();
  });

  it('shows /metrics, and the routes that are mounted beside it', async () => {
    const registry = new Registry();
    const recorder = servingMetrics(registry);
    recorder.answered({ code: 200, group: 'external.metrics.k8s.io', seconds: 0.002 });
    for (const backend of ['default', 'other']) recorder.asking(backend);
    recorder.queried({ backend: 'default', seconds: 0.2, result: 'refused' });
    recorder.read('memory');
    recorder.rulesInForce({ rules: 4, problems: 0, at: 1000 });
    recorder.rulesInForce({ rules: 3, problems: 1, at: 2000 });
    const page = express.Router().get('/', (_request, response) => response.end('the page'));
    const listening = await startObservability({ registry, routes: [page], log: silentLog }, LOOPBACK);
    open.push(listening);
    const ask = (path: string): Promise<Response> => fetch(`http://127.0.0.1:${listening.port}${path}`);
    const metrics = await ask('/metrics');
    expect(metrics.headers.get('content-type')).toContain('text/plain; version=0.0.4');
    const text = await metrics.text();
    for (const line of [
      'tidecaster_api_requests_total{group="external.metrics.k8s.io",code="200"} 1',
      'tidecaster_api_request_duration_seconds_bucket{le="0.005",group="external.metrics.k8s.io"} 1',
      'tidecaster_metric_reads_total{from="memory"} 1',
      'tidecaster_query_duration_seconds_count{backend="default",result="refused"} 1',
      'tidecaster_queries_in_flight{backend="default"} 0',
      'tidecaster_queries_in_flight{backend="other"} 1',
      'tidecaster_rules 3',
      'tidecaster_rules_problems 1',
      'tidecaster_rules_last_reload_success_timestamp_seconds 1000',
    ]) {
      expect(text).toContain(`${line}\n`);
    }
    expect(await (await ask('/')).text()).toBe('the page');
    expect((await ask('/nowhere')).status).toBe(404);
  });
});
