import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { V1RoleBinding } from '@kubernetes/client-node';
import { NAMESPACE as OWN_NAMESPACE, runCertsJob } from '../controlplane/tidecaster.ts';
import { Environment } from './environment.ts';
import { eventually } from './eventually.ts';
import { Fixture, PolicyFolder, policyText } from './fixture.ts';
import { type Grant, grantName, grants, withhold } from './roles.ts';

/** What each right is for: what does not work without it. A right that is not here must not be granted. */
const PURPOSE = {
  'ClusterRole tidecaster: list horizontalpodautoscalers': writesAFloor,
  'ClusterRole tidecaster: watch horizontalpodautoscalers': followsPods,
  'ClusterRole tidecaster: patch horizontalpodautoscalers': writesAFloor,
  'ClusterRole tidecaster: list pods': readsPods,
  'ClusterRole tidecaster: watch pods': followsPods,
  'ClusterRole tidecaster-resource-metrics: list nodes': readsNodes,
  'ClusterRole tidecaster-resource-metrics: watch nodes': followsNodes,
  'Role tidecaster-lease: get leases': writesAFloor,
  'Role tidecaster-lease: create leases': writesAFloor,
  'Role tidecaster-lease: patch leases': writesAFloor,
  'ClusterRole tidecaster-certs: get apiservices': makesACertificate,
  'ClusterRole tidecaster-certs: patch apiservices': makesACertificate,
  'Role tidecaster-certs: get secrets': makesACertificate,
  'Role tidecaster-certs: patch secrets': makesACertificate,
} as const;
type Name = keyof typeof PURPOSE;
const NAMES = Object.keys(PURPOSE) as Name[];

const environment = new Environment();
const { controlPlane, processes } = environment;
const { api } = controlPlane;
const folder = new PolicyFolder(join(environment.shared.folder, 'rights'));
const fixture = new Fixture(controlPlane, 'e2e-rights');

const RBAC = '/apis/rbac.authorization.k8s.io/v1';

beforeAll(() => folder.write('policy.yaml', policyText(fixture.name, { minReplicas: 4 })));
afterAll(async () => {
  await fixture.delete();
  await environment.close();
});

/** Starts where nothing is there yet, so that every right is needed. @throws Error with what the product says when it fails */
async function writesAFloor(): Promise<void> {
  await fixture.delete();
  await api.send({
    method: 'DELETE',
    path: `/apis/coordination.k8s.io/v1/namespaces/${OWN_NAMESPACE}/leases/tidecaster`,
  });
  await fixture.create(2);
  const tidecaster = await environment.tidecaster({ flags: { policies: folder.path }, name: 'tidecaster-rights' });
  await tidecaster.start();
  try {
    await eventually(async () => {
      if ((await fixture.floor()) !== 4) throw new Error(`the floor is not written\n${errorsIn(tidecaster.said)}`);
    }, 6);
  } finally {
    await tidecaster.stop();
  }
}

const errorsIn = (log: string): string =>
  log
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => (JSON.parse(line) as { error?: string }).error ?? '')
    .join('\n');

const PODS = '/apis/custom.metrics.k8s.io/v1beta2/namespaces/streaming/pods/*/concurrent_viewers';
const NODES = '/apis/metrics.k8s.io/v1beta1/nodes';

function readsPods(): Promise<void> {
  return reads(PODS);
}

function readsNodes(): Promise<void> {
  return reads(NODES);
}

function followsPods(): Promise<void> {
  return reads(PODS, noWatchIsRefused);
}

function followsNodes(): Promise<void> {
  return reads(NODES, noWatchIsRefused);
}

/** Without a watch each read is a list of its own, which answers too. @throws Error with what the product says about it */
async function noWatchIsRefused(said: () => string): Promise<void> {
  await sleep(2000); // it says so when its first watch is refused
  const errors = errorsIn(said()).split('\n');
  const refused = errors.find((error) => error.includes('cannot watch resource'));
  if (refused !== undefined) throw new Error(refused);
}

