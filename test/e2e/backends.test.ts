import { join } from 'node:path';
import { prometheus } from '../../src/adapters/prometheus/prometheus.ts';
import { metricsSourceContract } from '../contract/metrics-source.ts';
import { findBinary } from '../controlplane/binaries.ts';
import { startVictoriaMetrics } from '../controlplane/victoria-metrics.ts';
import { startPrometheusOf } from '../differential/prometheus.ts';
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
  exporter = await startExporterOf(address, () => EXPOSITION);
});
afterAll(async () => {
  await environment.close();
  await exporter.close();
});

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
    start: async () =>
      startVictoriaMetrics({
        binary: await findBinary('victoria-metrics', process.env, (line) => console.error(line)),
        processes,
        folder: join(folder, 'victoria-metrics'),
        address,
        port: PORTS.victoriaMetrics,
        target: exporter.target,
      }),
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
