import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { UnavailableError } from '../../src/domain/errors.ts';
import { labelsOf, aCustomRule } from '../domain/rules/a-custom-rule.ts';
import { type AnApi, anApi } from './an-api.ts';
import { type Answered, get } from './get.ts';
import { aCa, aServer } from './pki.ts';

const GROUP = '/apis/custom.metrics.k8s.io';
const STREAMING = `${GROUP}/v1beta2/namespaces/streaming`;
const V2 = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
const timestamp = Date.UTC(2026, 0, 1) / 1000;

let api: AnApi;
let bare: AnApi;
let forbidden: AnApi;
beforeAll(async () => {
  const pair = await aServer(await aCa());
  const certificate = { read: () => Promise.resolve(pair) };
  const customRules = [aCustomRule({ seriesQuery: 'viewers', labels: labelsOf({ template: '<<.Resource>>' }) })];
  api = await anApi({ certificate, customRules, objects: ['p-1', 'p-2'] });
  forbidden = await anApi({ certificate, customRules });
  bare = await anApi({ certificate });
  for (const each of [api, forbidden]) {
    const series = { __name__: 'viewers', namespace: 'streaming', pod: 'p-1', node: 'n' };
    each.source.lists(() => Promise.resolve([series]));
    await each.relist();
  }
});
afterAll(() => Promise.all([api, bare, forbidden].map((each) => each.close())));
beforeEach(async () => {
  await api.clock.turn(60_000); // nothing is left in the cache
  rows({ pod: 'p-1' }, 0.85);
});

function rows(labels: Record<string, string>, value: number): void {
  api.source.answers(() => Promise.resolve({ type: 'vector', samples: [{ labels, timestamp, value }] }));
}

const ask = (path: string, { port } = api, accept = 'application/vnd.kubernetes.protobuf, */*'): Promise<Answered> =>
  get({ port, path, headers: { accept } });

describe('reads', () => {
  const object = '"describedObject":{"kind":"Pod","namespace":"streaming","name":"p-1","apiVersion":"/v1"}';
  const head = (version: string): string =>
    `{"kind":"MetricValueList","apiVersion":"custom.metrics.k8s.io/${version}","metadata":{},"items":[`;

  it.each([
    [
      'v1beta1',
      `{${object},"metricName":"viewers","timestamp":"2026-01-01T00:00:00Z","value":"850m","selector":null}]}`,
    ],
    [
      'v1beta2',
      `{${object},"metric":{"name":"viewers","selector":null},"timestamp":"2026-01-01T00:00:00Z","value":"850m"}]}`,
    ],
  ])('are answered in %s as the HPA controller reads them, byte for byte', async (version, items) => {
    const selectors = 'labelSelector=app%3Dweb&metricLabelSelector=';
    const answer = await ask(`${GROUP}/${version}/namespaces/streaming/pods/%2A/viewers?${selectors}`);
    expect(answer.code).toBe(200);
    expect(answer.headers['content-type']).toBe('application/json');
    expect(answer.text).toBe(head(version) + items);
  });

  it('carry the selector of the metric', async () => {
    const answer = await ask(`${STREAMING}/pods/p-1/viewers?metricLabelSelector=region%3Deu`);
    expect(answer.json()).toMatchObject({ items: [{ metric: { selector: { matchLabels: { region: 'eu' } } } }] });
  });

  it.each([
    [
      `${STREAMING}/metrics/viewers`,
      { namespace: 'streaming' },
      { kind: 'Namespace', name: 'streaming', apiVersion: '/v1' },
    ],
    [`${GROUP}/v1beta2/nodes/n/viewers`, { node: 'n' }, { kind: 'Node', name: 'n', apiVersion: '/v1' }],
    [`${GROUP}/v1beta2/nodes/*/viewers`, { node: 'p-2' }, { kind: 'Node', name: 'p-2', apiVersion: '/v1' }],
    [
      `${GROUP}/v1beta1/namespaces/*/metrics/viewers`,
      { namespace: 'p-1' },
      { kind: 'Namespace', name: 'p-1', apiVersion: '/v1' },
    ],
  ])('%s describes an object of the root', async (path, labels, describedObject) => {
    rows(labels, 1);
    expect((await ask(path)).json()).toMatchObject({ items: [{ describedObject }] });
  });

  it('of which no object has a row are an empty list', async () => {
    rows({ pod: 'stranger' }, 1);
    expect((await ask(`${STREAMING}/pods/*/viewers`)).text).toBe(`${head('v1beta2')}]}`);
  });
});

