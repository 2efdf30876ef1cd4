import { join } from 'node:path';
import type { V1Lease } from '@kubernetes/client-node';
import { NAMESPACE, type Tidecaster } from '../controlplane/tidecaster.ts';
import { Environment } from './environment.ts';
import { eventually } from './eventually.ts';
import { Fixture, PolicyFolder, policyText } from './fixture.ts';

const environment = new Environment();
const { controlPlane } = environment;
const { api } = controlPlane;
const folder = new PolicyFolder(join(environment.shared.folder, 'lease'));
const fixture = new Fixture(controlPlane, 'e2e-lease');
let one: Tidecaster;
let other: Tidecaster;

beforeAll(async () => {
  await fixture.create(2);
  folder.write('policy.yaml', policyText(fixture.name, { minReplicas: 3 }));
  const flags = { policies: folder.path };
  one = await environment.tidecaster({ flags, name: 'tidecaster-one' });
  other = await environment.tidecaster({
    flags: { ...flags, identity: 'tidecaster-other', 'secure-port': '6444', 'http-port': '8081' },
    name: 'tidecaster-other',
  });
  await one.start();
  await eventually(async () => expect(await fixture.floor()).toBe(3));
  await other.start();
});
afterAll(async () => {
  await environment.close(other);
  await fixture.delete();
});

const holder = async (): Promise<string | undefined> => {
  const path = `/apis/coordination.k8s.io/v1/namespaces/${NAMESPACE}/leases/tidecaster`;
  return (await api.ask<V1Lease>({ path })).spec?.holderIdentity;
};

test('of two replicas the holder of the Lease alone writes, and the other takes over when it ends', async () => {
  const first = await holder();
  folder.write('policy.yaml', policyText(fixture.name, { minReplicas: 5 }));
  await eventually(async () => expect(await fixture.floor()).toBe(5));
  expect(other.said).not.toContain('floor written');

  await one.stop();
  folder.write('policy.yaml', policyText(fixture.name, { minReplicas: 6 }));
  await eventually(async () => expect(await fixture.floor()).toBe(6));
  expect(other.said).toContain('floor written');
  expect(await holder()).not.toBe(first);
});

test('also when the holder is killed: once its time is over', async () => {
  await one.start();
  await other.stop('SIGKILL');
  folder.write('policy.yaml', policyText(fixture.name, { minReplicas: 7 }));
  await eventually(async () => expect(await fixture.floor()).toBe(7));
  expect(one.said).toContain('floor written');
  await one.stop();
});
