import { kubernetesAccessReviews } from '../../../src/adapters/kubernetes/access-reviews.ts';
import { kubernetesClientTrust } from '../../../src/adapters/kubernetes/client-trust.ts';
import { kubernetesTokenReviews } from '../../../src/adapters/kubernetes/token-reviews.ts';
import { ForbiddenError, InvalidError, describeError } from '../../../src/domain/errors.ts';
import { silentLog } from '../../../src/ports/log.ts';
import type { TrustFollowing } from '../../../src/ports/client-trust.ts';
import { systemClock } from '../../../src/wiring/system-clock.ts';
import { soon } from '../../support/soon.ts';
import { FakeApiServer, failure, status } from './fake-api-server.ts';
import { FakeCollection } from './fake-collection.ts';

let server: FakeApiServer;
beforeEach(async () => {
  server = await FakeApiServer.start();
});
afterEach(() => server[Symbol.asyncDispose]());

describe('kubernetesClientTrust', () => {
  const configMap = (data: object): void => {
    server.answer = () => ({ code: 200, body: { data } });
  };
  const source = async () =>
    kubernetesClientTrust({
      client: await server.client(5000),
      clock: systemClock,
      log: silentLog,
      pace: { first: 5, most: 20, silence: 10_000 },
    });
  const read = async (): Promise<unknown> => (await source()).read();

  it('reads whom to believe, from the one ConfigMap', async () => {
    configMap({
      'client-ca-file': 'the CA of clients',
      'requestheader-client-ca-file': 'PEM',
      'requestheader-allowed-names': '["front-proxy-client"]',
      'requestheader-username-headers': '["X-Remote-User"]',
      'requestheader-uid-headers': '["X-Remote-Uid"]',
      'requestheader-group-headers': '["X-Remote-Group"]',
      'requestheader-extra-headers-prefix': '["X-Remote-Extra-"]',
    });
    expect(await read()).toEqual({
      clientCaPem: 'the CA of clients',
      frontProxy: {
        caPem: 'PEM',
        allowedNames: ['front-proxy-client'],
        usernameHeaders: ['X-Remote-User'],
        uidHeaders: ['X-Remote-Uid'],
        groupHeaders: ['X-Remote-Group'],
        extraHeaderPrefixes: ['X-Remote-Extra-'],
      },
    });
    expect(server.received[0]?.path).toBe(
      '/api/v1/namespaces/kube-system/configmaps/extension-apiserver-authentication',
    );
  });

  it.each([
    ['no CA at all', {}, { clientCaPem: null, frontProxy: null }],
    ['no front proxy', { 'client-ca-file': 'PEM' }, { clientCaPem: 'PEM', frontProxy: null }],
    [
      'a missing list, which is empty',
      { 'requestheader-client-ca-file': 'PEM' },
      { clientCaPem: null, frontProxy: { allowedNames: [], usernameHeaders: [] } },
    ],
  ])('reads %s', async (_, data, trust) => {
    configMap(data);
    expect(await read()).toMatchObject(trust);
  });

  it.each([
    ['names that are no JSON', { 'requestheader-allowed-names': 'front-proxy' }, 'got front-proxy'],
    ['names that are no list', { 'requestheader-allowed-names': '{"a":1}' }, 'expected a JSON list of strings'],
    ['names that are no strings', { 'requestheader-allowed-names': '[1]' }, 'expected a JSON list of strings'],
  ])('refuses a ConfigMap with %s', async (_, data, text) => {
    configMap({ 'requestheader-client-ca-file': 'PEM', ...data });
    const error = await failure(read());
    expect(error).toBeInstanceOf(InvalidError);
    expect(describeError(error)).toContain(text);
  });

  describe('followed', () => {
    const path = '/api/v1/namespaces/kube-system/configmaps';
    const configMaps = new FakeCollection();
    const one = { metadata: { name: 'extension-apiserver-authentication', namespace: 'kube-system' } };
    let told: number;
    let following: TrustFollowing;
    const follow = async (): Promise<void> => {
      told = 0;
      following = (await source()).follow(() => (told += 1));
    };
    afterEach(() => following.close());

    it('is told of each change, by a watch on that one name, also after the watch broke', async () => {
      configMaps.put(one);
      server.answer = configMaps.answer;
      await follow();
      await soon(() => expect(configMaps.watchers).toBe(1));
      expect(server.received.map((each) => each.path)).toEqual([path, path]);
      for (const { query } of server.received) {
        expect(query.get('fieldSelector')).toBe('metadata.name=extension-apiserver-authentication');
      }
      const before = told;
      configMaps.put(one);
      await soon(() => expect(told).toBe(before + 1));
      configMaps.cut('destroy');
      configMaps.put(one);
      await soon(() => expect(told).toBe(before + 2));
      configMaps.cut('end');
      configMaps.put(one);
      configMaps.forget();
      await soon(() => expect(told).toBe(before + 3));
      await following.close();
      configMaps.put(one);
      expect(told).toBe(before + 3);
    });
  });
});

