import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { namespaceOf } from '../bench/adapter/data.ts';
import type { Progress } from '../controlplane/binaries.ts';
import { tail } from '../controlplane/processes.ts';
import { queryPrometheus } from '../controlplane/prometheus.ts';
import { QUERY_TIMEOUT, REFRESH, RULES_WITHIN, STALENESS } from './bounds.ts';
import { CaRotation } from './ca-rotation.ts';
import { flap } from './flapping.ts';
import { mayAnswer } from './generations.ts';
import { type Ground, startGround } from './ground.ts';
import type { Sample } from './growth.ts';
import { load } from './load.ts';
import { type Outage, mayFail } from './outages.ts';
import { pause } from './pause.ts';
import { EXTERNAL, allReads } from './reads.ts';
import { RulesOnDisk, reload } from './reloading.ts';
import type { Results } from './results.ts';
import { NAMESPACES, PODS } from './series.ts';
import { PORT, type Server, startServer } from './server.ts';
import { type Rotated, type Serving, putCertificate, rotateServing } from './serving-rotation.ts';
import { Tally } from './tally.ts';
import type { Truth } from './verdict.ts';

export type SoakOptions = { seconds: number; progress: Progress; stop: AbortSignal };

/** Connections that read at once. */
const PROXIED = 6;
const DIRECT = 2;
const PERIOD_MILLISECONDS = 500;
const SAMPLE_MILLISECONDS = 2000;
/** Before reads are held to the truth: what is cold is asked for, and every kind of read compiled. */
const WARM_SECONDS = 10;

/** @throws Error when something does not start, ends by itself or cannot be reached; when it is stopped, the reason of `stop` */
export async function soak({ seconds, progress, stop }: SoakOptions): Promise<Results> {
  await using stack = new AsyncDisposableStack();
  const ground = await startGround(stack, progress);
  stop.throwIfAborted();
  const { address, controlPlane, folder, flapping, processes, prometheusUrl, scraped } = ground;
  const rules = new RulesOnDisk(join(folder, 'rules.yaml'), { steady: prometheusUrl, flapping: flapping.url });
  rules.next();
  const serving: Serving = {
    address,
    port: PORT,
    certFile: join(folder, 'serving.crt'),
    keyFile: join(folder, 'serving.key'),
  };
  await putCertificate(serving);
  const path = `/apis/external.metrics.k8s.io/v1beta1/namespaces/${namespaceOf(0)}/${EXTERNAL.steady}`;
  const cas = await CaRotation.start({ api: controlPlane.api, address, port: PORT, path });
  await untilScraped(prometheusUrl, stop);
  progress('starting Tidecaster ...');
  const server = await startServer(ground, { rules: rules.file, serving });
  const ended = new AbortController();
  processes.onUnexpectedEnd = ({ name, log }, how) => ended.abort(new Error(`${name} ended (${how}):\n${tail(log)}`));

  const outages: Outage[] = [];
  const truth: Truth = {
    wasTrue: (tenths, evaluatedAt) => scraped.wasTrue(tenths, evaluatedAt),
    mayAnswer: (generation, when) => mayAnswer(rules.putAt, generation, { ...when, withinSeconds: RULES_WITHIN }),
    mayFail: (when) => mayFail(outages, when, { staleness: STALENESS, refresh: REFRESH, queryTimeout: QUERY_TIMEOUT }),
  };
  const reading = (tally: Tally, over: AbortSignal): Promise<void> =>
    load(
      {
        reads: allReads(),
        targets: [
          ...Array.from({ length: PROXIED }, () => () => cas.readers().proxied),
          ...Array.from({ length: DIRECT }, () => () => cas.readers().direct),
        ],
        periodMilliseconds: PERIOD_MILLISECONDS,
        truth,
        tally,
      },
      over,
    );
  const within = (milliseconds: number): AbortSignal =>
    AbortSignal.any([AbortSignal.timeout(milliseconds), stop, ended.signal]);

  progress(`warming up for ${WARM_SECONDS} s ...`);
  await reading(new Tally(() => {}), within(WARM_SECONDS * 1000));
  const tally = new Tally(progress);
  const rotated: Rotated = { seen: 0, late: 0 };
  const over = within(seconds * 1000);
  const samples: Sample[] = [];
  progress(`reading for ${seconds} s, while a backend flaps and rules, certificates and CAs change ...`);
  const startedAt = performance.now();
  const ownLag = monitorEventLoopDelay({ resolution: 10 });
  ownLag.enable();
  const tell = setInterval(
    () => progress(`  ${tally.reads} reads, ${tally.wrong} wrong, ${tally.failed} failed`),
    TELL,
  );
  try {
    const mostQueries = sampling(server, { samples, seconds }, over);
    await Promise.all([
      reading(tally, over),
      flap(flapping, outages, over),
      reload(rules, over),
      rotateServing(serving, rotated, over),
      cas.rotate(over),
      mostQueries,
    ]);
    stop.throwIfAborted();
    ended.signal.throwIfAborted();
    return {
      seconds: (performance.now() - startedAt) / 1000,
      tally,
      samples,
      mostQueries: await mostQueries,
      ownLagMilliseconds: ownLag.percentile(50) / 1e6,
      outages,
      rules: { good: rules.putAt.length, broken: rules.broken },
      serving: rotated,
      cas: cas.rotated,
    };
  } finally {
    clearInterval(tell);
    ownLag.disable();
  }
}

const TELL = 30_000;

/** Looks at the server's process until the run is over. The most queries that it had in flight. */
async function sampling(
  server: Server,
  { samples, seconds }: { samples: Sample[]; seconds: number },
  over: AbortSignal,
): Promise<number> {
  const startedAt = performance.now();
  let most = 0;
  while (await pause(SAMPLE_MILLISECONDS, over)) {
    const { mostQueries, ...values } = await server.inside();
    samples.push({ at: (performance.now() - startedAt) / 1000 / seconds, values });
    most = mostQueries;
  }
  return most;
}

/** @throws Error when Prometheus has not got the series of two scrapes' time */
async function untilScraped(url: Ground['prometheusUrl'], stop: AbortSignal): Promise<void> {
  for (let attempt = 0; attempt < 60; attempt++) {
    const [sample] = await queryPrometheus(url, 'count(viewers)');
    if (sample?.value === NAMESPACES * PODS) return;
    if (!(await pause(500, stop))) stop.throwIfAborted();
  }
  throw new Error(`Prometheus has not scraped ${NAMESPACES * PODS} series in 30 s`);
}
