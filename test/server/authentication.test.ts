import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Agent } from 'node:https';
import { certificatePem, type Pair } from '../../src/adapters/certificates/issue.ts';
import { UnavailableError } from '../../src/domain/errors.ts';
import type { KeyPair } from '../../src/ports/certificate-source.ts';
import type { FrontProxyTrust } from '../../src/ports/front-proxy.ts';
import { type AnApi, anApi } from './an-api.ts';
import { get } from './get.ts';
import { aCa, aClient, aServer } from './pki.ts';

const METRIC = '/apis/external.metrics.k8s.io/v1beta1/namespaces/streaming/concurrent_viewers';
const USER = { 'X-Remote-User': 'system:serviceaccount:kube-system:horizontal-pod-autoscaler' };
const UNAUTHORIZED = {
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  message: 'Unauthorized',
  reason: 'Unauthorized',
  code: 401,
};

describe('front-proxy authentication', () => {
  let proxyCa: Pair;
  let otherCa: Pair;
  let server: KeyPair;
  let proxy: KeyPair;
  beforeAll(async () => {
    [proxyCa, otherCa] = await Promise.all([aCa(), aCa()]);
    [server, proxy] = await Promise.all([aServer(otherCa), aClient(proxyCa, 'front-proxy-client')]);
  });
  let api: AnApi | undefined;
  afterEach(async () => {
    await api?.close();
    api = undefined;
  });

  const trustIn = (ca: Pair, about: Partial<FrontProxyTrust> = {}): FrontProxyTrust => ({
    clientCaPem: certificatePem(ca),
    allowedNames: ['front-proxy-client'],
    usernameHeaders: ['X-Remote-User'],
    groupHeaders: ['X-Remote-Group'],
    extraHeaderPrefixes: ['X-Remote-Extra-'],
    ...about,
  });
  const start = async (read: () => Promise<FrontProxyTrust>): Promise<AnApi> => {
    api = await anApi({
      certificate: { read: () => Promise.resolve(server) },
      authentication: { type: 'front-proxy', source: { read } },
    });
    return api;
  };

  it('lets in whom the front proxy vouches for', async () => {
    const { port } = await start(() => Promise.resolve(trustIn(proxyCa)));
    const { code } = await get({ port, path: METRIC, client: proxy, headers: USER });
    expect(code).toBe(200);
  });

  it('knows the client of a resumed TLS session as well', async () => {
    const { port } = await start(() => Promise.resolve(trustIn(proxyCa)));
    const agent = new Agent({ keepAlive: false });
    const codes = [];
    for (let turn = 0; turn < 3; turn++) {
      codes.push((await get({ port, path: METRIC, client: proxy, headers: USER, agent })).code);
    }
    expect(codes).toEqual([200, 200, 200]);
    agent.destroy();
  });

  it.each<[string, () => Promise<KeyPair> | undefined, Record<string, string>, Partial<FrontProxyTrust>]>([
    ['forged headers without a certificate', () => undefined, USER, {}],
    ['forged headers without a certificate, where any name is allowed', () => undefined, USER, { allowedNames: [] }],
    ['a certificate of another CA', () => aClient(otherCa, 'front-proxy-client'), USER, {}],
    ['a certificate of another CA, where any name is allowed', () => aClient(otherCa, 'x'), USER, { allowedNames: [] }],
    ['a certificate with a name that is not allowed', () => aClient(proxyCa, 'somebody'), USER, {}],
    ['a certificate for servers', () => aClient(proxyCa, 'front-proxy-client', 'serverAuth'), USER, {}],
    ['no user', () => Promise.resolve(proxy), {}, {}],
    ['an empty user', () => Promise.resolve(proxy), { 'X-Remote-User': '' }, {}],
    ['a user in a header that does not count', () => Promise.resolve(proxy), { 'X-Other-User': 'me' }, {}],
    ['a front proxy that names no header', () => Promise.resolve(proxy), USER, { usernameHeaders: [] }],
  ])('refuses %s with a 401 Status', async (_name, client, headers, about) => {
    const { port } = await start(() => Promise.resolve(trustIn(proxyCa, about)));
    const pair = await client();
    for (const path of [METRIC, '/apis', '/openapi/v2', '/version', '/nowhere']) {
      const answer = await get({ port, path, headers, ...(pair && { client: pair }) });
      expect([answer.code, answer.json()]).toEqual([401, UNAUTHORIZED]);
    }
  });

  it('takes any name of the CA where none is listed, and any of the headers that carry a user', async () => {
    const trust = trustIn(proxyCa, { allowedNames: [], usernameHeaders: ['X-First', 'X-Remote-User'] });
    const { port } = await start(() => Promise.resolve(trust));
    const { code } = await get({ port, path: METRIC, client: await aClient(proxyCa, 'somebody'), headers: USER });
    expect(code).toBe(200);
  });

  it('answers health endpoints to everyone', async () => {
    const { port } = await start(() => Promise.resolve(trustIn(proxyCa)));
    for (const path of ['/healthz', '/livez', '/readyz']) {
      expect(await get({ port, path })).toMatchObject({ code: 200, text: 'ok' });
    }
  });

  it('lets nobody in before it knows whom to trust, also not who has a certificate of a public CA, and learns it soon', async () => {
    let read = (): Promise<FrontProxyTrust> => Promise.reject(new UnavailableError('no API server'));
    const { port, clock } = await start(() => read());
    expect((await get({ port, path: METRIC, client: proxy, headers: USER })).code).toBe(401);
    read = () => Promise.resolve(trustIn(proxyCa));
    await clock.turn(2000);
    expect((await get({ port, path: METRIC, client: proxy, headers: USER })).code).toBe(200);
  });

  it('follows a rotated CA within 30 s, and keeps the last one while it cannot be read', async () => {
    let read = (): Promise<FrontProxyTrust> => Promise.resolve(trustIn(proxyCa));
    const { port, clock } = await start(() => read());
    const next = await aClient(otherCa, 'front-proxy-client');
    const agent = new Agent({ keepAlive: true });
    const codes = async (): Promise<number[]> => [
      (await get({ port, path: METRIC, client: proxy, headers: USER, agent })).code,
      (await get({ port, path: METRIC, client: next, headers: USER })).code,
    ];
    expect(await codes()).toEqual([200, 401]);
    read = () => Promise.reject(new UnavailableError('no API server'));
    await clock.turn(30_000);
    expect(await codes()).toEqual([200, 401]);
    read = () => Promise.resolve(trustIn(otherCa));
    await clock.turn(30_000);
    await new Promise((resolve) => setImmediate(resolve));
    expect(await codes()).toEqual([401, 200]);
    agent.destroy();
  });
});

