import { join } from 'node:path';
import type { Tidecaster } from '../controlplane/tidecaster.ts';
import { Environment } from './environment.ts';
import { eventually, stays } from './eventually.ts';
import { Fixture, PolicyFolder, policyText } from './fixture.ts';

/** Longer than the time after which a policy that is gone is let go (5 s in these tests), and two heartbeats (2 s). */
const PAST_LETTING_GO = 11;

const environment = new Environment();
const { controlPlane } = environment;
const folder = new PolicyFolder(join(environment.shared.folder, 'release'));
const fixtures = ['a', 'b', 'c', 'd', 'e'].map((name) => new Fixture(controlPlane, `e2e-release-${name}`));
let tidecaster: Tidecaster;

const floors = (): Promise<number[]> => Promise.all(fixtures.map((fixture) => fixture.floor()));
const GOVERNED = [4, 4, 4, 4, 4];

/** Five HPAs whose floors were 2, each governed by a file of its own. */
beforeAll(async () => {
  await Promise.all(fixtures.map((fixture) => fixture.create(2)));
  for (const { name } of fixtures) folder.write(`${name}.yaml`, policyText(name, { minReplicas: 4 }));
  tidecaster = await environment.tidecaster({ flags: { policies: folder.path } });
  await tidecaster.start();
  await eventually(async () => expect(await floors()).toEqual(GOVERNED));
});
afterAll(async () => {
  await environment.close(tidecaster);
  await Promise.all(fixtures.map((fixture) => fixture.delete()));
});

test('four of five policies that go at once are held, and let go when a person confirms', async () => {
  for (const { name } of fixtures.slice(1)) folder.remove(`${name}.yaml`);
  await stays(async () => expect(await floors()).toEqual(GOVERNED), PAST_LETTING_GO);
  expect(await (await fetch(`${tidecaster.httpUrl}/metrics`)).text()).toMatch(
    /^tidecaster_held_floors\{reason="TooManyAtOnce"\} 4$/m,
  );
  await tidecaster.run(['release', '--confirm', `--policies=${folder.path}`]);
  expect(await floors()).toEqual([4, 2, 2, 2, 2]);
});

test('release --all hands back what is left, once the server is stopped', async () => {
  await tidecaster.stop();
  await tidecaster.run(['release', '--all']);
  await stays(async () => expect(await floors()).toEqual([2, 2, 2, 2, 2]), 3);
});