describe('errors', () => {
  const missing = 'the server could not find the metric';
  const nowhere = 'the server could not find the requested resource';
  it.each([
    [`${STREAMING}/pods/*/nothing`, 404, 'NotFound', `${missing} nothing for pods`],
    [`${STREAMING}/pods/p-9/viewers`, 404, 'NotFound', `${missing} viewers for pods p-9`],
    [`${STREAMING}/pods/*/viewers?metricLabelSelector=a%3E1`, 404, 'NotFound', `${missing} viewers for pods`],
    [`${STREAMING}/pods/*/viewers?labelSelector=a+in`, 400, 'BadRequest', 'does not parse'],
    [`${STREAMING}/pods/*/viewers?metricLabelSelector=%3D`, 400, 'BadRequest', 'does not parse'],
    [`${STREAMING}/viewers`, 400, 'BadRequest', 'invalid request path'],
    [`${STREAMING}/pods/viewers`, 404, 'NotFound', nowhere],
    [`${GROUP}/v1beta2/nodes/n`, 404, 'NotFound', nowhere],
    [`${GROUP}/v1/namespaces/streaming/pods/*/viewers`, 404, 'NotFound', nowhere],
    [`${STREAMING}/pods/%ZZ/viewers`, 400, 'BadRequest', 'decode'],
  ])('%s is %i %s', async (path, code, reason, message) => {
    const answer = await ask(path);
    expect(answer.json()).toMatchObject({ kind: 'Status', code, reason, message: expect.stringContaining(message) });
    expect(answer.code).toBe(code);
  });

  it('of Prometheus and of listing objects say which of them it was, and nothing else', async () => {
    api.source.answers(() => Promise.reject(new UnavailableError('connect ECONNREFUSED 10.0.0.1')));
    const internal = (why: string): object => ({
      code: 500,
      reason: 'InternalError',
      message: `Internal error occurred: ${why}`,
      details: { causes: [{ message: why }] },
    });
    const path = `${STREAMING}/pods/*/viewers`;
    expect((await ask(path)).json()).toMatchObject(internal('unable to fetch metrics'));
    expect((await ask(path, forbidden)).json()).toMatchObject(internal('unable to list matching resources'));
  });

  it('406 is answered where only other types are taken', async () => {
    expect((await ask(`${STREAMING}/pods/*/viewers`, api, 'application/yaml')).code).toBe(406);
  });
});

describe('discovery', () => {
  const names = [
    ['pods/viewers', true],
    ['namespaces/viewers', false],
    ['nodes/viewers', false],
  ] as const;

  it('lists both versions, and each metric with its scope', async () => {
    const versions = ['v1beta2', 'v1beta1'].map((version) => ({
      groupVersion: `custom.metrics.k8s.io/${version}`,
      version,
    }));
    expect((await ask(GROUP)).json()).toEqual({
      kind: 'APIGroup',
      apiVersion: 'v1',
      name: 'custom.metrics.k8s.io',
      versions,
      preferredVersion: versions[0],
    });
    for (const { groupVersion, version } of versions) {
      expect((await ask(`${GROUP}/${version}`)).json()).toEqual({
        kind: 'APIResourceList',
        apiVersion: 'v1',
        groupVersion,
        resources: names.map(([name, namespaced]) => {
          return { name, singularName: '', namespaced, kind: 'MetricValueList', verbs: ['get'] };
        }),
      });
    }
  });

  it('in one document writes metrics as subresources, of a parent that clients skip', async () => {
    const { items } = (await ask('/apis', api, V2)).json() as {
      items: { metadata: { name: string }; versions: { version: string; resources: object[] }[] }[];
    };
    const group = items.find(({ metadata }) => metadata.name === 'custom.metrics.k8s.io');
    expect(group?.versions.map(({ version }) => version)).toEqual(['v1beta2', 'v1beta1']);
    const responseKind = { group: 'custom.metrics.k8s.io', version: 'v1beta2', kind: 'MetricValueList' };
    expect(group?.versions[0]?.resources[0]).toEqual({
      resource: 'pods',
      responseKind: { group: '', version: '', kind: '' },
      scope: 'Namespaced',
      singularResource: '',
      verbs: [],
      subresources: [{ subresource: 'viewers', responseKind, verbs: ['get'] }],
    });
    expect(group?.versions[0]?.resources[1]).toMatchObject({ resource: 'namespaces', scope: 'Cluster' });
  });

  it('gives OpenAPI documents for both versions, whose every reference leads somewhere', async () => {
    const v2 = (await ask('/openapi/v2')).json() as { definitions: object };
    const index = (await ask('/openapi/v3')).json() as { paths: Record<string, { serverRelativeURL: string }> };
    const references = (document: object): string[] =>
      [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, to = '']) => to);
    for (const to of references(v2)) expect(Object.keys(v2.definitions)).toContain(to.replace('#/definitions/', ''));
    for (const version of ['v1beta1', 'v1beta2']) {
      const url = index.paths[`apis/custom.metrics.k8s.io/${version}`]?.serverRelativeURL ?? '';
      const v3 = (await ask(url)).json() as { paths: object; components: { schemas: object } };
      expect(Object.keys(v3.paths)).toHaveLength(3);
      expect(references(v3).length).toBeGreaterThan(0);
      for (const to of references(v3)) {
        expect(Object.keys(v3.components.schemas)).toContain(to.replace('#/components/schemas/', ''));
      }
    }
  });

  it('knows nothing of the group as long as the file has no rules for it', async () => {
    for (const path of [
      GROUP,
      `${GROUP}/v1beta1`,
      `${STREAMING}/pods/*/viewers`,
      `${STREAMING}/viewers`,
      `${STREAMING}/metrics/viewers`,
      '/openapi/v3/apis/custom.metrics.k8s.io/v1beta1',
    ]) {
      expect((await ask(path, bare)).code).toBe(404);
    }
    for (const path of ['/apis', '/openapi/v2', '/openapi/v3']) {
      expect((await ask(path, bare)).text).not.toContain('custom.metrics');
    }
  });
});
