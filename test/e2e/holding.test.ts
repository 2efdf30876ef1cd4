import { join } from 'node:path';
import type { Tidecaster } from '../controlplane/tidecaster.ts';
import { Environment } from './environment.ts';
import { eventually, stays } from './eventually.ts';
import { Fixture, PolicyFolder, policyText } from './fixture.ts';

/** Longer than the time after which a policy that is gone is let go (5 s in these tests), and two heartbeats (2 s). */
const PAST_LETTING_GO = 11;

const environment = new Environment();
const { controlPlane } = environment;
const folder = new PolicyFolder(join(environment.shared.folder, 'holding'));
const first = new Fixture(controlPlane, 'e2e-first');
const second = new Fixture(controlPlane, 'e2e-second');
let tidecaster: Tidecaster;

/** Both HPAs governed, each by a file of its own. */
beforeEach(async () => {
  await Promise.all([first.create(2), second.create(2)]);
  folder.write('first.yaml', policyText(first.name, { minReplicas: 4 }));
  folder.write('second.yaml', policyText(second.name, { minReplicas: 5 }));
  tidecaster = await environment.tidecaster({ flags: { policies: folder.path } });
  await tidecaster.start();
  await eventually(async () => expect(await floors()).toEqual([4, 5]));
});
afterEach(async () => {
  await tidecaster.stop();
  await Promise.all([first.delete(), second.delete()]);
  folder.clear();
});
afterAll(() => environment.close());

const floors = (): Promise<number[]> => Promise.all([first.floor(), second.floor()]);
const nothingChanges = () => stays(async () => expect(await floors()).toEqual([4, 5]), PAST_LETTING_GO);

test("after kill -9, and somebody's edit meanwhile, the floor is right again", async () => {
  await tidecaster.stop('SIGKILL');
  await first.setFloorByHand(9);
  await tidecaster.start();
  await eventually(async () => expect(await floors()).toEqual([4, 5]), 10);
});

describe('nothing changes', () => {
  test('when it is killed with a bad policy file in place and started again', async () => {
    await tidecaster.stop('SIGKILL');
    folder.write(
      'first.yaml',
      policyText(first.name, { minReplicas: 4 }).replace('minReplicas: 4', 'minReplicas: four'),
    );
    await tidecaster.start();
    await nothingChanges();
    const { status, body } = await environment.direct('/readyz?verbose');
    expect(status).toBe(200);
    expect(body).toMatch(/first\.yaml:\d+:\d+ spec\.minReplicas/);
  });

  test('when the folder is emptied', async () => {
    folder.clear();
    await nothingChanges();
  });

  test('when a file is renamed in two steps', async () => {
    folder.remove('first.yaml');
    await stays(async () => expect(await floors()).toEqual([4, 5]), 3);
    folder.write('renamed.yaml', policyText(first.name, { minReplicas: 4 }));
    await nothingChanges();
  });
});

describe('a policy that is removed', () => {
  /** The restore value stands, and Git's manager can set another one. */
  async function isHandedBack(): Promise<void> {
    await eventually(async () => {
      const { spec, metadata } = await first.hpa();
      expect(spec?.minReplicas).toBe(2);
      expect(metadata?.annotations ?? {}).toEqual({});
      expect(metadata?.managedFields?.map(({ manager }) => manager)).not.toContain('tidecaster');
    });
    await first.git(3);
    await stays(async () => expect(await floors()).toEqual([3, 5]), 4);
  }

  test('gives its HPA back at the restore value, for Git to set without a conflict', async () => {
    folder.remove('first.yaml');
    await isHandedBack();
  });

  test('also while nobody is running', async () => {
    await tidecaster.stop();
    folder.remove('first.yaml');
    await tidecaster.start();
    await isHandedBack();
  });
});
