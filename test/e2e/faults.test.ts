import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse } from 'yaml';
import { peakMegabytes } from '../bench/process-stat.ts';
import type { ApiAnswer } from '../controlplane/api-client.ts';
import { type Tidecaster, tokenKubeconfig } from '../controlplane/tidecaster.ts';
import { type Condition, type FaultBackend, startFaultBackend } from '../support/fault-backend.ts';
import { type TcpGate, startTcpGate } from '../support/tcp-gate.ts';
import { Environment } from './environment.ts';
import { eventually } from './eventually.ts';
import { NAMESPACE, PolicyFolder } from './fixture.ts';

const HPA = 'system:serviceaccount:kube-system:horizontal-pod-autoscaler';
const EXTERNAL = `/apis/external.metrics.k8s.io/v1beta1/namespaces/${NAMESPACE}`;
const PODS = `/apis/custom.metrics.k8s.io/v1beta2/namespaces/${NAMESPACE}/pods/*/concurrent_viewers?labelSelector=${encodeURIComponent('app.kubernetes.io/name=streaming-service')}`;
/** What the Deployment may take, in MB. */
const MEMORY_LIMIT = (512 * 2 ** 20) / 1e6;

/** Numbers are asked for each second, and are too old at eight; a backend has two seconds. */
const FLAGS = { 'refresh-interval': '1s', 'max-staleness': '8s', 'query-timeout': '2s' };
/** Some rounds into a fault, with numbers of before it that are young enough. */
const MEANWHILE_MS = 2500;

const FAILED = '500 InternalError';
/** The last number as long as it may be served, then an error. */
const HELD = { held: true, seen: ['42', FAILED, '42'] };
/** The backend did answer, and it is no number: an HPA takes a list without items for an error. */
const NO_NUMBER = { held: false, seen: ['42', 'no items', '42'] };

/** held: whether the last number is told some rounds into the fault. seen: all that readers are told, one after the other. */
type Expected = { held: boolean; seen: string[] };
type Fault = { name: string; condition: Condition; expected: Expected };

const environment = new Environment();
const { controlPlane } = environment;
const { api } = controlPlane;
const { folder, address, prometheusUrl } = environment.shared;
const backends = new Map<string, FaultBackend>();
let elsewhere: FaultBackend;
let gate: TcpGate;
let tidecaster: Tidecaster;
let pid: number;

const faults = (redirectedTo: string): Fault[] => [
  { name: 'refused', condition: { type: 'refused' }, expected: HELD },
  { name: 'reset', condition: { type: 'reset' }, expected: HELD },
  { name: 'slow', condition: { type: 'slow', seconds: 30 }, expected: HELD },
  { name: 'hanging', condition: { type: 'hanging' }, expected: HELD },
  { name: 'unprocessable', condition: { type: 'unprocessable' }, expected: HELD },
  { name: 'overloaded', condition: { type: 'overloaded' }, expected: HELD },
  { name: 'truncated', condition: { type: 'truncated' }, expected: HELD },
  { name: 'redirected', condition: { type: 'redirect', to: redirectedTo }, expected: HELD },
  { name: 'duplicates', condition: { type: 'duplicates' }, expected: HELD },
  { name: 'rows', condition: { type: 'rows', count: 100_000 }, expected: HELD },
  { name: 'nan', condition: { type: 'value', value: 'NaN' }, expected: NO_NUMBER },
  { name: 'infinite', condition: { type: 'value', value: '+Inf' }, expected: NO_NUMBER },
  { name: 'empty', condition: { type: 'empty' }, expected: NO_NUMBER },
  {
    name: 'negative',
    condition: { type: 'value', value: '-42' },
    expected: { held: false, seen: ['42', FAILED, '42'] },
  },
];
/** Their names, which tests have before anything runs. */
const NAMES = ['none', ...faults('').map(({ name }) => name)];

beforeAll(async () => {
  elsewhere = await startFaultBackend(prometheusUrl, address);
  for (const name of NAMES) backends.set(name, await startFaultBackend(prometheusUrl, address));
  const own = new URL(controlPlane.server);
  gate = await startTcpGate({ host: own.hostname, port: Number(own.port) }, address);
  const throughGate = { ...controlPlane, server: `https://${address}:${gate.port}` };
  const shipped = await environment.tidecaster({ name: 'tidecaster-faults' });
  tidecaster = await environment.tidecaster({
    name: 'tidecaster-faults',
    flags: {
      ...FLAGS,
      policies: new PolicyFolder(folder).path,
      rules: rulesWithFaults(shipped.rules),
      kubeconfig: await tokenKubeconfig(throughGate, 'tidecaster', join(folder, 'faults', 'gate.kubeconfig')),
    },
  });
  ({ pid } = await tidecaster.start());
});
afterAll(async () => {
  await environment.close(tidecaster);
  await gate.close();
  await Promise.all([elsewhere, ...backends.values()].map((backend) => backend.close()));
});

