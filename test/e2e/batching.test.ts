import fc from 'fast-check';
import { join } from 'node:path';
import { parsePromql } from '../../src/domain/promql/parse.ts';
import { printPromql } from '../../src/domain/promql/print.ts';
import { promqlOf } from '../../src/domain/rules/question.ts';
import { type Answer, type Ask, type Compared, asking, compare, textOf } from '../batching/compare.ts';
import { CORPUS, type Entry, POD_CORPUS, templateOf } from '../batching/corpus.ts';
import { anyQuery } from '../batching/generate.ts';
import { POD_READS, READS } from '../batching/reads.ts';
import { startExporter } from '../batching/series.ts';
import { startPrometheusOf } from '../differential/prometheus.ts';
import { type Asked, aQuestion, aRule } from '../domain/batch/a-question.ts';
import { Environment } from './environment.ts';
import { eventually } from './eventually.ts';

/** Always the same queries, so that a change and not chance turns it red; TIDECASTER_SEED=n makes others. */
const seed = Number(process.env['TIDECASTER_SEED'] ?? 1);
const FEATURES = ['promql-experimental-functions', 'promql-binop-fill-modifiers'];

const environment = new Environment();
let exporter: Awaited<ReturnType<typeof startExporter>>;
let ask: Ask;

beforeAll(async () => {
  const { folder, address, prometheusBinary } = environment.shared;
  exporter = await startExporter(address);
  const { url } = await startPrometheusOf({
    binary: prometheusBinary,
    processes: environment.processes,
    folder: join(folder, 'prometheus-of-batching'),
    address,
    port: 9095,
    target: exporter.target,
    features: FEATURES,
  });
  // ranges, subqueries and offsets of a few seconds each
  await eventually(async () => expect(exporter.scrapes()).toBeGreaterThan(14));
  ask = asking(url, Math.floor(Date.now() / 1000) - 2);
});

afterAll(async () => {
  await environment.close();
  await exporter.close();
});

async function compareAll(entry: Entry, reads: readonly Asked[]): Promise<{ asked: string; differences: unknown }> {
  const { together, alone, differences } = await compare(aRule(templateOf(entry)), reads, ask);
  return { asked: alone.length === 0 ? 'together' : together === 0 ? 'alone' : 'mixed', differences };
}

test.each(Object.entries(READS))(
  'each query of the corpus answers %s together as it does singly',
  async (_of, reads) => {
    for (const entry of CORPUS) {
      const outcome = await compareAll(entry, reads);
      expect({ query: entry.query, ...outcome }).toEqual({ ...entry, differences: [] });
    }
  },
);

test('each query of pods answers all namespaces together as it does singly', async () => {
  for (const entry of POD_CORPUS) {
    const outcome = await compareAll(entry, POD_READS);
    expect({ query: entry.query, ...outcome }).toEqual({ ...entry, differences: [] });
  }
});

test.each([
  ['', CORPUS, READS['namespaces']!],
  [' of pods', POD_CORPUS, POD_READS],
] as const)('each query%s answers the same as it is printed', async (_of, corpus, [read]) => {
  for (const entry of corpus) {
    const query = promqlOf(aQuestion(aRule(templateOf(entry)), read));
    const [written, printed] = [await ask(query), await ask(printPromql(parsePromql(query)))];
    const inOrder = (answer: Answer): readonly string[] | 'error' =>
      answer.type === 'error' ? 'error' : answer.rows.map(textOf).toSorted();
    expect({ query, answer: inOrder(printed) }).toEqual({ query, answer: inOrder(written) });
  }
});

test(`queries without regard to sense answer together as they do singly, or are asked alone (TIDECASTER_SEED=${seed})`, async () => {
  let together = 0;
  let alone = 0;
  await fc.assert(
    fc.asyncProperty(anyQuery, async (query) => {
      for (const reads of [READS['namespaces']!, READS['pairs']!, POD_READS]) {
        const compared: Compared = await compare(aRule(templateOf({ query, asked: 'alone' })), reads, ask);
        expect(compared.differences).toEqual([]);
        together += compared.together;
        alone += compared.alone.length;
      }
    }),
    { seed, numRuns: 250 },
  );
  expect(together).toBeGreaterThan(alone);
});

test('a comparison that hides a difference would be noticed: a row of another tenant, a label too many, a number', async () => {
  const rule = aRule('sum(m{<<.LabelMatchers>>}) by (node)');
  const reads = READS['namespaces']!;
  const mutants: ((query: string) => string)[] = [
    (query) => query.replaceAll('=~"bank|nowhere|shop"', '=~".+"'),
    (query) => query.replace('by (node, namespace)', 'by (node, namespace, service)'),
    (query) => query.replace('sum by (node, namespace)', 'max by (node, namespace)'),
    (query) => query.replace('by (node, namespace)', 'by (node)'),
  ];
  for (const mutant of mutants) {
    const { differences } = await compare(rule, reads, (query) => ask(mutant(query)));
    expect(differences).not.toEqual([]);
  }
});