describe('access reviews', () => {
  const user = { name: 'me', uid: '7', groups: ['a', 'b'], extra: { scope: ['x'] } };
  const metric = {
    type: 'resource' as const,
    verb: 'list',
    group: 'external.metrics.k8s.io',
    version: 'v1beta1',
    namespace: 'shop',
    resource: 'orders',
    subresource: '',
    name: '',
  };

  it.each([
    ['allowed', { allowed: true }, { allowed: true, reason: '' }],
    ['denied', { allowed: false, reason: 'no rule' }, { allowed: false, reason: 'no rule' }],
    ['without an opinion', {}, { allowed: false, reason: '' }],
  ])('ask for exactly what is read, and are %s', async (_, status, decision) => {
    server.answer = () => ({ code: 201, body: { status } });
    expect(await kubernetesAccessReviews(await server.client()).review(user, metric)).toEqual(decision);
    const { type: _type, ...resourceAttributes } = metric;
    expect(server.received[0]).toMatchObject({
      method: 'POST',
      path: '/apis/authorization.k8s.io/v1/subjectaccessreviews',
      body: { spec: { user: 'me', uid: '7', groups: ['a', 'b'], extra: { scope: ['x'] }, resourceAttributes } },
    });
  });

  it('ask for a path that is no resource', async () => {
    server.answer = () => ({ code: 201, body: { status: { allowed: true } } });
    await kubernetesAccessReviews(await server.client()).review(user, { type: 'path', verb: 'get', path: '/version' });
    expect(server.received[0]).toMatchObject({
      body: { spec: { nonResourceAttributes: { verb: 'get', path: '/version' } } },
    });
  });

  it('fail when we may not ask', async () => {
    server.answer = () => status(403, 'subjectaccessreviews is forbidden');
    const error = await failure(kubernetesAccessReviews(await server.client()).review(user, metric));
    expect(error).toBeInstanceOf(ForbiddenError);
  });
});

describe('token reviews', () => {
  const review = async (): Promise<unknown> => kubernetesTokenReviews(await server.client()).review('secret');

  it('say whose a token is', async () => {
    const user = { username: 'me', uid: '7', groups: ['a'], extra: { scope: ['x'] } };
    server.answer = () => ({ code: 201, body: { status: { authenticated: true, user } } });
    expect(await review()).toEqual({ name: 'me', uid: '7', groups: ['a'], extra: { scope: ['x'] } });
    expect(server.received[0]).toMatchObject({
      method: 'POST',
      path: '/apis/authentication.k8s.io/v1/tokenreviews',
      body: { spec: { token: 'secret' } },
    });
  });

  it.each([{ authenticated: false, error: 'expired' }, {}, { authenticated: false, user: { username: 'me' } }])(
    "say that it is nobody's: %j",
    async (status) => {
      server.answer = () => ({ code: 201, body: { status } });
      expect(await review()).toBeNull();
    },
  );
});
