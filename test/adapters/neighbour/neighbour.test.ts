import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type NeighbourOptions, httpsNeighbour } from '../../../src/adapters/neighbour/neighbour.ts';
import { connections } from '../../../src/adapters/prometheus/connections.ts';
import { credentialSource } from '../../../src/adapters/prometheus/credentials.ts';
import { UnavailableError } from '../../../src/domain/errors.ts';
import type { KeyPair } from '../../../src/ports/certificate-source.ts';
import type { Neighbour } from '../../../src/ports/neighbour.ts';
import { aCa, aServer, pemOf } from '../../server/pki.ts';
import { type Answering, type FakePrometheus, fakePrometheus, json } from '../prometheus/fake-prometheus.ts';

const READ = { namespace: 'shop', metric: 's0-prometheus', selector: 'scaledobject.keda.sh/name=web', asked: [] };
const list = (items: unknown): object => ({ kind: 'ExternalMetricValueList', metadata: {}, items });
const ITEM = {
  metricName: 's0-prometheus',
  metricLabels: { a: 'b' },
  timestamp: '2026-01-01T00:00:00Z',
  window: 60,
  value: '10500m',
};

describe('a neighbour over https', () => {
  let folder: string;
  let serving: KeyPair;
  let pool: ReturnType<typeof connections>;
  let server: FakePrometheus;
  let answering: Answering;
  let tokenFile: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tidecaster-neighbour-'));
    const ca = await aCa();
    serving = await aServer(ca);
    await writeFile(join(folder, 'ca.crt'), (await pemOf(ca)).certificatePem);
    tokenFile = join(folder, 'token');
    await writeFile(tokenFile, 'our.token\n');
  });
  beforeEach(async () => {
    pool = connections();
    answering = (_, response) => json(response, 200, list([ITEM]));
    server = await fakePrometheus((call, response) => answering(call, response), {
      cert: serving.certificatePem,
      key: serving.privateKeyPem,
    });
  });
  afterEach(async () => {
    pool.close();
    await server.close();
  });
  afterAll(() => rm(folder, { recursive: true }));

  const neighbour = (about: Partial<NeighbourOptions<object>> & { caFile?: string | null } = {}): Neighbour => {
    const caFile = about.caFile === undefined ? join(folder, 'ca.crt') : about.caFile;
    const credentials = credentialSource({ caFile, clientCertificate: null, bearerTokenFile: tokenFile });
    return httpsNeighbour({ url: server.url, timeoutSeconds: 3, askedHeader: 'x-asked', credentials, pool, ...about });
  };

  it('is asked with our token, the selector as it came, and its id', async () => {
    const asked = neighbour();
    expect(await asked.read({ ...READ, asked: ['before'] })).toEqual([ITEM]);
    const [call] = server.calls;
    expect(call?.path).toBe(
      '/apis/external.metrics.k8s.io/v1beta1/namespaces/shop/s0-prometheus?labelSelector=scaledobject.keda.sh%2Fname%3Dweb',
    );
    expect(call?.headers).toMatchObject({ authorization: 'Bearer our.token', 'x-asked': `before,${asked.id}` });
  });

  it('has one id for all who ask it at its address', () => {
    expect(neighbour().id).toBe(neighbour().id);
    expect(neighbour({ url: 'https://elsewhere' }).id).not.toBe(neighbour().id);
  });

  it.each([
    ['without labels, time and window', { metricName: 'm', value: '1' }, { metricName: 'm', value: '1' }],
    ['with a bare number', { ...ITEM, value: 3 }, { ...ITEM, value: '3' }],
    ['with fields that nobody knows, which are left out', { ...ITEM, more: 1 }, ITEM],
  ])('may answer an item %s', async (_what, item, given) => {
    answering = (_, response) => json(response, 200, list([item]));
    expect(await neighbour().read(READ)).toEqual([{ metricLabels: null, timestamp: null, ...given }]);
  });

  it('may answer no items, also as null', async () => {
    answering = (_, response) => json(response, 200, list(null));
    expect(await neighbour().read(READ)).toEqual([]);
  });

  it.each([
    [404, 'NotFound', 'the server could not find the metric'],
    [403, 'Forbidden', 'User "x" cannot list resource'],
    [500, 'InternalError', 'Internal error occurred: scaler'],
    [503, 'ServiceUnavailable', 'not now'],
  ])('that answers a Status %i is an error with that Status', async (code, reason, message) => {
    const details = { causes: [{ message }], retryAfterSeconds: 5 };
    answering = (_, response) =>
      json(response, code, { kind: 'Status', status: 'Failure', code, reason, message, details });
    await expect(neighbour().read(READ)).rejects.toMatchObject({
      status: { code, reason, message, details: { causes: [{ message }] } },
    });
  });

  it.each<[string, Answering, RegExp]>([
    ['a page of a proxy', (_, response) => void response.writeHead(502).end('<html>'), /answered 502 without a Status/],
    ['a redirect', (_, response) => void response.writeHead(302, { location: '/x' }).end(), /answered 302/],
    ['truncated JSON', (_, response) => void response.end('{"kind":'), /answered no ExternalMetricValueList/],
    ['another kind', (_, response) => json(response, 200, { kind: 'PodList', items: [] }), /answered no External/],
    ['items that are no list', (_, response) => json(response, 200, list({})), /items that are no list/],
    ['a value that is none', (_, response) => json(response, 200, list([{ ...ITEM, value: 'NaN' }])), /no Quantity/],
    [
      'labels that are none',
      (_, response) => json(response, 200, list([{ ...ITEM, metricLabels: { a: 1 } }])),
      /label/,
    ],
    ['a time that is none', (_, response) => json(response, 200, list([{ ...ITEM, timestamp: 'noon' }])), /timestamp/],
    ['a window that is none', (_, response) => json(response, 200, list([{ ...ITEM, window: '1m' }])), /window/],
    ['an item without a name', (_, response) => json(response, 200, list([{ value: '1' }])), /without metricName/],
    ['more than it may', (_, response) => void response.end(`"${'x'.repeat(5 * 2 ** 20)}"`), /maxContentLength/],
    ['nothing, and hangs up', (_, response) => void response.destroy(), /hang up|ECONNRESET|aborted/],
  ])('that answers %s is away', async (_what, answer, message) => {
    answering = answer;
    const reading = neighbour().read(READ);
    await expect(reading).rejects.toThrow(UnavailableError);
    await expect(reading).rejects.toThrow(message);
    await expect(reading).rejects.toMatchObject({ status: null, told: 'unable to fetch metrics from the neighbour' });
  });

  it('is given its time and no more', async () => {
    answering = (_, response) => void response.write('{');
    await expect(neighbour({ timeoutSeconds: 0.1 }).read(READ)).rejects.toThrow(/no answer within 0.1 s/);
  });

  it('whose certificate nobody vouches for gets no token', async () => {
    await expect(neighbour({ caFile: null }).read(READ)).rejects.toThrow(/certificate/);
    expect(server.calls).toEqual([]);
  });

  it('lists its names', async () => {
    const resources = [{ name: 'b' }, { name: 'externalmetrics' }, { name: 'b' }];
    answering = (_, response) => json(response, 200, { kind: 'APIResourceList', resources });
    expect(await neighbour().metricNames()).toEqual(['b', 'externalmetrics']);
    expect(server.calls[0]?.path).toBe('/apis/external.metrics.k8s.io/v1beta1');
  });
});
