import { join } from 'node:path';
import { prometheus } from '../../src/adapters/prometheus/prometheus.ts';
import { promqlOf } from '../../src/domain/rules/question.ts';
import { asking, compare } from '../batching/compare.ts';
import { CORPUS, POD_CORPUS, templateOf } from '../batching/corpus.ts';
import { POD_READS, READS } from '../batching/reads.ts';
import { exposition } from '../batching/series.ts';
import { metricsSourceContract } from '../contract/metrics-source.ts';
import { findBinary } from '../controlplane/binaries.ts';
import { startVictoriaMetrics } from '../controlplane/victoria-metrics.ts';
import { startPrometheusOf } from '../differential/prometheus.ts';
import { aQuestion, aRule } from '../domain/batch/a-question.ts';
import { type Exporter, startExporterOf } from '../support/exporter.ts';
import { Environment } from './environment.ts';
import { eventually } from './eventually.ts';

const EXPOSITION = ['a', 'b', 'c'].map((tier, at) => `viewers{tier="${tier}"} ${at + 1}\n`).join('');
const PORTS = { prometheus: 9094, victoriaMetrics: 8428 };

const environment = new Environment();
const { folder, address, prometheusBinary } = environment.shared;
const { processes } = environment;
let exporter: Exporter;

beforeAll(async () => {
  exporter = await startExporterOf(address, (scrapes) => EXPOSITION + exposition(scrapes));
  // it scrapes while the first one is asked
  await victoriaMetrics();
});
afterAll(async () => {
  await environment.close();
  await exporter.close();
});

let started: Promise<{ url: string }> | null = null;
const victoriaMetrics = (): Promise<{ url: string }> =>
  (started ??= (async () =>
    startVictoriaMetrics({
      binary: await findBinary('victoria-metrics', process.env, (line) => console.error(line)),
      processes,
      folder: join(folder, 'victoria-metrics'),
      address,
      port: PORTS.victoriaMetrics,
      target: exporter.target,
    }))());

const BACKENDS = [
  {
    name: 'a real Prometheus',
    numbersAre: 'scalar',
    start: () =>
      startPrometheusOf({
        binary: prometheusBinary,
        processes,
        folder: join(folder, 'prometheus-of-backends'),
        address,
        port: PORTS.prometheus,
        target: exporter.target,
      }),
  },
  {
    name: 'a real VictoriaMetrics',
    numbersAre: 'row',
    start: victoriaMetrics,
  },
] as const;

for (const { name, numbersAre, start } of BACKENDS) {
  let running: Promise<{ url: string }> | null = null;
  metricsSourceContract(name, async () => {
    running ??= start();
    const { url } = await running;
    const source = prometheus({ url, timeoutSeconds: 5 });
    await eventually(async () =>
      expect(await source.query('count(viewers)')).toMatchObject({ samples: [{ value: 3 }] }),
    );
    return { source, metric: 'viewers', label: 'tier', numbersAre, close: async () => source.close() };
  });
}

test('queries of the corpus that VictoriaMetrics knows answer many reads together there as they do singly', async () => {
  const { url } = await victoriaMetrics();
  // ranges, subqueries and offsets of a few seconds each
  await eventually(async () =>
    expect(await asking(url, Date.now() / 1000)('count_over_time(total[1m]) >= 12')).toMatchObject({
      rows: [expect.anything()],
    }),
  );
  const ask = asking(url, Math.floor(Date.now() / 1000) - 2);
  const unknown: string[] = [];
  let together = 0;
  for (const [corpus, reads] of [[CORPUS, READS['pairs']!] as const, [POD_CORPUS, POD_READS] as const]) {
    for (const entry of corpus) {
      const rule = aRule(templateOf(entry));
      const single = await ask(promqlOf(aQuestion(rule, reads[0])));
      if (single.type === 'error') {
        unknown.push(entry.query);
        continue;
      }
      const compared = await compare(rule, reads, ask);
      expect({ query: entry.query, differences: compared.differences }).toEqual({
        query: entry.query,
        differences: [],
      });
      together += compared.together;
    }
  }
  // functions and forms of Prometheus 3, and queries that fail by what they say
  expect(unknown.length).toBeLessThan(30);
  expect(together).toBeGreaterThan(1000);
});
