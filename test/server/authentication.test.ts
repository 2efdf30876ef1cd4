import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Agent } from 'node:https';
import { setImmediate } from 'node:timers/promises';
import type { Pair } from '../../src/adapters/certificates/issue.ts';
import type { User } from '../../src/domain/access/user.ts';
import { UnavailableError } from '../../src/domain/errors.ts';
import type { KeyPair } from '../../src/ports/certificate-source.ts';
import type { ClientTrust } from '../../src/ports/client-trust.ts';
import { soon } from '../support/soon.ts';
import { type AnAccess, anAccess, trustIn } from './an-access.ts';
import { type AnApi, anApi } from './an-api.ts';
import { type Asking, get } from './get.ts';
import { aCa, aClient, aServer, throughIntermediate } from './pki.ts';

const METRIC = '/apis/external.metrics.k8s.io/v1beta1/namespaces/streaming/concurrent_viewers';
const HPA = 'system:serviceaccount:kube-system:horizontal-pod-autoscaler';
const NAMED = { 'X-Remote-User': HPA };
const UNAUTHORIZED = {
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  message: 'Unauthorized',
  reason: 'Unauthorized',
  code: 401,
};
const AUTHENTICATED = 'system:authenticated';
const PERSON: User = { name: 'jane', uid: '7', groups: ['devs'], extra: { scope: ['read'] } };

let proxyCa: Pair;
let clientCa: Pair;
let strangersCa: Pair;
let server: KeyPair;
let proxy: KeyPair;
beforeAll(async () => {
  [proxyCa, clientCa, strangersCa] = await Promise.all([aCa(), aCa(), aCa()]);
  [server, proxy] = await Promise.all([aServer(strangersCa), aClient(proxyCa, 'front-proxy-client')]);
});
let api: AnApi | undefined;
afterEach(async () => {
  await api?.close();
  api = undefined;
});

async function start(about: AnAccess): Promise<AnApi> {
  api = await anApi({ certificate: { read: () => Promise.resolve(server) }, access: anAccess(about) });
  return api;
}

/** Who the server takes the sender of a request for; null where it takes nobody, which it must say as a 401 Status. */
async function taken(about: AnAccess, asking: Partial<Asking>): Promise<User | null> {
  const users: User[] = [];
  const { port } = await start({ ...about, reviewed: (user) => users.push(user), broad: false });
  const answer = await get({ port, path: METRIC, ...asking });
  if (answer.code === 401) {
    expect([answer.json(), users]).toEqual([UNAUTHORIZED, []]);
    return null;
  }
  expect([answer.code, users.length]).toEqual([200, 1]);
  return users[0] ?? null;
}

