import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Pair } from '../../src/adapters/certificates/issue.ts';
import type { Attributes } from '../../src/domain/access/attributes.ts';
import { UnavailableError } from '../../src/domain/errors.ts';
import type { KeyPair } from '../../src/ports/certificate-source.ts';
import { type AnAccess, anAccess, trustIn } from './an-access.ts';
import { type AnApi, anApi } from './an-api.ts';
import { type Answered, get } from './get.ts';
import { aCa, aClient, aServer } from './pki.ts';

const GROUP = '/apis/external.metrics.k8s.io/v1beta1';
const METRIC = `${GROUP}/namespaces/streaming/concurrent_viewers`;

const textOf = (attributes: Attributes): string =>
  attributes.type === 'path'
    ? `${attributes.verb} ${attributes.path}`
    : `${attributes.verb} ${attributes.namespace || 'all'}/${attributes.resource}`;

describe('who may read what', () => {
  let ca: Pair;
  let server: KeyPair;
  let proxy: KeyPair;
  let jane: KeyPair;
  beforeAll(async () => {
    ca = await aCa();
    [server, proxy, jane] = await Promise.all([
      aServer(ca),
      aClient(ca, 'front-proxy-client'),
      aClient(ca, 'jane', { organizations: ['devs'] }),
    ]);
  });
  let api: AnApi | undefined;
  let reviews: string[] = [];
  afterEach(async () => {
    await api?.close();
    api = undefined;
    reviews = [];
  });

  async function start(about: AnAccess): Promise<AnApi> {
    api = await anApi({
      certificate: { read: () => Promise.resolve(server) },
      access: anAccess({
        frontProxy: trustIn(ca),
        clients: ca,
        reviewed: (user, attributes) => reviews.push(`${user.name} ${textOf(attributes)}`),
        ...about,
      }),
    });
    return api;
  }
  const read = (path: string, as: 'proxy' | 'jane' = 'proxy'): Promise<Answered> =>
    get({
      port: api?.port ?? 0,
      path,
      ...(as === 'jane' ? { client: jane } : { client: proxy, headers: { 'X-Remote-User': 'hpa' } }),
    });

  it('is decided by the cluster, for each path but health', async () => {
    await start({ allows: (_user, attributes) => textOf(attributes) !== 'list streaming/concurrent_viewers' });
    const codes = [];
    for (const path of [METRIC, GROUP, '/apis', '/version', '/healthz']) codes.push((await read(path, 'jane')).code);
    expect(codes).toEqual([403, 200, 200, 200, 200]);
    expect(reviews).toEqual([
      'jane list streaming/concurrent_viewers',
      `jane get ${GROUP}`,
      'jane get /apis',
      'jane get /version',
    ]);
  });

  it('is refused as kube-apiserver would', async () => {
    await start({ allows: () => false });
    expect((await read(METRIC, 'jane')).json()).toEqual({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message:
        'concurrent_viewers.external.metrics.k8s.io is forbidden: User "jane" cannot list resource "concurrent_viewers" in API group "external.metrics.k8s.io" in the namespace "streaming"',
      reason: 'Forbidden',
      details: { group: 'external.metrics.k8s.io', kind: 'concurrent_viewers' },
      code: 403,
    });
  });

  it('is everything for system:masters, without a review', async () => {
    await start({ allows: () => false });
    const headers = { 'X-Remote-User': 'root', 'X-Remote-Group': 'system:masters' };
    expect((await get({ port: api?.port ?? 0, path: METRIC, client: proxy, headers })).code).toBe(200);
    expect(reviews).toEqual([]);
  });

  it.each([
    [true, 200],
    [false, 403],
  ])('is asked once in ten seconds, also for all who read at the same time: allowed %s', async (allowed, code) => {
    const { clock } = await start({ allows: () => allowed });
    const codes = async (): Promise<number[]> =>
      (await Promise.all([1, 2, 3].map(() => read(METRIC, 'jane')))).map((answer) => answer.code);
    expect([await codes(), await codes()]).toEqual([
      [code, code, code],
      [code, code, code],
    ]);
    expect(reviews).toHaveLength(1);
    await clock.turn(10_000);
    await codes();
    expect(reviews).toHaveLength(2);
  });

  it('is nothing while the cluster cannot say, and is asked again at once', async () => {
    let up = false;
    await start({
      allows() {
        if (!up) throw new UnavailableError('connect ECONNREFUSED 10.96.0.1:443');
        return true;
      },
    });
    const refused = await read(METRIC, 'jane');
    expect([refused.code, refused.json()]).toMatchObject([
      500,
      { reason: 'InternalError', message: 'Internal error occurred: access cannot be reviewed' },
    ]);
    expect(refused.headers).not.toHaveProperty('retry-after');
    up = true;
    expect((await read(METRIC, 'jane')).code).toBe(200);
  });

  describe('of what the API server passes on', () => {
    const other = `${GROUP}/namespaces/shop/concurrent_viewers`;

    it('is asked once for all reads of a group', async () => {
      await start({});
      const codes = [(await read(METRIC)).code, (await read(other)).code];
      expect([codes, reviews]).toEqual([[200, 200], ['hpa list all/*']]);
    });

    it('is asked for each where a user may not read all, and for all no more than once', async () => {
      await start({ allows: (_user, attributes) => textOf(attributes).startsWith('list streaming/') });
      const codes = [(await read(METRIC)).code, (await read(other)).code, (await read(METRIC)).code];
      expect(codes).toEqual([200, 403, 200]);
      expect(reviews).toEqual([
        'hpa list all/*',
        'hpa list streaming/concurrent_viewers',
        'hpa list shop/concurrent_viewers',
      ]);
    });

    it('is asked for each where the installation says so', async () => {
      await start({ broad: false });
      await read(METRIC);
      await read(other);
      expect(reviews).toEqual(['hpa list streaming/concurrent_viewers', 'hpa list shop/concurrent_viewers']);
    });

    it('does not count for who comes by himself: nobody has asked for the exact right before', async () => {
      await start({});
      await read(METRIC, 'jane');
      expect(reviews).toEqual(['jane list streaming/concurrent_viewers']);
    });
  });

  it('cannot be got round by a path that two could read in two ways', async () => {
    await start({ allows: (_user, attributes) => textOf(attributes) === 'list open/concurrent_viewers' });
    const codes = [];
    for (const path of [
      `${GROUP}/namespaces/open%2Fconcurrent_viewers`,
      `${GROUP}/namespaces/open/concurrent_viewers%2F..%2F..%2Fstreaming%2Fconcurrent_viewers`,
      `${GROUP}/namespaces/open/../streaming/concurrent_viewers`,
      `${GROUP}//namespaces/open/concurrent_viewers`,
      `${GROUP}/namespaces/%6Fpen/concurrent_viewers/`,
    ]) {
      codes.push((await read(path, 'jane')).code);
    }
    expect(codes).toEqual([403, 403, 403, 403, 200]);
  });
});