describe('the serving certificate', () => {
  it('is shown anew when it changes; one that does not fit its key changes nothing', async () => {
    const [ca, nextCa] = await Promise.all([aCa(), aCa()]);
    const [first, second] = await Promise.all([aServer(ca), aServer(nextCa)]);
    let pair = first;
    const api = await anApi({ certificate: { read: () => Promise.resolve(pair) } });
    const shown = (caPem: string): Promise<number> =>
      get({ port: api.port, path: '/healthz', caPem }).then(
        ({ code }) => code,
        () => 0,
      );
    expect(await shown(certificatePem(ca))).toBe(200);
    pair = { certificatePem: second.certificatePem, privateKeyPem: first.privateKeyPem };
    await api.clock.turn(5000);
    expect(await shown(certificatePem(ca))).toBe(200);
    pair = second;
    await api.clock.turn(5000);
    expect([await shown(certificatePem(ca)), await shown(certificatePem(nextCa))]).toEqual([0, 200]);
    await api.close();
  });

  it('that does not fit its key refuses to start, in a sentence', async () => {
    const ca = await aCa();
    const [one, other] = await Promise.all([aServer(ca), aServer(ca)]);
    const read = (): Promise<KeyPair> => Promise.resolve({ ...one, privateKeyPem: other.privateKeyPem });
    await expect(anApi({ certificate: { read } })).rejects.toThrow(
      'the serving certificate and its key cannot be used together',
    );
  });
});