describe('the front proxy', () => {
  it('says who asks: user, uid, groups line by line, extra fields decoded', async () => {
    const headers = {
      'X-Remote-User': 'jane',
      'X-Remote-Uid': '7',
      'X-Remote-Group': ['devs', 'a, b', ''],
      'X-Remote-Extra-Acme.com%2Fscope': ['read', 'write'],
    };
    expect(await taken({ frontProxy: trustIn(proxyCa) }, { client: proxy, headers })).toEqual({
      name: 'jane',
      uid: '7',
      groups: ['devs', 'a, b', AUTHENTICATED],
      extra: { 'acme.com/scope': ['read', 'write'] },
    });
  });

  it('may name somebody who is anonymous to it, and so to us', async () => {
    const headers = { 'X-Remote-User': 'system:anonymous', 'X-Remote-Group': 'system:unauthenticated' };
    const user = await taken({ frontProxy: trustIn(proxyCa) }, { client: proxy, headers });
    expect(user?.groups).toEqual(['system:unauthenticated']);
  });

  it('has any name of the CA where none is listed, and names the user in any of its headers', async () => {
    const frontProxy = trustIn(proxyCa, { allowedNames: [], usernameHeaders: ['X-First', 'X-Remote-User'] });
    const user = await taken({ frontProxy }, { client: await aClient(proxyCa, 'somebody'), headers: NAMED });
    expect(user?.name).toBe(HPA);
  });

  it('is known by a chain through an intermediate that it sends, and on a connection after the other', async () => {
    const { port } = await start({ frontProxy: trustIn(proxyCa) });
    const client = await throughIntermediate(proxyCa, 'front-proxy-client');
    const agent = new Agent({ keepAlive: false });
    const codes = [];
    for (let turn = 0; turn < 3; turn++) {
      codes.push((await get({ port, path: METRIC, client, headers: NAMED, agent })).code);
    }
    agent.destroy();
    expect(codes).toEqual([200, 200, 200]);
  });

  it.each<[string, () => Promise<KeyPair>, Record<string, string>, object]>([
    ['a certificate of another CA', () => aClient(strangersCa, 'front-proxy-client'), NAMED, {}],
    ['the same, where any name is allowed', () => aClient(strangersCa, 'x'), NAMED, { allowedNames: [] }],
    ['a certificate with a name that is not allowed', () => aClient(proxyCa, 'somebody'), NAMED, {}],
    ['a certificate for servers', () => aClient(proxyCa, 'front-proxy-client', { usage: 'serverAuth' }), NAMED, {}],
    ['a certificate that has ended', () => aClient(proxyCa, 'front-proxy-client', { hours: [-2, -1] }), NAMED, {}],
    ['a certificate of later', () => aClient(proxyCa, 'front-proxy-client', { hours: [1, 2] }), NAMED, {}],
    ['a chain longer than the CA allows', () => throughIntermediate(proxyCa, 'front-proxy-client', 2), NAMED, {}],
    ['an intermediate that is no CA', () => throughIntermediate(proxyCa, 'front-proxy-client', 0), NAMED, {}],
    ['no user', () => Promise.resolve(proxy), {}, {}],
    ['an empty user', () => Promise.resolve(proxy), { 'X-Remote-User': '' }, {}],
    ['a user in a header that does not count', () => Promise.resolve(proxy), { 'X-Other-User': 'me' }, {}],
    ['a front proxy that names no header', () => Promise.resolve(proxy), NAMED, { usernameHeaders: [] }],
  ])('is not %s', async (_name, client, headers, about) => {
    const access = { frontProxy: trustIn(proxyCa, about), clients: clientCa };
    expect(await taken(access, { client: await client(), headers })).toBeNull();
  });
});

describe('a client certificate', () => {
  it('says who somebody is by its common name, and the groups by its organizations', async () => {
    const client = await aClient(clientCa, 'jane', { organizations: ['devs', 'ops'] });
    const user = await taken({ clients: clientCa, frontProxy: trustIn(proxyCa) }, { client });
    expect(user).toMatchObject({ name: 'jane', uid: '', groups: ['devs', 'ops', AUTHENTICATED] });
    expect(user?.extra['authentication.kubernetes.io/credential-id']).toEqual([
      expect.stringMatching(/^X509SHA256=[0-9a-f]{64}$/),
    ]);
  });

  it.each([
    ['with the name of the front proxy', 'front-proxy-client', {}],
    ['where any name of the proxy is allowed', 'jane', { allowedNames: [] }],
  ])('of the ordinary CA never speaks for others, %s', async (_, name, about) => {
    const client = await aClient(clientCa, name);
    const headers = { ...NAMED, 'X-Remote-Group': 'system:masters' };
    const user = await taken({ clients: clientCa, frontProxy: trustIn(proxyCa, about) }, { client, headers });
    expect(user).toMatchObject({ name, groups: [AUTHENTICATED] });
  });

  it('of the front proxy says nothing of its own where no header names a user', async () => {
    expect(await taken({ clients: clientCa, frontProxy: trustIn(proxyCa) }, { client: proxy })).toBeNull();
  });

  it('counts for nothing without a CA of clients', async () => {
    expect(await taken({ frontProxy: trustIn(proxyCa) }, { client: await aClient(clientCa, 'jane') })).toBeNull();
  });
});

