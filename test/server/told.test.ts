import { afterEach, expect, it } from '@jest/globals';
import { X509Certificate } from 'node:crypto';
import { UnavailableError } from '../../src/domain/errors.ts';
import type { KeyPair } from '../../src/ports/certificate-source.ts';
import type { ClientTrust } from '../../src/ports/client-trust.ts';
import type { ServingRecorder } from '../../src/ports/serving-recorder.ts';
import { oneRow } from '../app/a-source.ts';
import { type AnAccess, anAccess, trustIn } from './an-access.ts';
import { type AnApi, anApi } from './an-api.ts';
import { get } from './get.ts';
import { aCa, aClient, aServer } from './pki.ts';

const EXTERNAL = '/apis/external.metrics.k8s.io/v1beta1/namespaces/streaming/concurrent_viewers';
const ca = await aCa();
const [server, proxy] = await Promise.all([aServer(ca), aClient(ca, 'front-proxy-client')]);
const headers = { 'X-Remote-User': 'jane' };

let api: AnApi | undefined;
afterEach(async () => {
  await api?.close();
  api = undefined;
});

type Told = { [Key in keyof ServingRecorder]: Parameters<ServingRecorder[Key]>[0][] };

/** A server over TLS, and what it told under each name. */
async function start(about: AnAccess, read: () => KeyPair = () => server): Promise<{ api: AnApi; told: Told }> {
  const told = { answered: [], reviewed: [], trustRead: [], certificateShown: [] } as unknown as Told;
  api = await anApi({
    certificate: { read: () => Promise.resolve(read()) },
    access: anAccess({ frontProxy: trustIn(ca), ...about }),
    recorder: {
      answered: (answer) => told.answered.push(answer),
      reviewed: (review) => told.reviewed.push(review),
      trustRead: (at) => told.trustRead.push(at),
      certificateShown: (at) => told.certificateShown.push(at),
    },
  });
  api.source.answers(() => Promise.resolve(oneRow(1)));
  return { api, told };
}

it('answers are told by their API group; groups that are not ours, which anybody may make up, by none', async () => {
  const { api, told } = await start({});
  const paths = [
    EXTERNAL,
    '/apis/custom.metrics.k8s.io/v1beta2/namespaces/streaming/pods/*/m',
    '/apis/metrics.k8s.io/v1beta1/nodes',
    '/apis/made.up/v1/namespaces/streaming/pods',
    '/apis',
    '/healthz',
  ];
  for (const path of paths) await get({ port: api.port, path, client: proxy, headers });
  expect(told.answered.map(({ group, code }) => `${group} ${code}`)).toEqual([
    'external.metrics.k8s.io 200',
    'custom.metrics.k8s.io 404',
    'metrics.k8s.io 404',
    ' 404',
    ' 200',
  ]);
});

it('an answer is told with the time that it took', async () => {
  const { api, told } = await start({});
  api.source.answers(async () => {
    await api.clock.turn(300);
    return oneRow(1);
  });
  await get({ port: api.port, path: EXTERNAL, client: proxy, headers });
  expect(told.answered).toEqual([{ group: 'external.metrics.k8s.io', code: 200, seconds: expect.any(Number) }]);
  expect(told.answered[0]!.seconds).toBeGreaterThanOrEqual(0.3);
});

it('reviews are told by kind, and whether the API server said anything', async () => {
  const { api, told } = await start({
    tokens(token) {
      if (token === 'good') return { name: 'jane', uid: '', groups: [], extra: {} };
      throw new UnavailableError('no API server');
    },
    broad: false,
  });
  for (const token of ['good', 'bad']) {
    await get({ port: api.port, path: EXTERNAL, headers: { authorization: `Bearer ${token}` } });
  }
  expect(told.reviewed.map(({ kind, result }) => `${kind} ${result}`)).toEqual([
    'token ok',
    'access ok',
    'token error',
  ]);
});

it('trust is told each time that it could be read, so that one who cannot read it is seen', async () => {
  let down = false;
  const trust = { clientCaPem: null, frontProxy: trustIn(ca) };
  const read = (): Promise<ClientTrust> =>
    down ? Promise.reject(new UnavailableError('no API server')) : Promise.resolve(trust);
  const { api, told } = await start({ read });
  const started = told.trustRead[0]!;
  await api.clock.turn(30_000);
  down = true;
  await api.clock.turn(30_000);
  down = false;
  await api.clock.turn(30_000);
  expect(told.trustRead.map((at) => Math.round(at - started))).toEqual([0, 30, 90]);
});

it('the end of the certificate is that of the one that is shown, not of one that cannot be used', async () => {
  const next = await aServer(ca);
  const endOf = ({ certificatePem }: KeyPair): number =>
    new X509Certificate(certificatePem).validToDate.getTime() / 1000;
  let pair = server;
  const { api, told } = await start({}, () => pair);
  pair = { ...next, privateKeyPem: server.privateKeyPem };
  await api.clock.turn(5000);
  expect(told.certificateShown).toEqual([endOf(server)]);
  pair = next;
  await api.clock.turn(5000);
  expect(told.certificateShown).toEqual([endOf(server), endOf(next)]);
});
