import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, parseAllDocuments, stringify } from 'yaml';
import type { Comparison } from '../../src/domain/compare/comparison.ts';
import { findBinary } from '../controlplane/binaries.ts';
import type { Tidecaster } from '../controlplane/tidecaster.ts';
import { type Adapter, startTheirs } from '../differential/adapters.ts';
import type { Ended } from './command.ts';
import { Environment } from './environment.ts';
import { eventually } from './eventually.ts';
import { EXTERNAL, OURS, SHIPPED, startRulesGround } from './rules-ground.ts';

const environment = new Environment();
const { controlPlane, shared } = environment;
const { api } = controlPlane;
const folder = join(shared.folder, 'rules-compare');
let rulesFile: string;
let tidecaster: Tidecaster;
let rules: (...args: string[]) => Promise<Ended>;

beforeAll(async () => {
  ({ rulesFile, tidecaster, rules } = await startRulesGround(environment, 'rules-compare'));
});

afterAll(() => environment.close(tidecaster));

describe('rules compare', () => {
  let theirs: Adapter;

  beforeAll(async () => {
    const ground = {
      processes: environment.processes,
      folder,
      address: shared.address,
      kubeconfig: shared.access.kubeconfig,
      frontProxy: {
        certificate: join(shared.folder, 'pki', 'front-proxy-client.crt'),
        key: join(shared.folder, 'pki', 'front-proxy-client.key'),
      },
      prometheusUrl: shared.prometheusUrl,
      prometheusAdapterBinary: await findBinary('prometheus-adapter', process.env, (line) => console.error(line)),
    };
    const file = join(folder, 'prometheus-adapter.yaml');
    writeFileSync(file, readFileSync(SHIPPED));
    theirs = await startTheirs(ground, { name: 'rules', file, flags: ['--metrics-relist-interval=1h'] });
  });

  afterAll(() => theirs.stop());

  /** Rates of counters move between two reads; nothing that is planted is so near. */
  const compare = (...flags: string[]): Promise<Ended> =>
    rules(
      'compare',
      '--with',
      theirs.url,
      '--insecure-skip-tls-verify',
      '--for',
      '3s',
      '--every',
      '1s',
      '--tolerance',
      '0.2',
      ...flags,
    );

  test('finds no difference between Tidecaster and prometheus-adapter with the same rules, also of what was read lately', async () => {
    // what no HPA names
    await api.ask({ path: `${EXTERNAL}/concurrent_viewers?labelSelector=service%3Dcdn-gateway` });
    const ofHpas = await compare('-o', 'json');
    const { reads, equal, differences } = JSON.parse(ofHpas.out) as Comparison;
    expect({ code: ofHpas.code, differences }).toEqual({ code: 0, differences: [] });
    expect({ reads, equal }).toEqual({ reads: 3, equal: 3 });
    const ofAll = await compare('--server', tidecaster.httpUrl, '-o', 'yaml');
    const all = parse(ofAll.out) as Comparison;
    expect({ code: ofAll.code, differences: all.differences }).toEqual({ code: 0, differences: [] });
    expect(all.reads).toBeGreaterThan(reads);
  });

  test('prints what differs by its cause, where one of them has other rules', async () => {
    const [document] = parseAllDocuments(readFileSync(SHIPPED, 'utf8'));
    const other = document?.toJS() as { externalRules: { name?: { as: string }; metricsQuery: string }[] };
    const [viewers] = other.externalRules;
    viewers!.metricsQuery = `3 * ${viewers!.metricsQuery}`;
    const planted = { ...other, externalRules: other.externalRules.filter(({ name }) => name?.as !== 'bandwidth') };
    writeFileSync(rulesFile, stringify(planted));
    try {
      await eventually(async () => {
        expect((await api.send({ path: OURS })).body).toMatchObject({ items: [{ value: '18k' }] });
      });
      const { code, out, err } = await compare();
      expect(code).toBe(1);
      expect(out).toMatch(/^ours answers 404 NotFound, the other rows: \d+ reads, \d+ times$/m);
      expect(out).toMatch(
        /^ours is more than the other: \d+ reads, \d+ times\n {2}such as streaming\/concurrent_viewers service=/m,
      );
      expect(out).toMatch(/^\d+ reads in \d rounds: \d+ equal, [1-9]\d* differ\n$/m);
      expect(err).toMatch(/^\d+ reads, \d+ of them differ so far\n/);
    } finally {
      writeFileSync(rulesFile, readFileSync(SHIPPED));
    }
  });

  test.each<[string, string[], number, string]>([
    ['no other adapter', [], 2, '--with is missing'],
    ['an address without https', ['--with', 'http://127.0.0.1:1'], 2, 'expected https://host:port or cluster'],
    [
      'a server that nobody is',
      ['--with', 'cluster', '--for', '1s', '--server', 'http://127.0.0.1:1'],
      6,
      'no answer from http://127.0.0.1:1',
    ],
  ])('with %s ends with a sentence and its exit code', async (_what, args, code, sentence) => {
    const ended = await rules('compare', ...args);
    expect(ended).toMatchObject({ code, out: '', err: expect.stringContaining(sentence) });
  });

  test('with an adapter that nobody is, every read differs', async () => {
    const { code, out } = await rules('compare', '--with', 'https://127.0.0.1:1', '--for', '1s');
    expect(code).toBe(1);
    expect(out).toMatch(/^ours answers rows, the other no answer: \d+ reads/m);
  });
});
