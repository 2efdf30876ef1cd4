import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { oneRow } from '../../app/a-source.ts';
import { type AnApi, anApi } from '../../server/an-api.ts';
import { aCa, aServer } from '../../server/pki.ts';

let api: AnApi;
beforeAll(async () => {
  const pair = await aServer(await aCa());
  api = await anApi({ certificate: { read: () => Promise.resolve(pair) } });
  api.source.answers(() => Promise.resolve(oneRow(10.5)));
});
afterAll(() => api.close());

type Ended = { code: number; stdout: string; stderr: string };

/** The command as a person runs it. */
const run = (...args: string[]): Promise<Ended> =>
  new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [join(import.meta.dirname, 'main.ts'), ...args],
      (_error, stdout, stderr) => resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    );
  });
const server = (): string => `--server=https://127.0.0.1:${api.port}`;

it('ends with 1 where a row failed, and says each row and the count', async () => {
  // this server finds its row under any selector
  const { code, stdout } = await run(server(), '--namespace=streaming', '--metric=concurrent_viewers');
  expect(code).toBe(1);
  expect(stdout).toMatch(/^ok +200 +external\.metrics\.k8s\.io\/read +a metric is read as JSON$/m);
  expect(stdout).toMatch(/^FAILED +200 +external\.metrics\.k8s\.io\/selector conformance=a /m);
  expect(stdout).toMatch(/^\d+ passed, \d+ failed\n$/m);
});

it('gives JSON for programs', async () => {
  const { stdout } = await run(server(), '--namespace=streaming', '--metric=concurrent_viewers', '-o', 'json');
  expect(JSON.parse(stdout)).toContainEqual(
    expect.objectContaining({ id: 'external.metrics.k8s.io/read', code: 200, passed: true, faults: [] }),
  );
});

it.each([
  ['no server', ['--namespace=a', '--metric=b'], '--server is missing'],
  ['no namespace', ['--server=https://localhost', '--metric=b'], '--namespace is missing'],
  [
    'no metric',
    ['--server=https://localhost', '--namespace=a'],
    'expected one of --metric, --pod-metric and --usage-pod',
  ],
  [
    'a metric of pods without a pod',
    ['--server=https://localhost', '--namespace=a', '--pod-metric=b'],
    '--pod is missing',
  ],
  ['plain HTTP', ['--server=http://localhost', '--namespace=a', '--metric=b'], 'expected https'],
  [
    'an unknown form',
    ['--server=https://localhost', '--namespace=a', '--metric=b', '-o', 'xml'],
    'expected table or json',
  ],
  [
    'half a certificate',
    ['--server=https://localhost', '--namespace=a', '--metric=b', '--client-cert=x'],
    'go together',
  ],
  ['an unknown flag', ['--nothing'], "Unknown option '--nothing'"],
])('ends with 2 and a sentence for %s', async (_what, args, says) => {
  const { code, stderr } = await run(...args);
  expect([code, stderr]).toEqual([2, expect.stringContaining(says)]);
});