describe('a bearer token', () => {
  const tokens = (token: string): User | null => (token === 'good' ? PERSON : null);

  it.each(['Bearer good', 'bearer good', 'Bearer good more'])('says who somebody is: %s', async (authorization) => {
    const user = await taken({ tokens }, { headers: { authorization } });
    expect(user).toEqual({ ...PERSON, groups: ['devs', AUTHENTICATED] });
  });

  it('counts where the certificate beside it does not', async () => {
    const client = await aClient(strangersCa, 'x');
    expect((await taken({ tokens }, { client, headers: { authorization: 'Bearer good' } }))?.name).toBe('jane');
  });

  it.each([
    ["that is nobody's", tokens],
    [
      'that cannot be reviewed',
      (): never => {
        throw new UnavailableError('no API server');
      },
    ],
  ])('%s is refused', async (_, reviews) => {
    expect(await taken({ tokens: reviews }, { headers: { authorization: 'Bearer bad' } })).toBeNull();
  });

  it('is reviewed once in ten seconds, good or bad, and once for all who ask at the same time', async () => {
    const asked: string[] = [];
    const { port, clock } = await start({
      tokens(token) {
        asked.push(token);
        return tokens(token);
      },
    });
    const codes = (token: string): Promise<number[]> => {
      const one = (): Promise<number> =>
        get({ port, path: METRIC, headers: { authorization: `Bearer ${token}` } }).then(({ code }) => code);
      return Promise.all([one(), one(), one()]);
    };
    for (let turn = 0; turn < 2; turn++) {
      expect([await codes('good'), await codes('bad')]).toEqual([
        [200, 200, 200],
        [401, 401, 401],
      ]);
    }
    expect(asked).toEqual(['good', 'bad']);
    await clock.turn(10_000);
    await codes('good');
    expect(asked).toEqual(['good', 'bad', 'good']);
  });
});

describe('nobody', () => {
  it.each<Record<string, string>>([{}, NAMED, { authorization: 'Basic eDp5' }, { authorization: 'Bearer' }])(
    'in particular is who shows no credentials: %j',
    async (headers) => {
      expect(await taken({ frontProxy: trustIn(proxyCa), clients: clientCa }, { headers })).toEqual({
        name: 'system:anonymous',
        uid: '',
        groups: ['system:unauthenticated'],
        extra: {},
      });
    },
  );

  it('needs to be somebody to ask for health', async () => {
    const { port } = await start({ allows: () => false });
    for (const path of ['/healthz', '/livez', '/readyz']) {
      expect(await get({ port, path })).toMatchObject({ code: 200, text: 'ok' });
    }
  });

  it('with a certificate is let in before it is known whom to trust, also not with one of a public CA', async () => {
    let read = (): Promise<ClientTrust> => Promise.reject(new UnavailableError('no API server'));
    const { port, clock } = await start({ read: () => read() });
    const asking = { port, path: METRIC, client: proxy, headers: NAMED };
    expect((await get(asking)).code).toBe(401);
    read = () => Promise.resolve({ clientCaPem: null, frontProxy: trustIn(proxyCa) });
    await clock.turn(2000);
    expect((await get(asking)).code).toBe(200);
  });

  describe('while changes of the CAs are told', () => {
    let trust: ClientTrust;
    let reads: number;
    let tell: () => void;
    const none: ClientTrust = { clientCaPem: null, frontProxy: null };
    const ours = (): ClientTrust => ({ clientCaPem: null, frontProxy: trustIn(proxyCa) });

    /** answer: what becomes of the nth read. */
    async function follow(answer: (now: ClientTrust, nth: number) => Promise<ClientTrust>): Promise<AnApi> {
      trust = none;
      reads = 0;
      return start({
        read: () => answer(trust, (reads += 1)),
        follow: (changed) => {
          tell = changed;
          return { close: () => Promise.resolve() };
        },
      });
    }
    const code = async (): Promise<number> =>
      (await get({ port: api!.port, path: METRIC, client: proxy, headers: NAMED })).code;

    it('each counts at once, before any time passes', async () => {
      await follow((now) => Promise.resolve(now));
      expect(await code()).toBe(401);
      trust = ours();
      tell();
      expect(await code()).toBe(200);
      trust = none;
      tell();
      expect(await code()).toBe(401);
      expect(reads).toBe(3);
    });

    it('one that was missed, or could not be read, is read within 30 s', async () => {
      const { clock } = await follow((now, nth) =>
        nth === 2 ? Promise.reject(new UnavailableError('no API server')) : Promise.resolve(now),
      );
      trust = ours();
      tell();
      expect(await code()).toBe(401);
      await clock.turn(30_000);
      expect(await code()).toBe(200);
    });

    it('the last one counts, also where the answer to an earlier read comes later', async () => {
      const slow = Promise.withResolvers<void>();
      await follow(async (now, nth) => {
        if (nth === 2) await slow.promise;
        return now;
      });
      tell();
      await soon(() => expect(reads).toBeGreaterThan(1));
      trust = ours();
      tell();
      await setImmediate();
      slow.resolve();
      expect(await code()).toBe(200);
      await setImmediate();
      expect(await code()).toBe(200);
    });
  });
});
