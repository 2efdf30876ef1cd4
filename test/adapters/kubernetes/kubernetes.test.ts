/** What the contract on a real API server (test/e2e) does not reach: failures, pages, connections, races, exact bytes. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kubernetesClient } from '../../../src/adapters/kubernetes/client.ts';
import { kubernetesCluster } from '../../../src/adapters/kubernetes/cluster.ts';
import { kubernetesLeaseStore } from '../../../src/adapters/kubernetes/lease-store.ts';
import {
  kubernetesCertificateStore,
  kubernetesTrustAnchor,
} from '../../../src/adapters/kubernetes/serving-certificate.ts';
import {
  ConflictError,
  ForbiddenError,
  InvalidError,
  NotFoundError,
  UnavailableError,
  describeError,
} from '../../../src/domain/errors.ts';
import type { Cluster } from '../../../src/ports/cluster.ts';
import type { StoredCertificate } from '../../../src/ports/serving-certificate.ts';
import { type Answer, FakeApiServer, kubeconfig, failure, status } from './fake-api-server.ts';

let server: FakeApiServer;
let cluster: Cluster;
beforeEach(async () => {
  server = await FakeApiServer.start();
  cluster = kubernetesCluster(await server.client());
});
afterEach(() => server[Symbol.asyncDispose]());

describe('errors of the API server', () => {
  it.each([
    [400, InvalidError],
    [403, ForbiddenError],
    [404, NotFoundError],
    [409, ConflictError],
    [422, InvalidError],
    [429, UnavailableError],
    [500, UnavailableError],
    [503, UnavailableError],
  ])('%i is our error, with the message of the Status', async (code, errorClass) => {
    server.answer = () => status(code, 'because I say so', { reason: 'Because' });
    const error = await failure(cluster.hpas());
    expect(error).toBeInstanceOf(errorClass);
    expect(describeError(error)).toBe(
      `cannot list horizontalpodautoscalers of all namespaces: because I say so: HTTP ${code} Because`,
    );
  });

  it('is forbidden where the credentials are not taken, which client-node says without the Status', async () => {
    server.answer = () => status(401, 'Unauthorized');
    const error = await failure(cluster.hpas());
    expect(error).toBeInstanceOf(ForbiddenError);
    expect(describeError(error)).toContain('the API server answered 401');
  });

  it('copes with an error page that is not a Status', async () => {
    server.answer = () => ({ code: 502, body: '<html>Bad Gateway</html>' });
    const error = await failure(cluster.hpas());
    expect(error).toBeInstanceOf(UnavailableError);
    expect(describeError(error)).toContain('the API server answered 502');
  });

  it.each([
    ['is not JSON', { code: 200, body: 'welcome' } as const, 'cannot be reached, or answers nonsense'],
    ['does not come', 'nothing' as const, 'did not answer in time'],
  ])('is unavailable when the answer %s', async (_, answer, text) => {
    server.answer = () => answer;
    const error = await failure(cluster.hpas());
    expect(error).toBeInstanceOf(UnavailableError);
    expect(describeError(error)).toContain(text);
  });

  it('gives a write a deadline too', async () => {
    server.answer = () => 'nothing';
    expect(await failure(cluster.applyFloor(floor))).toBeInstanceOf(UnavailableError);
  });

  it('is unavailable when nobody listens', async () => {
    const gone = await FakeApiServer.start();
    const nobody = kubernetesCluster(await gone.client());
    await gone[Symbol.asyncDispose]();
    const error = await failure(nobody.hpas());
    expect(error).toBeInstanceOf(UnavailableError);
    expect(describeError(error)).toContain('ECONNREFUSED');
  });
});

describe('kubernetesClient', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kubeconfig-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it.each([
    ['that is no YAML', '}{', 'cannot read the kubeconfig'],
    ['without a context', 'apiVersion: v1\nkind: Config\n', 'names no cluster with a server URL'],
    ['with a server that is no URL', kubeconfig('somewhere'), 'got somewhere'],
  ])('refuses a file %s', async (_, content, text) => {
    const file = join(folder, 'kubeconfig');
    await writeFile(file, content);
    const error = await failure(Promise.resolve().then(() => kubernetesClient({ kubeconfig: file })));
    expect(error).toBeInstanceOf(InvalidError);
    expect(describeError(error)).toContain(text);
    expect(describeError(error)).toContain(file);
  });

  it('refuses a file that is not there, and to guess where no pod is', () => {
    const file = join(folder, 'missing');
    expect(() => kubernetesClient({ kubeconfig: file })).toThrow(`cannot read the kubeconfig ${file}`);
    expect(() => kubernetesClient()).toThrow('KUBERNETES_SERVICE_HOST is not set');
  });

  it('knows its server and namespace', async () => {
    expect(await server.client()).toMatchObject({ server: server.url, namespace: 'here' });
  });

  it('uses connections again, where client-node opens one for each call', async () => {
    server.answer = () => ({ code: 200, body: { items: [] } });
    for (let call = 0; call < 10; call += 1) await cluster.hpas();
    expect(server.received).toHaveLength(10);
    expect(server.connections).toBeLessThanOrEqual(3);
  });
});

describe('reading HPAs', () => {
  const named = (name: string): object => ({
    metadata: { namespace: 'ns', name, uid: name },
    spec: { maxReplicas: 9 },
  });

  it('reads page after page', async () => {
    const pages: Record<string, object> = {
      start: { items: [named('a'), named('b')], metadata: { continue: 'two' } },
      two: { items: [named('c')], metadata: {} },
    };
    server.answer = ({ query }) => ({ code: 200, body: pages[query.get('continue') ?? 'start'] ?? {} });
    const names = (await cluster.hpas()).map((hpa) => hpa.target.name);
    expect(names).toEqual(['a', 'b', 'c']);
    expect(server.received.map(({ query }) => query.get('limit'))).toEqual(['500', '500']);
  });

  it('reads the given namespaces and no other', async () => {
    server.answer = ({ path }) => ({ code: 200, body: { items: [named(path)] } });
    const some = kubernetesCluster(await server.client(), ['x', 'y']);
    const path = (namespace: string): string => `/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers`;
    expect((await some.hpas()).map((hpa) => hpa.target.name)).toEqual([path('x'), path('y')]);
  });
});

const target = { namespace: 'ns', name: 'hpa' };
const floor = { target, uid: 'u-1', minReplicas: 3, restoreMinReplicas: 3 };
const PATH = '/apis/autoscaling/v2/namespaces/ns/horizontalpodautoscalers/hpa';

describe('applyFloor', () => {
  it('says what is ours and nothing else', async () => {
    await cluster.applyFloor({ ...floor, minReplicas: 5 });
    const [received] = server.received;
    expect(received).toMatchObject({
      method: 'PATCH',
      path: PATH,
      contentType: 'application/apply-patch+yaml',
      body: {
        apiVersion: 'autoscaling/v2',
        kind: 'HorizontalPodAutoscaler',
        metadata: { ...target, uid: 'u-1', annotations: { 'tidecaster.io/restore-min-replicas': '3' } },
        spec: { minReplicas: 5 },
      },
    });
    expect(Object.fromEntries(received!.query)).toEqual({ fieldManager: 'tidecaster', force: 'true' });
  });

  it('leaves out the annotation where the restore value was lost', async () => {
    await cluster.applyFloor({ ...floor, restoreMinReplicas: null });
    expect(server.received[0]?.body).toHaveProperty('metadata', { ...target, uid: 'u-1' });
  });
});

describe('kubernetesLeaseStore', () => {
  it('writes times with six digits, as metav1.MicroTime wants them, and the version that was read', async () => {
    const store = kubernetesLeaseStore(await server.client(), { namespace: 'ns', name: 'l' });
    const record = {
      holderIdentity: 'a',
      leaseDurationSeconds: 15,
      acquireTime: 0,
      renewTime: 1_005,
      leaseTransitions: 2,
    };
    await store.write(record, { ...record, resourceVersion: '7' });
    expect(server.received[0]).toMatchObject({
      contentType: 'application/merge-patch+json',
      body: {
        metadata: { resourceVersion: '7' },
        spec: {
          holderIdentity: 'a',
          acquireTime: '1970-01-01T00:00:00.000000Z',
          renewTime: '1970-01-01T00:00:01.005000Z',
        },
      },
    });
  });
});

describe('the serving certificate', () => {
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  const certificate = { certificatePem: 'cert', privateKeyPem: 'key', caPem: 'ca' };
  const data = { 'tls.crt': base64('cert'), 'tls.key': base64('key'), 'ca.crt': base64('ca') };
  const secret = { namespace: 'ns', name: 's' };

  it.each<[string, Answer, StoredCertificate]>([
    ['a Secret', { code: 200, body: { data, metadata: { resourceVersion: '7' } } }, { certificate, version: '7' }],
    [
      'an empty Secret',
      { code: 200, body: { metadata: { resourceVersion: '7' } } },
      { certificate: null, version: '7' },
    ],
    ['no Secret', status(404, 'not found'), { certificate: null, version: null }],
  ])('is read from %s', async (_, answer, stored) => {
    server.answer = () => answer;
    expect(await kubernetesCertificateStore(await server.client(), secret).read()).toEqual(stored);
  });

  it.each([
    ['7', { ...secret, resourceVersion: '7' }],
    [null, secret],
  ])('is written over version %s and no other', async (version, metadata) => {
    await kubernetesCertificateStore(await server.client(), secret).write(certificate, { certificate: null, version });
    expect(server.received[0]).toMatchObject({ contentType: 'application/apply-patch+yaml' });
    expect(server.received[0]?.body).toEqual({ apiVersion: 'v1', kind: 'Secret', metadata, data });
  });

  it('is trusted by an apply of caBundle alone, for this APIService as it was read', async () => {
    const anchor = kubernetesTrustAnchor(await server.client(), 'v1.x.io');
    await anchor.write('ca', { caPem: '', otherWriter: null, uid: 'u-1', version: '7' });
    expect(server.received[0]?.body).toEqual({
      apiVersion: 'apiregistration.k8s.io/v1',
      kind: 'APIService',
      metadata: { name: 'v1.x.io', uid: 'u-1', resourceVersion: '7' },
      spec: { caBundle: base64('ca') },
    });
    expect(server.received[0]?.query.get('fieldManager')).toBe('tidecaster-certs');
  });
});
