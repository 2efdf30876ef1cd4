import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdir, mkdtemp, open, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { policyFolder } from '../../../src/adapters/files/policy-folder.ts';
import { parsePolicies, revisionOf } from '../../../src/config/policy.ts';
import type { PolicyReading, PolicySource } from '../../../src/ports/policy-source.ts';

const document = (name: string, minReplicas: number): string => `apiVersion: streaming.io/v1alpha1
kind: AutoscalingPolicy
metadata: {name: ${name}, namespace: n}
spec: {targetRef: {kind: HorizontalPodAutoscaler, name: ${name}}, timeZone: UTC, minReplicas: ${minReplicas}, maxReplicas: 9}
`;

let root: string;
let folder: string;
let now = 0;
let source: PolicySource;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'policy-folder-'));
  folder = join(root, 'policies');
  await mkdir(folder);
  now = 0;
  source = policyFolder(folder, { parse: parsePolicies, revisionOf }, () => now);
});
afterEach(() => rm(root, { recursive: true }));

const write = (file: string, text: string): Promise<void> => writeFile(join(folder, file), text);
const floors = ({ policies }: PolicyReading): Record<string, number> =>
  Object.fromEntries(policies.map(({ name, minReplicas }) => [name, minReplicas]));

/** Reads, lets the content settle, reads again. */
async function settled(): Promise<PolicyReading> {
  await source.read();
  now += 1000;
  return source.read();
}

describe('a folder of policies', () => {
  it('is read as it stands at first', async () => {
    await write('a.yaml', document('a', 2));
    expect(floors(await source.read())).toEqual({ a: 2 });
  });

  it('takes up an edit once it has read the same for a while', async () => {
    await write('a.yaml', document('a', 2));
    await source.read();
    await write('a.yaml', document('a', 3));
    expect(floors(await source.read())).toEqual({ a: 2 });
    now += 1000;
    expect(floors(await source.read())).toEqual({ a: 3 });
  });

  it('never acts on a half-written file', async () => {
    await write('a.yaml', document('a', 2));
    await source.read();
    for (const length of [0, 30, 90]) {
      await write('a.yaml', document('a', 3).slice(0, length));
      expect(floors(await source.read())).toEqual({ a: 2 });
      now += 400;
    }
    await write('a.yaml', document('a', 3));
    expect(floors(await settled())).toEqual({ a: 3 });
  });

  it('refuses a bad file whole, keeps its last good content, and says so', async () => {
    await write('a.yaml', document('a', 2));
    await write('b.yaml', document('b', 2));
    await source.read();
    await write('a.yaml', `${document('a', 3)}---\n${document('c', 99)}`);
    await write('b.yaml', document('b', 4));
    const reading = await settled();
    expect(floors(reading)).toEqual({ a: 2, b: 4 });
    expect(reading.clean).toBe(false);
    expect(reading.problems[0]?.message).toBe('9 is below minReplicas 99');
  });

  it.each([
    ['a device that never ends', '/dev/zero', 'cannot be read: it is not a regular file'],
    ['a folder', '/', 'cannot be read: it is not a regular file'],
    ['a link to nowhere', '/no/such/file', 'cannot be read: ENOENT'],
  ])('does not read %s, and keeps the others in force', async (_what, target, message) => {
    await write('a.yaml', document('a', 2));
    await symlink(target, join(folder, 'b.yaml'));
    const reading = await source.read();
    expect([floors(reading), reading.clean]).toEqual([{ a: 2 }, false]);
    expect(reading.problems.map((problem) => problem.message)).toEqual([expect.stringContaining(message)]);
  });

  it('does not read a file of gigabytes', async () => {
    const file = await open(join(folder, 'a.yaml'), 'w');
    await file.truncate(5_000_000_000);
    await file.close();
    expect((await source.read()).problems[0]?.message).toBe(
      'cannot be read: it has 5000000000 bytes, expected less than 10 MB',
    );
  });

  it('takes up a ConfigMap swap of two files at once, and never a mixture', async () => {
    await rm(folder, { recursive: true });
    await mkdir(folder);
    const version = async (name: string, minReplicas: number): Promise<void> => {
      await mkdir(join(folder, name));
      for (const file of ['a', 'b']) await writeFile(join(folder, name, `${file}.yaml`), document(file, minReplicas));
    };
    const point = async (name: string): Promise<void> => {
      await symlink(name, join(folder, '..data_tmp'));
      await rename(join(folder, '..data_tmp'), join(folder, '..data'));
    };
    await version('..v1', 2);
    await point('..v1');
    for (const file of ['a.yaml', 'b.yaml']) await symlink(join('..data', file), join(folder, file));
    expect(floors(await source.read())).toEqual({ a: 2, b: 2 });
    await version('..v2', 5);
    await point('..v2');
    await rm(join(folder, '..v1'), { recursive: true });
    expect(floors(await source.read())).toEqual({ a: 2, b: 2 });
    now += 1000;
    expect(floors(await source.read())).toEqual({ a: 5, b: 5 });
  });

  it("takes up an editor's write to a new file and rename", async () => {
    await write('a.yaml', document('a', 2));
    await source.read();
    await write('.a.yaml.swp', 'not: ours');
    await rename(join(folder, 'a.yaml'), join(folder, 'a.yaml~'));
    await source.read();
    await write('a.yaml', document('a', 3));
    const reading = await settled();
    expect([floors(reading), reading.clean]).toEqual([{ a: 3 }, true]);
  });

  it('that is emptied keeps everything in force and is not clean', async () => {
    await write('a.yaml', document('a', 2));
    await source.read();
    await rm(join(folder, 'a.yaml'));
    const reading = await settled();
    expect([floors(reading), reading.clean]).toEqual([{ a: 2 }, false]);
  });

  it('that disappears keeps everything in force and is not clean', async () => {
    await write('a.yaml', document('a', 2));
    await source.read();
    await rm(folder, { recursive: true });
    const reading = await settled();
    expect([floors(reading), reading.clean]).toEqual([{ a: 2 }, false]);
    expect(reading.problems[0]?.message).toMatch(/^cannot be read: ENOENT/);
  });

  it('drops a policy whose file is removed while the rest reads clean', async () => {
    await write('a.yaml', document('a', 2));
    await write('b.yaml', document('b', 2));
    await source.read();
    await rm(join(folder, 'a.yaml'));
    const reading = await settled();
    expect([floors(reading), reading.clean]).toEqual([{ b: 2 }, true]);
  });

  it('keeps a removed file in force while another is bad, but not a policy that moved', async () => {
    await write('a.yaml', document('a', 2));
    await write('b.yaml', document('b', 2));
    await write('c.yaml', document('c', 2));
    await source.read();
    await rm(join(folder, 'a.yaml'));
    await rename(join(folder, 'b.yaml'), join(folder, 'moved.yaml'));
    await write('c.yaml', 'broken');
    expect((await settled()).policies.map(({ name }) => name).toSorted()).toEqual(['a', 'b', 'c']);
  });

  it('that starts bad has no policy in force and is not clean', async () => {
    await write('a.yaml', 'broken');
    const reading = await source.read();
    expect([floors(reading), reading.clean]).toEqual([{}, false]);
  });
});
