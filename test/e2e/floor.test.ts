import { join } from 'node:path';
import type { Tidecaster } from '../controlplane/tidecaster.ts';
import { Environment } from './environment.ts';
import { eventually } from './eventually.ts';
import { Fixture, PolicyFolder, policyText } from './fixture.ts';

const environment = new Environment();
const { controlPlane, kubectl } = environment;
const folder = new PolicyFolder(join(environment.shared.folder, 'floor'));
const taken = new Fixture(controlPlane, 'e2e-taken');
const nightly = new Fixture(controlPlane, 'e2e-nightly');
let tidecaster: Tidecaster;

beforeAll(async () => {
  await taken.create(2);
  await nightly.create(1);
  folder.write('taken.yaml', policyText(taken.name, { minReplicas: 4 }));
  tidecaster = await environment.tidecaster({ flags: { policies: folder.path } });
  await tidecaster.start();
});
afterAll(async () => {
  await environment.close(tidecaster);
  await Promise.all([taken.delete(), nightly.delete()]);
});

/** The first full minute that is far enough away to see the floor before it. */
function soon(): number {
  return Math.ceil((Date.now() + 12_000) / 60_000) % 60;
}

describe('a policy takes an HPA', () => {
  test('its floor is in force, and the Deployment has so many pods', async () => {
    await eventually(async () => {
      expect(await taken.floor()).toBe(4);
      expect(await taken.replicas()).toBe(4);
    });
  });

  test('spec.minReplicas and one annotation belong to our field manager, and nothing else', async () => {
    const { metadata } = await eventually(async () => {
      const hpa = await taken.hpa();
      expect(hpa.metadata?.annotations).toEqual({ 'tidecaster.io/restore-min-replicas': '2' });
      return hpa;
    });
    const ours = (metadata?.managedFields ?? []).filter(({ manager }) => manager === 'tidecaster');
    expect(ours.map(({ operation, subresource, fieldsV1 }) => ({ operation, subresource, fieldsV1 }))).toEqual([
      {
        operation: 'Apply',
        subresource: undefined,
        fieldsV1: {
          'f:metadata': { 'f:annotations': { 'f:tidecaster.io/restore-min-replicas': {} } },
          'f:spec': { 'f:minReplicas': {} },
        },
      },
    ]);
  });

  test('Git cannot set the floor without force as long as the policy rules it, and the rest it can', async () => {
    await expect(taken.git(3)).rejects.toThrow(/conflict with "tidecaster"/);
    await taken.git(null);
    expect(await taken.floor()).toBe(4);
  });
});

test('the night window opens and closes, and the Deployment follows', async () => {
  const minute = soon();
  const night = { name: 'night', start: `${minute} * * * *`, end: `${(minute + 1) % 60} * * * *`, minReplicas: 1 };
  folder.write('nightly.yaml', policyText(nightly.name, { minReplicas: 3, schedules: [night] }));
  const floorIs = (floor: number) =>
    eventually(async () => {
      expect(await nightly.floor()).toBe(floor);
      expect(await nightly.replicas()).toBe(floor);
    }, 100);
  await floorIs(3);
  await floorIs(1);
  await floorIs(3);
}, 300_000);

test('a ConfigMap that is edited is in force without a restart', async () => {
  await tidecaster.stop();
  const mounted = await environment.tidecaster({ name: 'tidecaster-mounted' });
  await mounted.start();
  const edit = (minReplicas: number) =>
    kubectl([
      'patch',
      'configmap',
      'tidecaster-policies',
      '-n',
      'tidecaster-system',
      '--type=merge',
      '-p',
      JSON.stringify({ data: { 'e2e.yaml': policyText(taken.name, { minReplicas }) } }),
    ]);
  try {
    await edit(5);
    await mounted.pod.refresh();
    await eventually(async () => expect(await taken.floor()).toBe(5));
    await edit(6);
    await mounted.pod.refresh();
    await eventually(async () => expect(await taken.floor()).toBe(6));
  } finally {
    await kubectl([
      'patch',
      'configmap',
      'tidecaster-policies',
      '-n',
      'tidecaster-system',
      '--type=merge',
      '-p',
      '{"data":{"e2e.yaml":null}}',
    ]);
    await mounted.stop();
  }
});
