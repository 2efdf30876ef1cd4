import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { V1RoleBinding } from '@kubernetes/client-node';
import { NAMESPACE as OWN_NAMESPACE, type Tidecaster, runCertsJob } from '../controlplane/tidecaster.ts';
import { type As, Environment } from './environment.ts';
import { eventually, stays } from './eventually.ts';
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

/** What the product must do. @throws Error with what it says when it does not */
type Check = (tidecaster: Tidecaster) => Promise<void>;

async function whileRunning(...checks: Check[]): Promise<void> {
  const tidecaster = await environment.tidecaster({ flags: { policies: folder.path }, name: 'tidecaster-rights' });
  try {
    await tidecaster.start();
    for (const check of checks) await check(tidecaster);
  } finally {
    await tidecaster.stop();
  }
}

/** It may be refused for a moment and then let in: longer than the 2 s after which it tries again, in seconds. */
const AFTER_A_REFUSAL = 3;

/** Tries for a while, and not so long once the product has said that it is refused. */
async function works(tidecaster: Tidecaster, attempt: () => Promise<void>): Promise<void> {
  let end = performance.now() + 20_000;
  let refused = false;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      const errors = errorsIn(tidecaster.said);
      if (!refused && errors.includes(' cannot ')) {
        refused = true;
        end = Math.min(end, performance.now() + AFTER_A_REFUSAL * 1000);
      }
      if (performance.now() > end) throw new Error(`${String(error)}\n${errors}`, { cause: error });
    }
    await sleep(200);
  }
}

const errorsIn = (log: string): string =>
  log
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => (JSON.parse(line) as { error?: string }).error ?? '')
    .join('\n');

/** Where nothing is there yet, every right is needed. */
async function nothingIsThere(): Promise<void> {
  await fixture.delete();
  await api.send({
    method: 'DELETE',
    path: `/apis/coordination.k8s.io/v1/namespaces/${OWN_NAMESPACE}/leases/tidecaster`,
  });
  await fixture.create(2);
}

const theFloor: Check = (tidecaster) =>
  works(tidecaster, async () => {
    if ((await fixture.floor()) !== 4) throw new Error('the floor is not written');
  });

async function writesAFloor(): Promise<void> {
  await nothingIsThere();
  await whileRunning(theFloor);
}

const PODS = '/apis/custom.metrics.k8s.io/v1beta2/namespaces/streaming/pods/*/concurrent_viewers';
const NODES = '/apis/metrics.k8s.io/v1beta1/nodes';
const EXTERNAL = '/apis/external.metrics.k8s.io/v1beta1';

/** As the API server asks, but at once: it looks only now and then whether a server that was gone is there again. */
const answers =
  (path: string, as: As = ADMINISTRATOR): Check =>
  (tidecaster) =>
    works(tidecaster, async () => {
      const { status } = await environment.direct(path, as);
      if (status !== 200) throw new Error(`${path} is answered ${status}`);
    });

const answersTheApiServer =
  (path: string): Check =>
  async (tidecaster) => {
    await looksAgain(path);
    await eventually(async () => {
      const { status } = await api.send({ path });
      if (status !== 200) throw new Error(`the API server is answered ${status}\n${errorsIn(tidecaster.said)}`);
    });
  };

/** The API server asks again, at most half a minute later, a server that was gone; at once where its APIService has changed. */
async function looksAgain(path: string): Promise<void> {
  const [, , group, version] = path.split('/');
  const apiService = `/apis/apiregistration.k8s.io/v1/apiservices/${version}.${group}`;
  for (const value of ['now', null]) {
    const body = { metadata: { annotations: { 'e2e/look-again': value } } };
    await api.ask({ method: 'PATCH', path: apiService, body, contentType: 'application/merge-patch+json' });
  }
}

/** For whom the API server asks. */
const onBehalfOf = (user: string, group: string): As => ({
  identity: environment.identity('front-proxy-client'),
  headers: { 'x-remote-user': user, 'x-remote-group': group },
});
const ADMINISTRATOR = onBehalfOf('somebody', 'system:masters');
/** She may read the names of the metrics, as everybody may whom the API server knows. */
const JANE = onBehalfOf('jane', 'system:authenticated');

function readsPods(): Promise<void> {
  return whileRunning(answers(PODS));
}

function readsNodes(): Promise<void> {
  return whileRunning(answers(NODES));
}

function followsPods(): Promise<void> {
  return whileRunning(answers(PODS), noWatchIsRefused);
}

function followsNodes(): Promise<void> {
  return whileRunning(answers(NODES), noWatchIsRefused);
}

/** Without a watch each read is a list of its own, which answers too. */
async function noWatchIsRefused(tidecaster: Tidecaster): Promise<void> {
  await stays(async () => {
    // it says so when its first watch is refused
    const errors = errorsIn(tidecaster.said).split('\n');
    const refused = errors.find((error) => error.includes('cannot watch resource'));
    if (refused !== undefined) throw new Error(refused);
  }, 2);
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

test('without the Role that shows whose certificates to believe, nobody is let in', async () => {
  await withoutBinding(`${RBAC}/namespaces/kube-system/rolebindings/tidecaster-authentication-reader`, () =>
    expect(whileRunning(answers(EXTERNAL))).rejects.toThrow('cannot get resource "configmaps"'),
  );
}, 120_000);

test('without the ClusterRole that lets it ask who may read what, nobody is', async () => {
  await withoutBinding(`${RBAC}/clusterrolebindings/tidecaster-auth-delegator`, () =>
    expect(whileRunning(answers(EXTERNAL, JANE))).rejects.toThrow('cannot create resource "subjectaccessreviews"'),
  );
}, 120_000);

test.each(NAMES)(
  'without %s it does not work, and says so',
  async (name) => {
    const grant = (await grants(api)).find((each) => grantName(each) === name) as Grant;
    const giveBack = await withhold(api, grant);
    try {
      await sleep(500); // the authorizer follows by a watch
      await expect(PURPOSE[name]()).rejects.toThrow(`cannot ${grant.verb} resource "${grant.resource}"`);
    } finally {
      await giveBack();
    }
  },
  120_000,
);

test('with all that was taken away and given back, all of it works', async () => {
  await sleep(500); // the authorizer follows by a watch
  await makesACertificate();
  await nothingIsThere();
  const reads = [PODS, NODES, EXTERNAL].flatMap((path) => [answers(path), answersTheApiServer(path)]);
  await whileRunning(theFloor, ...reads, answers(EXTERNAL, JANE), noWatchIsRefused);
}, 180_000);

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
