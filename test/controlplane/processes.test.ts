import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Processes } from './processes.ts';

let folder: string;
let processes: Processes;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'processes-'));
  processes = new Processes(folder);
});
afterEach(async () => {
  await processes.stopAll();
  rmSync(folder, { recursive: true });
});

const node = (name: string, script: string, ready = async () => processes.said(name).includes('ready')) => ({
  name,
  command: process.execPath,
  args: ['-e', script],
  ready,
});
const RUNS = 'console.log("ready"); setInterval(() => {}, 1000);';

const lives = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

test('a process that is ready runs until it is stopped', async () => {
  const { pid } = await processes.start(node('a', RUNS));
  expect(lives(pid)).toBe(true);
  await processes.stopAll();
  expect(lives(pid)).toBe(false);
});

test('they are stopped in reverse order', async () => {
  const order: string[] = [];
  for (const name of ['a', 'b', 'c']) {
    const { ended } = await processes.start(node(name, RUNS));
    void ended.finally(() => order.push(name));
  }
  await processes.stopAll();
  expect(order).toEqual(['c', 'b', 'a']);
});

test('one that ends before it is ready is told with what it said', async () => {
  const spec = node('a', 'console.error("no such port"); process.exit(3);', async () => false);
  await expect(processes.start(spec)).rejects.toThrow(/a ended \(exit code 3\) before it was ready:\nno such port/);
});

test('a program that is not there is told', async () => {
  await expect(processes.start({ ...node('a', ''), command: '/no/such/program' })).rejects.toThrow(/ENOENT/);
});

test('an end that nobody asked for is reported, one that was asked for is not', async () => {
  const reported: string[] = [];
  const end = new Promise<void>((resolve) => {
    processes.onUnexpectedEnd = ({ name }, how) => {
      reported.push(`${name} ${how}`);
      resolve();
    };
  });
  const a = await processes.start(node('a', RUNS));
  const b = await processes.start(node('b', RUNS));
  await a.stop();
  process.kill(b.pid, 'SIGKILL');
  await end;
  expect(reported).toEqual(['b SIGKILL']);
});

test('runToEnd is for what ends by itself', async () => {
  await processes.runToEnd(node('good', 'console.log("done")'));
  await expect(processes.runToEnd(node('bad', 'console.log("why"); process.exit(4)'))).rejects.toThrow(
    'bad ended (exit code 4):\nwhy',
  );
});
