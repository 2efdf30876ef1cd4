import { join } from 'node:path';
import type { KubernetesObject, V1Secret } from '@kubernetes/client-node';
import { NAMESPACE, REPOSITORY, type Tidecaster, runCertsJob } from '../controlplane/tidecaster.ts';
import { API_SERVICE, Environment } from './environment.ts';
import { eventually } from './eventually.ts';
import { readHpa } from './hpa.ts';

const environment = new Environment();
const { controlPlane, kubectl, processes } = environment;
const { api } = controlPlane;
/** What setup.ts has applied, with --validate=strict. */
const APPLIED = [
  join(environment.shared.folder, 'apiservice'),
  join(REPOSITORY, 'k8s-manifests'),
  join(REPOSITORY, 'policies'),
];
let tidecaster: Tidecaster;

beforeAll(async () => {
  tidecaster = await environment.tidecaster();
  await tidecaster.start();
});
afterAll(() => environment.close(tidecaster));

const SECRET = `/api/v1/namespaces/${NAMESPACE}/secrets/tidecaster-serving`;

type ApiService = { metadata: { managedFields: { manager: string; fieldsV1: object }[] }; spec: { caBundle?: string } };

test('each of the six policies is in force on its HPA', async () => {
  for (const name of [
    'streaming-service',
    'cdn-gateway',
    'video-api',
    'user-service',
    'recommendation-engine',
    'analytics-service',
  ]) {
    await eventually(async () => {
      const { metadata } = await readHpa(api, 'streaming', `${name}-hpa`);
      expect(metadata?.managedFields?.map(({ manager }) => manager)).toContain('tidecaster');
    });
  }
});

test('applying the manifests again changes nothing: not the certificate, not the caBundle, not a floor', async () => {
  const certificate = await api.ask<V1Secret>({ path: SECRET });
  expect(Object.keys(certificate.data ?? {})).toEqual(expect.arrayContaining(['tls.crt', 'tls.key']));
  for (const path of APPLIED) {
    const before = await content(path);
    await kubectl(['apply', '-k', path, '--validate=strict']);
    expect(await content(path)).toEqual(before);
  }
});

/** The objects of a kustomization as they stand, without what changes by itself. */
async function content(path: string): Promise<unknown[]> {
  type One = KubernetesObject & { status?: unknown };
  const answer = JSON.parse(await kubectl(['get', '-k', path, '-o', 'json'])) as One & { items?: One[] };
  // kubectl makes no list of a kustomization that is one object.
  return (answer.items ?? [answer]).map((item) => {
    const { metadata, ...rest } = { ...item, status: undefined };
    const { name, namespace, labels, annotations = {} } = metadata ?? {};
    const own = Object.entries(annotations).filter(([key]) => !key.startsWith('deployment.kubernetes.io/'));
    return { ...rest, metadata: { name, namespace, labels, annotations: own } };
  });
}

test('the caBundle belongs to a field manager of its own, and making the certificate again changes nothing', async () => {
  const before = await api.ask<ApiService>({ path: API_SERVICE });
  const owners = before.metadata.managedFields.filter(({ fieldsV1 }) =>
    JSON.stringify(fieldsV1).includes('f:caBundle'),
  );
  expect(owners.map(({ fieldsV1 }) => fieldsV1)).toEqual([{ 'f:spec': { 'f:caBundle': {} } }]);
  await runCertsJob(controlPlane, processes, join(environment.shared.folder, 'certs-again'));
  expect((await api.ask<ApiService>({ path: API_SERVICE })).spec).toEqual(before.spec);
});