/** @throws Error with what the product says when it cannot */
async function reads(path: string, then = async (_said: () => string): Promise<void> => {}): Promise<void> {
  const tidecaster = await environment.tidecaster({ flags: { policies: folder.path }, name: 'tidecaster-rights' });
  await tidecaster.start();
  try {
    await eventually(async () => {
      const { status } = await api.send({ path });
      if (status !== 200) throw new Error(`the API server is answered ${status}\n${errorsIn(tidecaster.said)}`);
    }, 20);
    await then(() => tidecaster.said);
  } finally {
    await tidecaster.stop();
  }
}

/** as: somebody who may read the group in the cluster, so that the API server passes the read on. */
async function answersTheApiServer(as?: string): Promise<void> {
  const tidecaster = await environment.tidecaster({ flags: { policies: folder.path }, name: 'tidecaster-rights' });
  try {
    await tidecaster.start();
    await eventually(async () => {
      const headers = as === undefined ? {} : { 'impersonate-user': as, 'impersonate-group': 'system:authenticated' };
      const { status } = await api.send({ path: '/apis/external.metrics.k8s.io/v1beta1', headers });
      if (status !== 200) throw new Error(`the API server is answered ${status}\n${errorsIn(tidecaster.said)}`);
    }, 20);
  } finally {
    await tidecaster.stop();
  }
}

async function makesACertificate(): Promise<void> {
  const body = { data: null };
  const path = `/api/v1/namespaces/${OWN_NAMESPACE}/secrets/tidecaster-serving`;
  await api.ask({ method: 'PATCH', path, body, contentType: 'application/merge-patch+json' });
  await runCertsJob(controlPlane, processes, join(environment.shared.folder, 'certs-again'));
}

test('the roles grant what is listed here and no more, nothing by a wildcard', async () => {
  const given = await grants(api);
  expect(given.map(grantName).toSorted()).toEqual([...NAMES].toSorted());
  const words = given.flatMap(({ rules }) => rules.flatMap((rule) => Object.values(rule) as string[][])).flat();
  expect(words).not.toContain('*');
});

test.each(NAMES)(
  'without %s it does not work, and says so; with it, it does',
  async (name) => {
    const grant = (await grants(api)).find((each) => grantName(each) === name) as Grant;
    const giveBack = await withhold(api, grant);
    try {
      await sleep(500); // the authorizer follows by a watch
      await expect(PURPOSE[name]()).rejects.toThrow(`cannot ${grant.verb} resource "${grant.resource}"`);
    } finally {
      await giveBack();
      await sleep(500);
    }
    await PURPOSE[name]();
  },
  120_000,
);

test('without the Role that shows whose certificates to believe, nobody is let in', async () => {
  await withoutBinding(`${RBAC}/namespaces/kube-system/rolebindings/tidecaster-authentication-reader`, () =>
    expect(answersTheApiServer()).rejects.toThrow('cannot get resource "configmaps"'),
  );
  await answersTheApiServer();
}, 120_000);

test('without the ClusterRole that lets it ask who may read what, nobody is', async () => {
  await withoutBinding(`${RBAC}/clusterrolebindings/tidecaster-auth-delegator`, () =>
    expect(answersTheApiServer('jane')).rejects.toThrow('cannot create resource "subjectaccessreviews"'),
  );
}, 120_000);

async function withoutBinding(path: string, work: () => Promise<void>): Promise<void> {
  const { kind, roleRef, subjects, metadata } = await api.ask<V1RoleBinding>({ path });
  await api.ask({ method: 'DELETE', path });
  try {
    await sleep(500); // the authorizer follows by a watch
    await work();
  } finally {
    const { name, namespace, labels, annotations } = metadata ?? {};
    const body = { kind, metadata: { name, namespace, labels, annotations }, roleRef, subjects };
    const folder = path.slice(0, path.lastIndexOf('/'));
    await api.ask({ method: 'POST', path: folder, body: { apiVersion: 'rbac.authorization.k8s.io/v1', ...body } });
    await sleep(500);
  }
}
