import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { certificatePem } from '../../src/adapters/certificates/issue.ts';
import { type ApiAnswer, ApiClient } from '../controlplane/api-client.ts';
import type { KeyPair } from '../controlplane/pki.ts';
import type { Tidecaster } from '../controlplane/tidecaster.ts';
import { aCa, aClient } from '../server/pki.ts';
import { type As, Environment } from './environment.ts';
import { eventually } from './eventually.ts';

const GROUP = '/apis/external.metrics.k8s.io/v1beta1';
const VIEWERS = `${GROUP}/namespaces/streaming/concurrent_viewers?labelSelector=service%3Dstreaming-service`;
const PODS = '/apis/custom.metrics.k8s.io/v1beta2/namespaces/streaming/pods/*/concurrent_viewers';
const HPA = 'system:serviceaccount:kube-system:horizontal-pod-autoscaler';

const environment = new Environment();
const { controlPlane, kubectl } = environment;
const { folder } = environment.shared;
let tidecaster: Tidecaster;

beforeAll(async () => {
  tidecaster = await environment.tidecaster({ name: 'tidecaster-access' });
  await tidecaster.start();
  await kubectl(['apply', '-f', '-'], READER);
});
afterAll(async () => {
  await kubectl(['delete', '--ignore-not-found', '-f', '-'], READER);
  await environment.close(tidecaster);
});

/** Two ServiceAccounts, one of them with the right to read one metric of one namespace. */
const READER = ['reader', 'stranger']
  .map((name) => `{apiVersion: v1, kind: ServiceAccount, metadata: {name: e2e-${name}, namespace: streaming}}`)
  .concat(
    `{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: e2e-reader, namespace: streaming}, rules: [
      {apiGroups: [external.metrics.k8s.io], resources: [concurrent_viewers], verbs: [list]},
      {apiGroups: [custom.metrics.k8s.io], resources: [pods/concurrent_viewers], verbs: [get]}]}`,
    `{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: e2e-reader, namespace: streaming},
      roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: e2e-reader},
      subjects: [{kind: ServiceAccount, name: e2e-reader, namespace: streaming}]}`,
  )
  .join('\n---\n');

const direct = (path: string, as?: As): Promise<ApiAnswer> => environment.direct(path, as);
const pki = (name: string): KeyPair => environment.identity(name);
const tokenOf = async (account: string): Promise<string> =>
  (await kubectl(['create', 'token', account, '--namespace=streaming', '--duration=1h'])).trim();
const bearing = (token: string): As => ({ headers: { authorization: `Bearer ${token}` } });

test('a ServiceAccount with the right reads with its bearer token, and only what it has the right to', async () => {
  const reader = bearing(await tokenOf('e2e-reader'));
  await eventually(async () => expect((await direct(VIEWERS, reader)).status).toBe(200));
  await eventually(async () => expect((await direct(PODS, reader)).status).toBe(200));
  const elsewhere = await direct(VIEWERS.replace('/streaming/', '/default/'), reader);
  expect([elsewhere.status, elsewhere.body]).toMatchObject([
    403,
    {
      kind: 'Status',
      reason: 'Forbidden',
      message:
        'concurrent_viewers.external.metrics.k8s.io is forbidden: User "system:serviceaccount:streaming:e2e-reader" cannot list resource "concurrent_viewers" in API group "external.metrics.k8s.io" in the namespace "default"',
    },
  ]);
});

test('a ServiceAccount without it is denied in the words of the API server itself', async () => {
  const token = await tokenOf('e2e-stranger');
  const ours = await direct(VIEWERS, bearing(token));
  expect(ours.status).toBe(403);
  const through = new ApiClient(controlPlane.server, { ca: readFileSync(controlPlane.ca) });
  try {
    const theirs = await through.send({ path: VIEWERS, headers: { authorization: `Bearer ${token}` } });
    expect(ours.body).toEqual(theirs.body);
  } finally {
    through.close();
  }
});

