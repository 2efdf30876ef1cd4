import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { InvalidError } from '../../src/domain/errors.ts';
import { aResourceRule } from '../domain/rules/a-resource-rule.ts';
import { type AnApi, anApi } from './an-api.ts';
import { type Answered, get } from './get.ts';
import { aCa, aServer } from './pki.ts';

const ROOT = '/apis/metrics.k8s.io/v1beta1';
const V2 = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
const timestamp = Date.UTC(2026, 0, 1) / 1000;

let api: AnApi;
let bare: AnApi;
let forbidden: AnApi;
beforeAll(async () => {
  const pair = await aServer(await aCa());
  const certificate = { read: () => Promise.resolve(pair) };
  api = await anApi({
    certificate,
    resourceRules: aResourceRule,
    objects: (s) => (s === 'app=nobody' ? [] : ['a', 'b']),
  });
  forbidden = await anApi({ certificate, resourceRules: aResourceRule });
  bare = await anApi({ certificate });
});
afterAll(() => Promise.all([api, bare, forbidden].map((each) => each.close())));
beforeEach(async () => {
  await api.clock.turn(60_000); // nothing is left in the cache
  const labels = { pod: 'a', container: 'web', instance: 'b' };
  api.source.answers(() => Promise.resolve({ type: 'vector', samples: [{ labels, timestamp, value: 2 }] }));
});

const ask = (path: string, { port } = api, accept = 'application/vnd.kubernetes.protobuf, */*'): Promise<Answered> =>
  get({ port, path, headers: { accept } });

describe('usage', () => {
  const containers = [{ name: 'web', usage: { cpu: '2', memory: '2' } }];

  it('of pods is a PodMetricsList of those that have numbers', async () => {
    const asked = api.source.queries.length;
    const answer = await ask(`${ROOT}/namespaces/x/pods?labelSelector=app%3Dweb`);
    expect(answer.json()).toMatchObject({
      kind: 'PodMetricsList',
      apiVersion: 'metrics.k8s.io/v1beta1',
      metadata: {},
      items: [{ metadata: { name: 'a' }, timestamp: '2026-01-01T00:00:00Z', window: '5m0s', containers }],
    });
    expect(api.source.queries.slice(asked)).toHaveLength(2);
  });

  it.each([`${ROOT}/nodes`, `${ROOT}/nodes/b`])('of nodes at %s', async (path) => {
    const node = { metadata: { name: 'b' }, usage: { cpu: '2', memory: '2' } };
    const list = { kind: 'NodeMetricsList', items: [node] };
    expect((await ask(path)).json()).toMatchObject(path.endsWith('nodes') ? list : { kind: 'NodeMetrics', ...node });
  });

  it('of one pod, and of none that is selected', async () => {
    expect((await ask(`${ROOT}/namespaces/x/pods/a`)).json()).toMatchObject({ kind: 'PodMetrics', containers });
    const asked = api.source.queries.length;
    expect((await ask(`${ROOT}/pods?labelSelector=app%3Dnobody`)).json()).toMatchObject({ items: [] });
    expect(api.source.queries).toHaveLength(asked);
  });

  it.each([
    [`${ROOT}/namespaces/x/pods?labelSelector=a+in`, 400, 'does not parse'],
    [`${ROOT}/namespaces/X_/pods`, 400, 'is not one'],
    [`${ROOT}/nodes/a/b`, 404, 'could not find the requested resource'],
  ])('%s is %i', async (path, code, message) => {
    expect((await ask(path)).json()).toMatchObject({ kind: 'Status', code, message: expect.stringContaining(message) });
  });

  it('of a pod without numbers is not found, in words of Kubernetes', async () => {
    api.source.answers(() => Promise.resolve({ type: 'vector', samples: [] }));
    const message = 'podmetrics.metrics.k8s.io "x/a" not found';
    expect((await ask(`${ROOT}/namespaces/x/pods/a`)).json()).toMatchObject({ code: 404, reason: 'NotFound', message });
  });

  it('is a 500 where it cannot be had', async () => {
    const why = async (from: AnApi): Promise<unknown> => (await ask(`${ROOT}/namespaces/x/pods`, from)).json();
    const internal = (what: string): object => ({ code: 500, message: `Internal error occurred: ${what}` });
    expect(await why(forbidden)).toMatchObject(internal('unable to list matching resources'));
    api.source.answers(() => Promise.reject(new InvalidError('parse error')));
    expect(await why(api)).toMatchObject(internal('unable to fetch metrics'));
  });
});

describe('discovery', () => {
  it('lists pods and nodes', async () => {
    expect((await ask(ROOT)).json()).toMatchObject({
      kind: 'APIResourceList',
      groupVersion: 'metrics.k8s.io/v1beta1',
      resources: [
        { name: 'nodes', namespaced: false, kind: 'NodeMetrics', verbs: ['get', 'list'] },
        { name: 'pods', namespaced: true, kind: 'PodMetrics', verbs: ['get', 'list'] },
      ],
    });
    const { items } = (await ask('/apis', api, V2)).json() as { items: { metadata: { name: string } }[] };
    expect(items.find(({ metadata }) => metadata.name === 'metrics.k8s.io')).toMatchObject({
      versions: [
        {
          version: 'v1beta1',
          resources: [
            { resource: 'nodes', scope: 'Cluster', responseKind: { kind: 'NodeMetrics' }, verbs: ['get', 'list'] },
            { resource: 'pods', scope: 'Namespaced', responseKind: { kind: 'PodMetrics' }, verbs: ['get', 'list'] },
          ],
        },
      ],
    });
  });

  it('gives OpenAPI documents, whose every reference leads somewhere, of the paths that are answered', async () => {
    const references = (document: object): string[] =>
      [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, to = '']) => to);
    const v2 = (await ask('/openapi/v2')).json() as { paths: object; definitions: object };
    for (const to of references(v2)) expect(Object.keys(v2.definitions)).toContain(to.replace('#/definitions/', ''));
    const index = (await ask('/openapi/v3')).json() as { paths: Record<string, { serverRelativeURL: string }> };
    const url = index.paths['apis/metrics.k8s.io/v1beta1']?.serverRelativeURL ?? '';
    const v3 = (await ask(url)).json() as { paths: object; components: { schemas: object } };
    for (const to of references(v3))
      expect(Object.keys(v3.components.schemas)).toContain(to.replace('#/components/schemas/', ''));
    expect(Object.keys(v3.paths)).toHaveLength(5);
    expect(Object.keys(v2.paths)).toEqual(expect.arrayContaining(Object.keys(v3.paths)));
    for (const path of Object.keys(v3.paths)) {
      const { code } = await ask(path.replace('{namespace}', 'x').replace('{name}', path.includes('pods') ? 'a' : 'b'));
      expect([path, code]).toEqual([path, 200]);
    }
    expect((await ask('/openapi/v3/apis/metrics.k8s.io/v1beta1', bare)).code).toBe(404);
  });

  it('knows nothing of the group without resourceRules', async () => {
    for (const path of [ROOT, '/apis/metrics.k8s.io', `${ROOT}/nodes`, `${ROOT}/namespaces/x/pods/a`]) {
      expect((await ask(path, bare)).code).toBe(404);
    }
  });
});
