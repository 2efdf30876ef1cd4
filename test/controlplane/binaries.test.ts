import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BINARY_NAMES, findBinaries, findBinary } from './binaries.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'binaries-'))));
afterEach(() => rmSync(folder, { recursive: true }));

/** Executables that print a version. */
function install(into: string, says: string): string {
  const path = join(folder, into);
  mkdirSync(path, { recursive: true });
  for (const name of BINARY_NAMES) writeFileSync(join(path, name), `#!/bin/sh\necho '${says}'\n`, { mode: 0o755 });
  return path;
}

const find = (environment: Record<string, string>) =>
  findBinaries({ XDG_CACHE_HOME: join(folder, 'cache'), PATH: '', ...environment }, () => {});
const places = (found: Record<string, string>) => new Set(Object.values(found).map((path) => join(path, '..')));

test('TIDECASTER_BIN is looked into first, whatever its versions', async () => {
  const bin = install('bin', 'my own build');
  install('cache/tidecaster/bin', 'built here');
  expect(places(await find({ TIDECASTER_BIN: bin }))).toEqual(new Set([bin]));
});

test('a binary on PATH is taken when its version suits, else the one of the cache folder', async () => {
  const suits =
    'etcd Version: 3.7.3 Kubernetes v1.37.9 Client Version: v1.37.2 kwok version v0.8.1 prometheus, version 3.16.0';
  const path = install('path', suits);
  const cache = install('cache/tidecaster/bin', 'built here');
  expect(places(await find({ PATH: path }))).toEqual(new Set([path]));
  install('path', 'etcd Version: 3.4.1 Kubernetes v1.29.0 Client Version: v1.29.0 prometheus, version 2.53.0');
  expect(places(await find({ PATH: path }))).toEqual(new Set([cache]));
});

test('with no binary and no Go it says what to install', async () => {
  await expect(find({})).rejects.toThrow(/etcd: not in TIDECASTER_BIN.*Install Go 1\.26 or newer/);
});

test.each(['prometheus-adapter', 'test-adapter'] as const)(
  '%s is looked for apart, in the folder and in the cache',
  async (name) => {
    const environment = { XDG_CACHE_HOME: join(folder, 'cache'), PATH: '' };
    await expect(findBinary(name, environment, () => {})).rejects.toThrow(`${name}: not in`);
    const cache = install('cache/tidecaster/bin', 'built here');
    const path = join(cache, name);
    writeFileSync(path, '#!/bin/sh\n', { mode: 0o755 });
    expect(await findBinary(name, environment, () => {})).toBe(path);
  },
);

test('promtool is taken from PATH when its version suits, else from the cache folder', async () => {
  const environment = { XDG_CACHE_HOME: join(folder, 'cache'), PATH: join(folder, 'path') };
  const put = (into: string, says: string): string => {
    const path = join(folder, into);
    mkdirSync(path, { recursive: true });
    writeFileSync(join(path, 'promtool'), `#!/bin/sh\necho '${says}'\n`, { mode: 0o755 });
    return join(path, 'promtool');
  };
  const onPath = put('path', 'promtool, version 3.16.0');
  const cached = put('cache/tidecaster/bin', 'built here');
  expect(await findBinary('promtool', environment, () => {})).toBe(onPath);
  put('path', 'promtool, version 2.53.3');
  expect(await findBinary('promtool', environment, () => {})).toBe(cached);
});

test('a program of a Debian package is taken from PATH; without apt it says what to install', async () => {
  const environment = { XDG_CACHE_HOME: join(folder, 'cache'), PATH: '' };
  await expect(findBinary('victoria-metrics', environment, () => {})).rejects.toThrow(
    /^victoria-metrics: not in TIDECASTER_BIN, not on PATH.*Install the Debian package victoria-metrics/,
  );
  const PATH = join(folder, 'path');
  mkdirSync(PATH);
  const path = join(PATH, 'victoria-metrics');
  writeFileSync(path, '#!/bin/sh\necho victoria-metrics-20220801-000000-v1.79.5\n', { mode: 0o755 });
  expect(await findBinary('victoria-metrics', { ...environment, PATH }, () => {})).toBe(path);
});
