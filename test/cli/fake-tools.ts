import { DateTime } from 'luxon';
import type { Tools } from '../../src/cli/command.ts';

export type Ran = { code: number; out: string; err: string };

/** Tools that print into a record; what a test does not name fails when it is used. */
export function fakeTools(about: Partial<Tools>): { tools: Tools; ran: Ran } {
  const ran: Ran = { code: -1, out: '', err: '' };
  const unused = (name: string) => (): never => {
    throw new Error(`${name} was not expected to be used`);
  };
  const tools: Tools = {
    stdout: (text) => void (ran.out += text),
    stderr: (text) => void (ran.err += text),
    env: {},
    signal: new AbortController().signal,
    build: { version: '1.2.3', node: '24.0.0', zoneData: '2026c' },
    clock: { now: () => DateTime.fromISO('2026-11-24T12:00:00Z').toUTC(), monotonic: () => 0, sleep: async () => {} },
    readFile: unused('readFile'),
    listFiles: unused('listFiles'),
    writeNewFiles: unused('writeNewFiles'),
    policyFolder: unused('policyFolder'),
    cluster: unused('cluster'),
    remotePlan: unused('remotePlan'),
    prometheus: unused('prometheus'),
    backends: unused('backends'),
    resources: unused('resources'),
    metricWants: unused('metricWants'),
    explainedMetric: unused('explainedMetric'),
    liveReads: unused('liveReads'),
    metricsApi: unused('metricsApi'),
    serve: unused('serve'),
    demo: unused('demo'),
    certificates: unused('certificates'),
    doctor: unused('doctor'),
    ...about,
  };
  return { tools, ran };
}