test.each([
  ['a token that nobody gave out', bearing('eyJhbGciOiJSUzI1NiJ9.e30.AA')],
  ['the certificate of the front proxy, which names nobody', { identity: pki('front-proxy-client') }],
])('%s is 401', async (_, as) => {
  const { status, body } = await direct(VIEWERS, as);
  expect([status, body]).toMatchObject([401, { kind: 'Status', reason: 'Unauthorized' }]);
});

test('nobody in particular reads nothing but health', async () => {
  const { status, body } = await direct(VIEWERS);
  expect(status).toBe(403);
  expect(body).toMatchObject({ message: expect.stringContaining('User "system:anonymous" cannot list') });
  // A server is ready when what the HPAs name was asked for, or after 20 s.
  await eventually(async () => expect((await direct('/readyz')).status).toBe(200));
  for (const path of ['/healthz', '/livez']) expect((await direct(path)).status).toBe(200);
});

test('client certificates of the cluster say who somebody is; headers beside them say nothing', async () => {
  expect((await direct(VIEWERS, { identity: pki('admin') })).status).toBe(200);
  const identity = pki('kube-scheduler');
  const headers = { 'x-remote-user': HPA, 'x-remote-group': 'system:masters' };
  const forged = await direct(VIEWERS, { identity, headers });
  expect(forged.status).toBe(403);
  expect(forged.body).toMatchObject({ message: expect.stringContaining('User "system:kube-scheduler" cannot') });
});

describe('a CA of clients that is rotated', () => {
  const path = '/api/v1/namespaces/kube-system/configmaps/extension-apiserver-authentication';
  const contentType = 'application/merge-patch+json';
  type ConfigMap = { data: Record<string, string> };
  let before: ConfigMap['data'];
  const trusting = (pem: string): Promise<unknown> =>
    controlPlane.api.ask({ method: 'PATCH', path, contentType, body: { data: { 'client-ca-file': pem } } });

  beforeAll(async () => {
    ({ data: before } = await controlPlane.api.ask<ConfigMap>({ path }));
  });
  afterAll(() => trusting(before['client-ca-file']!));

  test('counts as soon as the API server says so, and no longer when it is withdrawn', async () => {
    const ca = await aCa();
    const jane = await aClient(ca, 'jane');
    const identity = { certificate: join(folder, 'jane.crt'), key: join(folder, 'jane.key') };
    writeFileSync(identity.certificate, jane.certificatePem);
    writeFileSync(identity.key, jane.privateKeyPem);
    const status = async (): Promise<number> => (await direct(VIEWERS, { identity })).status;

    expect(await status()).toBe(401);
    await trusting(`${before['client-ca-file']}${certificatePem(ca)}`);
    await eventually(async () => expect(await status()).toBe(403));
    await trusting(before['client-ca-file']!);
    await eventually(async () => expect(await status()).toBe(401));
    // a watch that is refused is in the log; then reads every 30 s would have told
    expect(tidecaster.said).not.toContain('not followed');
  });
});

test('the front proxy speaks for the HPA controller, whose own right lets it read', async () => {
  const identity = pki('front-proxy-client');
  expect((await direct(VIEWERS, { identity, headers: { 'x-remote-user': HPA } })).status).toBe(200);
  expect((await direct(VIEWERS, { identity, headers: { 'x-remote-user': 'jane' } })).status).toBe(403);
});

test('through the aggregator the same rights count', async () => {
  const as = (...flags: string[]): Promise<string> => kubectl(['get', '--raw', VIEWERS, ...flags]);
  // The API server looks again each 30 s whether we are there.
  await eventually(async () => expect(await as(`--as=${HPA}`)).toContain('ExternalMetricValueList'), 60);
  await expect(as('--as=jane')).rejects.toThrow('cannot list resource "concurrent_viewers"');
});
