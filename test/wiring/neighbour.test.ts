import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadSettings } from '../../src/config/load.ts';
import { noBackends } from '../../src/ports/metrics-backends.ts';
import { silentLog } from '../../src/ports/log.ts';
import { type Running, startService } from '../../src/wiring/service.ts';
import { systemClock } from '../../src/wiring/system-clock.ts';
import { type Call, type FakePrometheus, fakePrometheus, json } from '../adapters/prometheus/fake-prometheus.ts';
import { aCa, aServer, pemOf } from '../server/pki.ts';

const GROUP = '/apis/external.metrics.k8s.io/v1beta1';
const ITEM = { metricName: 's0-kafka', metricLabels: null, timestamp: '2026-01-01T00:00:00Z', window: 30, value: '7' };
type Answer = { code: number; body: unknown };

let folder: string;
let neighbour: FakePrometheus;
let running: Running;

const ask = async (path: string, headers: Record<string, string> = {}): Promise<Answer> => {
  const sent = request(`${running.apiUrl}${path}`, { rejectUnauthorized: false, headers }).end();
  const [response] = (await once(sent, 'response')) as [import('node:http').IncomingMessage];
  let text = '';
  for await (const chunk of response) text += String(chunk);
  return { code: response.statusCode ?? 0, body: JSON.parse(text) as unknown };
};
const start = (flags: Record<string, string>): Promise<Running> =>
  startService({
    settings: loadSettings({ flags: { 'secure-port': '0', 'http-port': '0', ...flags }, env: {} }),
    build: { version: '0.0.0', node: '', zoneData: '' },
    log: silentLog,
    clock: systemClock,
    metrics: null,
    backends: noBackends,
    governed: null,
    access: { type: 'none' },
    described: null,
    sharedAnchor: null,
    simulated: null,
  });

/** Its metric, its discovery, and a metric for which it asks us in turn, as a second server with us as neighbour does. */
async function answer({ path, headers }: Call): Promise<Answer> {
  if (path === GROUP) return { code: 200, body: { kind: 'APIResourceList', resources: [{ name: 's0-kafka' }] } };
  if (path.includes('/back')) return ask(path, { 'tidecaster-asked': String(headers['tidecaster-asked']) });
  if (path.includes('/s0-kafka?')) return { code: 200, body: { kind: 'ExternalMetricValueList', items: [ITEM] } };
  const body = { kind: 'Status', status: 'Failure', reason: 'ServiceUnavailable', message: 'not now', code: 503 };
  return { code: 503, body };
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidecaster-neighbour-'));
  const ca = await aCa();
  const serving = await aServer(ca);
  await writeFile(join(folder, 'ca.crt'), (await pemOf(ca)).certificatePem);
  await writeFile(join(folder, 'token'), 'our.token');
  neighbour = await fakePrometheus(
    (call, response) => void answer(call).then(({ code, body }) => json(response, code, body)),
    { cert: serving.certificatePem, key: serving.privateKeyPem },
  );
  running = await start({
    neighbour: neighbour.url,
    'neighbour-ca-file': join(folder, 'ca.crt'),
    'neighbour-token-file': join(folder, 'token'),
  });
});
afterAll(async () => {
  await running.close();
  await neighbour.close();
  await rm(folder, { recursive: true });
});

describe('a server with a neighbour', () => {
  it('answers what no rule names as the neighbour does', async () => {
    const { code, body } = await ask(
      `${GROUP}/namespaces/shop/s0-kafka?labelSelector=scaledobject.keda.sh%2Fname%3Dweb`,
    );
    expect(code).toBe(200);
    expect(body).toMatchObject({ kind: 'ExternalMetricValueList', items: [ITEM] });
    expect(neighbour.calls.at(-1)?.headers.authorization).toBe('Bearer our.token');
  });

  it('passes its error on, and no word on when to ask again', async () => {
    const { code, body } = await ask(`${GROUP}/namespaces/shop/s1-kafka`);
    expect(code).toBe(503);
    expect(body).toMatchObject({ kind: 'Status', code: 503, reason: 'ServiceUnavailable', message: 'not now' });
  });

  it('is the end of a read that comes back to it', async () => {
    const before = neighbour.calls.length;
    const { code, body } = await ask(`${GROUP}/namespaces/shop/back`);
    expect(code).toBe(404);
    expect(body).toMatchObject({ message: 'the server could not find the metric back for ' });
    expect(neighbour.calls.length - before).toBe(1);
  });

  it('lists the names of both, and counts the reads that it hands on', async () => {
    const { body } = await ask(GROUP);
    expect(body).toMatchObject({ resources: [{ name: 's0-kafka', kind: 'ExternalMetricValueList' }] });
    const metrics = await (await fetch(`${running.pageUrl}/metrics`)).text();
    expect(metrics).toMatch(/tidecaster_neighbour_read_duration_seconds_count\{result="ok"\} [1-9]/);
    expect(metrics).toMatch(/tidecaster_neighbour_read_duration_seconds_count\{result="status"\} [1-9]/);
  });

  it('refuses to start where the neighbour is itself', async () => {
    const itself = start({ 'secure-port': '6443', neighbour: 'https://localhost:6443' });
    await expect(itself).rejects.toThrow(/--neighbour https:\/\/localhost:6443 is this server itself/);
  });
});