/** The shipped rules, and one query for each fault on a backend of its own, and one of the hanging one that nobody reads before. */
function rulesWithFaults(shipped: string): string {
  const query = (name: string, backend: string): object => ({
    name,
    query: 'vector(42)',
    namespaceLabel: null,
    backend,
  });
  const text = JSON.stringify({
    ...(parse(readFileSync(shipped, 'utf8')) as object),
    tidecaster: {
      backends: [...backends].map(([name, { url }]) => ({ name, url })),
      queries: [...NAMES.map((name) => query(name, name)), { ...query('cold', 'hanging'), query: 'vector(43)' }],
    },
  });
  mkdirSync(join(folder, 'faults'), { recursive: true });
  const file = join(folder, 'faults', 'rules.yaml');
  writeFileSync(file, text);
  return file;
}

const asHpa = { 'impersonate-user': HPA };
const read = (path: string): Promise<ApiAnswer> => api.send({ path, headers: asHpa });

/** What a reader is told: the numbers, or the error. */
function toldBy({ status, body }: ApiAnswer): string {
  if (status !== 200) return `${status} ${(body as { reason?: string }).reason}`;
  const { items } = body as { items: { value: string }[] };
  return items.length === 0 ? 'no items' : items.map(({ value }) => value).join(' ');
}

/** Reads without a break, and keeps each change of what is told. */
function startReading(path: string): { told: string[]; stop(): Promise<void> } {
  const told: string[] = [];
  const ended = new AbortController();
  const loop = async (): Promise<void> => {
    while (!ended.signal.aborted) {
      const now = toldBy(await read(path));
      if (now !== told.at(-1)) told.push(now);
      await sleep(200);
    }
  };
  const running = loop();
  return {
    told,
    stop() {
      ended.abort();
      return running;
    },
  };
}

/** What the readers of one metric are told from before its backend goes bad until after it is well again. */
async function suffer({ name, condition, expected }: Fault): Promise<Expected> {
  const path = `${EXTERNAL}/${name}`;
  const backend = backends.get(name)!;
  await eventually(async () => expect(toldBy(await read(path))).toBe('42'));
  const reading = startReading(path);
  await backend.is(condition);
  if (expected.held) await sleep(MEANWHILE_MS);
  const held = expected.held && reading.told.at(-1) === '42';
  await eventually(async () => expect(reading.told).toHaveLength(2));
  await backend.is({ type: 'well' });
  await eventually(async () => expect(reading.told.at(-1)).toBe('42'));
  await reading.stop();
  return { held, seen: reading.told };
}

describe('a backend that goes bad', () => {
  const outcomes = new Map<string, Awaited<ReturnType<typeof suffer>>>();
  let undisturbed: string[];
  let peak: number;

  beforeAll(async () => {
    await eventually(async () => expect(toldBy(await read(`${EXTERNAL}/none`))).toBe('42'));
    const reading = startReading(`${EXTERNAL}/none`);
    await Promise.all(faults(elsewhere.url).map(async (fault) => outcomes.set(fault.name, await suffer(fault))));
    await reading.stop();
    undisturbed = reading.told;
    peak = peakMegabytes(pid);
  });

  test.each(faults(''))('$name: its readers are told $expected.seen, one after the other', ({ name, expected }) => {
    expect(outcomes.get(name)).toEqual(expected);
  });

  test('harms no other', () => {
    expect(undisturbed).toEqual(['42']);
  });

  test('that never answers is an error at a second where nothing is known yet, and answers once it is well', async () => {
    const backend = backends.get('hanging')!;
    await backend.is({ type: 'hanging' });
    expect(toldBy(await read(`${EXTERNAL}/cold`))).toBe(FAILED);
    expect(tidecaster.said).toContain('no answer within 1 s');
    await backend.is({ type: 'well' });
    await eventually(async () => expect(toldBy(await read(`${EXTERNAL}/cold`))).toBe('43'));
  });

  test('that sends us elsewhere is not followed', () => {
    expect(elsewhere.requests()).toBe(0);
  });

  test('with 100,000 rows does not take more memory than the Deployment has, and the log says what is wrong', () => {
    expect(peak).toBeLessThan(MEMORY_LIMIT);
    expect(tidecaster.said).toContain('100000 rows');
  });
});

describe.each(['shut', 'silent'] as const)('an API server that is away (%s)', (state) => {
  const straight = (path: string, user: string): Promise<ApiAnswer> =>
    environment.direct(path, {
      identity: environment.identity('front-proxy-client'),
      headers: { 'x-remote-user': user },
    });
  const stranger = `stranger-${state}`;

  test('leaves reads from memory as they are, fails fast what it has to review, and nothing stays of it', async () => {
    const paths = [`${EXTERNAL}/none`, PODS];
    for (const path of paths) await eventually(async () => expect((await straight(path, HPA)).status).toBe(200));
    await gate.is(state);
    for (const path of paths) expect((await straight(path, HPA)).status).toBe(200);
    expect((await straight(`${EXTERNAL}/none`, stranger)).body).toMatchObject({
      reason: 'InternalError',
      message: 'Internal error occurred: access cannot be reviewed',
    });
    expect((await environment.direct('/livez')).status).toBe(200);
    await gate.is('open');
    await eventually(async () => expect((await straight(`${EXTERNAL}/none`, stranger)).status).toBe(403));
    for (const path of paths) await eventually(async () => expect((await straight(path, HPA)).status).toBe(200));
  });
});
