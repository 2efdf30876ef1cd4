import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { kubernetesObjects } from '../../../src/adapters/kubernetes/objects.ts';
import { kubernetesRestMapper } from '../../../src/adapters/kubernetes/rest-mapper.ts';
import { ForbiddenError, UnavailableError } from '../../../src/domain/errors.ts';
import type { ApiResource } from '../../../src/domain/rules/api-resource.ts';
import type { Objects, Where } from '../../../src/ports/objects.ts';
import type { RestMapper } from '../../../src/ports/rest-mapper.ts';
import { RESOURCES } from '../../domain/rules/cluster-resources.ts';
import { FakeApiServer } from './fake-api-server.ts';

let server: FakeApiServer;
let objects: Objects;
let mapper: RestMapper;
beforeEach(async () => {
  server = await FakeApiServer.start();
  const client = await server.client();
  objects = kubernetesObjects(client);
  mapper = kubernetesRestMapper(client);
});
afterEach(() => server[Symbol.asyncDispose]());

const names = async (resource: ApiResource, where: Where): Promise<string[]> =>
  (await objects.list(resource, where)).map(({ name }) => name);
const of = (kind: string) => RESOURCES.find((each) => each.kind === kind)!;
const list = (names: string[], next = ''): object => ({
  kind: 'PartialObjectMetadataList',
  metadata: { continue: next },
  items: names.map((name) => ({ metadata: { name } })),
});

describe('names of objects', () => {
  it('come page by page, of the namespace and by the selector', async () => {
    server.answer = ({ query }) => ({
      code: 200,
      body: query.get('continue') === 'x' ? list(['c']) : list(['a', 'b'], 'x'),
    });
    expect(await names(of('Pod'), { namespace: 'streaming', labelSelector: 'app=web,!x' })).toEqual(['a', 'b', 'c']);
    expect(server.received.map(({ path, query }) => [path, Object.fromEntries(query)])).toEqual([
      ['/api/v1/namespaces/streaming/pods', { labelSelector: 'app=web,!x', limit: '500' }],
      ['/api/v1/namespaces/streaming/pods', { labelSelector: 'app=web,!x', limit: '500', continue: 'x' }],
    ]);
  });

  it('are none where the API server has none, which it writes as null', async () => {
    server.answer = () => ({ code: 200, body: { kind: 'PartialObjectMetadataList', items: null } });
    expect(await names(of('Pod'), { namespace: 'x', labelSelector: 'app=nobody' })).toEqual([]);
  });

  it('come with their labels and their namespace; pods that run alone, where it is said', async () => {
    const metadata = { name: 'a', namespace: 'x', labels: { app: 'web' } };
    server.answer = () => ({ code: 200, body: { items: [{ metadata }, { metadata: { name: 'b' } }] } });
    expect(await objects.list(of('Pod'), { namespace: null, labelSelector: '', running: true })).toEqual([
      metadata,
      { name: 'b', namespace: null, labels: {} },
    ]);
    await names(of('Pod'), { namespace: null, labelSelector: '', running: true, name: 'a' });
    expect(server.received.map(({ query }) => query.get('fieldSelector'))).toEqual([
      'status.phase=Running',
      'status.phase=Running,metadata.name=a',
    ]);
  });

  it.each([
    ['Deployment', 'x', '/apis/apps/v1/namespaces/x/deployments'],
    ['Node', null, '/api/v1/nodes'],
    ['Namespace', null, '/api/v1/namespaces'],
  ])('of a %s in %s are listed at %s', async (kind, namespace, path) => {
    server.answer = () => ({ code: 200, body: list([]) });
    expect(await names(of(kind), { namespace, labelSelector: '' })).toEqual([]);
    expect(server.received[0]?.path).toBe(path);
  });

  it.each([
    [
      { code: 403, body: { message: 'pods is forbidden' } },
      ForbiddenError,
      'cannot list pods of namespace x: pods is forbidden',
    ],
    [{ code: 200, body: { kind: 'Table' } }, UnavailableError, 'no list of objects'],
    [{ code: 200, body: 'not json' }, UnavailableError, 'cannot list pods of namespace x'],
    ['nothing' as const, UnavailableError, 'did not answer in time'],
  ])('after %j are an error', async (answer, errorClass, message) => {
    server.answer = () => answer;
    const error = await names(of('Pod'), { namespace: 'x', labelSelector: '' }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(errorClass);
    expect((error as Error).message).toContain(message);
  });
});

describe('resources of the cluster', () => {
  const resource = (resource: string, kind: string, more: object = {}): object => ({
    resource,
    responseKind: { group: '', version: '', kind },
    scope: 'Namespaced',
    singularResource: kind.toLowerCase(),
    ...more,
  });
  const discovery = (...items: object[]): object => ({ kind: 'APIGroupDiscoveryList', items });
  const group = (name: string, ...versions: [string, object[]][]): object => ({
    metadata: name === '' ? {} : { name },
    versions: versions.map(([version, resources]) => ({ version, resources })),
  });
  const core = discovery(group('', ['v1', [resource('pods', 'Pod'), resource('nodes', 'Node', { scope: 'Cluster' })]]));
  const answer = (groups: object): void => {
    server.answer = ({ path }) => ({ code: 200, body: path === '/api' ? core : groups });
  };

  it('are the core ones, then those of each group in its preferred version, each once', async () => {
    answer(
      discovery(
        group('apps', ['v1', [resource('deployments', 'Deployment')]], ['v1beta1', [resource('deployments', 'Old')]]),
        group('custom.metrics.k8s.io', ['v1beta2', [resource('pods', '', { subresources: [{ subresource: 'x' }] })]]),
        group('x.io', ['v1', [resource('foos', 'Foo', { singularResource: '' })]]),
      ),
    );
    expect(await mapper.resources()).toEqual([
      { group: '', version: 'v1', resource: 'pods', singular: 'pod', kind: 'Pod', namespaced: true },
      { group: '', version: 'v1', resource: 'nodes', singular: 'node', kind: 'Node', namespaced: false },
      {
        group: 'apps',
        version: 'v1',
        resource: 'deployments',
        singular: 'deployment',
        kind: 'Deployment',
        namespaced: true,
      },
      { group: 'x.io', version: 'v1', resource: 'foos', singular: 'foo', kind: 'Foo', namespaced: true },
    ]);
  });

  it('are the same array until something changes', async () => {
    answer(discovery());
    const before = await mapper.resources();
    expect(await mapper.resources()).toBe(before);
    answer(discovery(group('x.io', ['v1', [resource('foos', 'Foo')]])));
    expect(await mapper.resources()).toHaveLength(3);
  });

  it('are unavailable from a server that knows no aggregated discovery', async () => {
    answer({ kind: 'APIGroupList', groups: [] });
    await expect(mapper.resources()).rejects.toThrow('expected an APIGroupDiscoveryList');
    await expect(mapper.resources()).rejects.toBeInstanceOf(UnavailableError);
  });
});
