import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Agent } from 'node:https';
import { InvalidError, UnavailableError } from '../../src/domain/errors.ts';
import type { QueryResult } from '../../src/ports/metrics-source.ts';
import { oneRow } from '../app/a-source.ts';
import { aRule } from '../domain/rules/a-rule.ts';
import { type AnApi, anApi } from './an-api.ts';
import { type Answered, type Asking, get } from './get.ts';
import { aCa, aServer } from './pki.ts';

const GROUP = '/apis/external.metrics.k8s.io';
const METRIC = `${GROUP}/v1beta1/namespaces/streaming/concurrent_viewers`;
const V2 = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
const KUBECTL = `${V2},application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json`;
const HPA = 'application/vnd.kubernetes.protobuf, */*';

const failure = (code: number, reason: string, message: unknown, details?: object): object => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  message,
  reason,
  ...(details && { details }),
  code,
});
const unableToFetch = failure(500, 'InternalError', 'Internal error occurred: unable to fetch metrics', {
  causes: [{ message: 'unable to fetch metrics' }],
});

describe('the metrics API', () => {
  let api: AnApi;
  const agent = new Agent({ keepAlive: true, maxCachedSessions: 0 });
  beforeAll(async () => {
    const pair = await aServer(await aCa());
    const rules = [aRule(), aRule({ seriesQuery: 'Queue_Depth' })];
    api = await anApi({ certificate: { read: () => Promise.resolve(pair) }, rules });
  });
  afterAll(async () => {
    agent.destroy();
    await api.close();
  });
  beforeEach(async () => {
    await api.clock.turn(60_000); // nothing is left in the cache
    api.source.answers(() => Promise.resolve(oneRow(10.5, { region: 'eu' })));
  });
  const ask = (path: string, about: Partial<Asking> = {}): Promise<Answered> =>
    get({ port: api.port, path, agent, ...about });
  const sourceIsDown = (): void =>
    api.source.answers(() => Promise.reject(new UnavailableError('connect ECONNREFUSED')));

  it('answers a read as the HPA controller sends it, byte for byte', async () => {
    const answer = await ask(`${METRIC}?labelSelector=service%3Dweb`, { headers: { accept: HPA } });
    expect(answer.code).toBe(200);
    expect(answer.headers['content-type']).toBe('application/json');
    expect(answer.text).toBe(
      '{"kind":"ExternalMetricValueList","apiVersion":"external.metrics.k8s.io/v1beta1","metadata":{},"items":[' +
        '{"metricName":"concurrent_viewers","metricLabels":{"region":"eu"},"timestamp":"2026-01-01T00:00:00Z","value":"10500m"}]}',
    );
    expect(api.source.queries.at(-1)).toBe('sum(concurrent_viewers{service="web",namespace="streaming"}) by ()');
  });

  it('finds a metric by the lower-cased name that client-go sends', async () => {
    const answer = await ask(`${GROUP}/v1beta1/namespaces/streaming/queue_depth`);
    expect(answer.json()).toMatchObject({ items: [{ metricName: 'queue_depth' }] });
  });

  it.each<[string, QueryResult]>([
    ['no rows', { type: 'vector', samples: [] }],
    ['NaN', oneRow(Number.NaN)],
    ['infinity', oneRow(-Infinity)],
  ])('answers %s with an empty list, which the HPA takes for an error', async (_name, result) => {
    api.source.answers(() => Promise.resolve(result));
    expect((await ask(METRIC)).text).toBe(
      '{"kind":"ExternalMetricValueList","apiVersion":"external.metrics.k8s.io/v1beta1","metadata":{},"items":[]}',
    );
  });

  it.each([
    ['is down', new UnavailableError('connect ECONNREFUSED 10.0.0.1:9090')],
    ['refuses the query', new InvalidError('parse error')],
    ['does what nobody thought of', new Error('boom')],
  ])('answers 500, never 0, when the source %s; and keeps to itself what it said', async (_name, error) => {
    api.source.answers(() => Promise.reject(error));
    const answer = await ask(METRIC);
    expect([answer.code, answer.json()]).toEqual([500, unableToFetch]);
    expect(answer.headers).not.toHaveProperty('retry-after');
  });

  it.each([
    [
      'a selector that does not parse',
      `${METRIC}?labelSelector=a+in+(b`,
      failure(400, 'BadRequest', expect.stringContaining('at character 8')),
    ],
    [
      'a namespace that is none',
      `${GROUP}/v1beta1/namespaces/a%22b/concurrent_viewers`,
      failure(400, 'BadRequest', expect.stringContaining('the namespace "a\\"b"')),
    ],
    [
      'a path that does not decode',
      `${GROUP}/v1beta1/namespaces/a/%ZZ`,
      failure(400, 'BadRequest', expect.stringContaining('%ZZ')),
    ],
    [
      'a metric that no rule gives',
      `${GROUP}/v1beta1/namespaces/streaming/x`,
      failure(404, 'NotFound', 'the server could not find the metric x for '),
    ],
    [
      'the same in default',
      `${GROUP}/v1beta1/namespaces/default/x`,
      failure(404, 'NotFound', 'the server could not find the metric x for namespaces'),
    ],
    ['a comparison in the selector', `${METRIC}?labelSelector=a%3E1`, unableToFetch],
    ...[
      '/',
      '/apis/x',
      `${GROUP}/v2`,
      `${GROUP}/v1beta1/namespaces/x`,
      `${GROUP}/v1beta1/namespaces/x/a/b`,
      '/metrics',
      '/APIS',
    ].map((path): [string, string, object] => [
      path,
      path,
      failure(404, 'NotFound', 'the server could not find the requested resource', {}),
    ]),
  ])('says as a Status what is wrong with %s', async (_name, path, status) => {
    const answer = await ask(path);
    expect(answer.json()).toEqual(status);
    expect(answer.code).toBe((status as { code: number }).code);
    expect(answer.headers['content-type']).toBe('application/json');
  });

  it.each(['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])('does not allow %s', async (method) => {
    const answer = await ask(METRIC, { method });
    expect(answer.json()).toEqual(
      failure(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {}),
    );
    expect([answer.code, answer.headers.allow]).toEqual([405, 'GET, HEAD']);
  });

  it.each([
    'text/html',
    'application/vnd.kubernetes.protobuf',
    'application/json;as=Table;v=v1;g=meta.k8s.io',
    'application/json;q=0',
  ])('does not answer Accept: %s', async (accept) => {
    for (const path of [METRIC, '/apis', `${GROUP}/v1beta1`, '/version']) {
      const answer = await ask(path, { headers: { accept } });
      expect([answer.code, answer.json()]).toEqual([
        406,
        failure(406, 'NotAcceptable', 'only the following media types are accepted: application/json'),
      ]);
    }
  });

  it('lists its group and its metrics without asking the source', async () => {
    sourceIsDown();
    const version = { groupVersion: 'external.metrics.k8s.io/v1beta1', version: 'v1beta1' };
    const group = { name: 'external.metrics.k8s.io', versions: [version], preferredVersion: version };
    const resource = (name: string): object => ({
      name,
      singularName: '',
      namespaced: true,
      kind: 'ExternalMetricValueList',
      verbs: ['get'],
    });
    expect((await ask('/apis')).json()).toEqual({ kind: 'APIGroupList', apiVersion: 'v1', groups: [group] });
    expect((await ask(GROUP)).json()).toEqual({ kind: 'APIGroup', apiVersion: 'v1', ...group });
    expect((await ask(`${GROUP}/v1beta1`)).json()).toEqual({
      kind: 'APIResourceList',
      apiVersion: 'v1',
      groupVersion: 'external.metrics.k8s.io/v1beta1',
      resources: [resource('Queue_Depth'), resource('concurrent_viewers')],
    });
  });

  it.each([V2, KUBECTL])('gives aggregated discovery to Accept: %s', async (accept) => {
    const answer = await ask('/apis', { headers: { accept } });
    expect(answer.headers['content-type']).toBe(V2);
    expect(answer.json()).toMatchObject({
      kind: 'APIGroupDiscoveryList',
      apiVersion: 'apidiscovery.k8s.io/v2',
      items: [
        {
          metadata: { name: 'external.metrics.k8s.io' },
          versions: [
            {
              version: 'v1beta1',
              freshness: 'Current',
              resources: [
                { resource: 'Queue_Depth' },
                {
                  resource: 'concurrent_viewers',
                  responseKind: {
                    group: 'external.metrics.k8s.io',
                    version: 'v1beta1',
                    kind: 'ExternalMetricValueList',
                  },
                  scope: 'Namespaced',
                  verbs: ['get'],
                },
              ],
            },
          ],
        },
      ],
    });
  });

  it.each([
    ['/apis', { accept: V2 }],
    ['/openapi/v2', {}],
    ['/openapi/v3', {}],
  ])('sends %s again only to who does not have it', async (path, headers) => {
    const first = await ask(path, { headers });
    const etag = first.headers.etag ?? '';
    expect(etag).toMatch(/^"[0-9A-F]{64}"$/);
    const second = await ask(path, { headers: { ...headers, 'if-none-match': etag } });
    expect([second.code, second.text]).toEqual([304, '']);
    expect((await ask(path, { headers: { ...headers, 'if-none-match': '"x"' } })).code).toBe(200);
  });

  it('gives OpenAPI documents whose every reference leads somewhere', async () => {
    const v2 = (await ask('/openapi/v2')).json() as { swagger: string; definitions: object };
    const index = (await ask('/openapi/v3')).json() as { paths: Record<string, { serverRelativeURL: string }> };
    const url = index.paths['apis/external.metrics.k8s.io/v1beta1']?.serverRelativeURL ?? '';
    expect(url).toMatch(/^\/openapi\/v3\/apis\/external.metrics.k8s.io\/v1beta1\?hash=[0-9A-F]{64}$/);
    const v3 = (await ask(url)).json() as { openapi: string; components: { schemas: object } };
    expect([v2.swagger, v3.openapi]).toEqual(['2.0', '3.0.0']);
    const references = (document: object): string[] =>
      [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, to = '']) => to);
    expect(references(v2).length).toBeGreaterThan(0);
    for (const to of references(v2)) expect(Object.keys(v2.definitions)).toContain(to.replace('#/definitions/', ''));
    for (const to of references(v3))
      expect(Object.keys(v3.components.schemas)).toContain(to.replace('#/components/schemas/', ''));
  });

  it('says its version as a Kubernetes server does', async () => {
    expect((await ask('/version')).json()).toMatchObject({
      major: '0',
      minor: '1',
      gitVersion: 'v0.1.0',
      platform: 'linux/x64',
    });
  });

  it('counts its answers by code', async () => {
    const before = api.codes.length;
    await ask(METRIC);
    await ask('/nowhere');
    await ask('/healthz');
    expect(api.codes.slice(before)).toEqual([200, 404]);
  });
});
