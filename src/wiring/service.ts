import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { Registry } from 'prom-client';
import { selfSignedForLoopback } from '../adapters/certificates/maker.ts';
import { fencedCluster } from '../adapters/fenced-cluster.ts';
import { certificateFiles } from '../adapters/files/certificate-files.ts';
import { rulesFile } from '../adapters/files/rules-file.ts';
import { pacedCluster } from '../adapters/paced-cluster.ts';
import { createCustomAnswerer } from '../app/answer-custom-metric.ts';
import { createAnswerer } from '../app/answer-metric.ts';
import { createResourceAnswerer } from '../app/answer-resource-metric.ts';
import { askNeighbour } from '../app/ask-neighbour.ts';
import { createCustomRegistry } from '../app/custom-registry.ts';
import { createMetricExplainer } from '../app/explain-metric.ts';
import { followRules } from '../app/follow-rules.ts';
import { createMetricRegistry } from '../app/metric-registry.ts';
import { planHistory } from '../app/plan-history.ts';
import { createQueryCache } from '../app/query-cache.ts';
import { questionsNow } from '../app/questions-now.ts';
import { createSeriesLists } from '../app/series-lists.ts';
import { createValues } from '../app/values.ts';
import { watchBundleWriter } from '../app/watch-bundle-writer.ts';
import type { Build } from '../cli/command.ts';
import { parseRules } from '../config/rules.ts';
import type { Settings } from '../config/settings.ts';
import { UnavailableError, describeError, problemText } from '../domain/errors.ts';
import { type PlanView, planView } from '../domain/plan-view.ts';
import { type Governor, createGovernor } from '../operator/governor.ts';
import { type Leader, leader } from '../operator/leader.ts';
import type { CertificateSource } from '../ports/certificate-source.ts';
import type { Clock } from '../ports/clock.ts';
import type { Cluster } from '../ports/cluster.ts';
import type { LeaseStore } from '../ports/lease-store.ts';
import type { Log } from '../ports/log.ts';
import type { MetricWants } from '../ports/metric-wants.ts';
import type { MetricsBackends } from '../ports/metrics-backends.ts';
import type { MetricsSource } from '../ports/metrics-source.ts';
import type { Objects } from '../ports/objects.ts';
import type { PolicySource } from '../ports/policy-source.ts';
import type { Recorder } from '../ports/recorder.ts';
import type { RestMapper } from '../ports/rest-mapper.ts';
import type { RulesSource } from '../ports/rules-source.ts';
import type { TrustAnchor } from '../ports/serving-certificate.ts';
import type { Access } from '../server/access/access.ts';
import { startApiServer } from '../server/api-server.ts';
import type { Check } from '../server/health.ts';
import { startObservability } from '../server/observability.ts';
import { metricRoute } from '../server/page/metric-route.ts';
import { pageRoutes } from '../server/page/routes.ts';
import { versionInfo } from '../server/version.ts';
import { healthMetrics } from '../telemetry/health-metrics.ts';
import { planRecorder } from '../telemetry/plan-recorder.ts';
import { type ProcessFacts, processMetrics } from '../telemetry/process-metrics.ts';
import { servingMetrics } from '../telemetry/serving-metrics.ts';
import { MOST_IN_FLIGHT, connectNeighbour, refuseOurselves } from './neighbour.ts';
import { systemClock } from './system-clock.ts';
import { warmCheck } from './warm-check.ts';

/** What differs between `serve` and the demo: the outside. Everything else below is the same program. */
export type Parts = {
  settings: Settings;
  build: Build;
  log: Log;
  clock: Clock;
  metrics: MetricsSource | null;
  /** The backends that rules may name beside it. */
  backends: MetricsBackends;
  /** null: no policies, so nobody is governed. */
  governed: { policies: PolicySource; cluster: Cluster; leaseStore: LeaseStore; heartbeatSeconds: number } | null;
  access: Access;
  /** What custom metrics are of; null where there is no cluster, so that there are none. */
  described: { restMapper: RestMapper; objects: Objects; wants: MetricWants } | null;
  /** The APIService that a neighbour may write too; null: nobody looks. */
  sharedAnchor: Pick<TrustAnchor, 'name' | 'read'> | null;
  /** What of it is a model, for the page; null for a real one. */
  simulated: string | null;
};

/** A running program. */
export type Running = { apiUrl: string; pageUrl: string; view(): PlanView | null; close(): Promise<void> };

/** Straight-line wiring. What was started is closed in reverse order, also when a later part cannot start. */
export async function startService(parts: Parts): Promise<Running> {
  const { settings, build, log, clock } = parts;
  const registry = new Registry();
  const recorder = servingMetrics(registry);
  processMetrics(registry, thisProcess(build.version));
  const stack = new AsyncDisposableStack();
  try {
    const rules = createMetricRegistry({
      source: parts.metrics ?? noMetrics,
      backends: parts.backends,
      clock,
      log,
      relistIntervalSeconds: settings.relistInterval,
    });
    const { restMapper, objects } = parts.described ?? noCluster;
    const customRules = createCustomRegistry({
      lists: createSeriesLists({
        source: parts.metrics ?? noMetrics,
        backends: parts.backends,
        clock,
        log,
        relistIntervalSeconds: settings.relistInterval,
      }),
      mapper: restMapper,
      clock,
      log,
      relistIntervalSeconds: settings.relistInterval,
    });
    const resourceAnswerer = createResourceAnswerer({
      source: parts.metrics ?? noMetrics,
      backends: parts.backends,
      cacheOf: (source, backend) =>
        createQueryCache({
          source,
          backend,
          clock: systemClock,
          recorder,
          maxStalenessSeconds: settings.maxStaleness === 0 ? 0 : settings.refreshInterval,
        }),
      objects,
      mapper: restMapper,
      clock,
    });
    const source: RulesSource =
      settings.rules === undefined
        ? noRules
        : rulesFile(settings.rules, (file, text) => parseRules(file, text, settings.compatibility));
    const follower = followRules({
      source,
      registry: rules,
      customRegistry: customRules,
      resourceAnswerer,
      clock,
      log,
      recorder,
    });
    await follower.read();
    follower.start();
    rules.start();
    customRules.start();
    stack.defer(() => rules.close());
    stack.defer(() => customRules.close());
    stack.defer(() => follower.close());

    const questionOf = questionsNow({ registry: rules, customRegistry: customRules, objects });
    const values = createValues({
      source: parts.metrics ?? noMetrics,
      backends: parts.backends,
      clock: systemClock,
      epochSeconds: () => clock.now().toSeconds(),
      recorder,
      questionOf,
      maxStalenessSeconds: settings.maxStaleness,
      refreshSeconds: settings.refreshInterval,
      concurrency: settings.queryConcurrency,
      phase: Math.random(),
    });
    const following = parts.metrics && parts.described?.wants.follow((wants) => values.hpasName(wants));
    values.start();
    stack.defer(() => values.close());
    stack.defer(() => following?.close());

    const governing = parts.governed && govern(parts, parts.governed, registry);
    const view = (): PlanView | null => governing?.view() ?? null;
    if (governing) stack.defer(() => governing.close());

    const certificate = certificateSource(settings);
    const own = createAnswerer({ registry: rules, values });
    await refuseOurselves(settings, certificate);
    const neighbour = connectNeighbour(settings);
    const answerer =
      neighbour && askNeighbour({ own, rules, neighbour, clock, log, recorder, mostInFlight: MOST_IN_FLIGHT });
    stack.defer(() => neighbour?.close());
    stack.defer(() => answerer?.close());
    answerer?.start();
    const watching = parts.sharedAnchor && watchBundleWriter({ anchor: parts.sharedAnchor, clock, log, recorder });
    stack.defer(() => watching?.close());

    const checks: Check[] = [
      informational('rules', () => follower.problems().map(problemText).join('; ')),
      informational('series', () => [...rules.troubles(), ...customRules.troubles()].join('; ')),
      ...(following ? [warmCheck(systemClock, { synced: following.synced, cold: values.cold })] : []),
      ...(answerer ? [informational('neighbour', () => answerer.trouble())] : []),
      ...(governing?.checks ?? []),
    ];
    healthMetrics(registry, checks);
    const api = await startApiServer(
      {
        answerer: answerer ?? own,
        customAnswerer: createCustomAnswerer({ objects, registry: customRules, values, clock: systemClock, log }),
        resourceAnswerer,
        access: parts.access,
        certificate,
        checks,
        version: versionInfo(build.version, `${process.platform}/${process.arch}`),
        clock,
        log,
        recorder,
      },
      { address: settings.bindAddress, port: settings.securePort },
    );
    stack.defer(() => api.close());

    const routes = [metricRoute(createMetricExplainer({ values, questionOf }))];
    if (governing) {
      const about = { version: build.version, simulated: parts.simulated };
      routes.push(pageRoutes({ view, history: governing.history, about }));
    }
    const page = await startObservability(
      { registry, routes, log },
      { address: settings.httpAddress, port: settings.httpPort },
    );
    stack.defer(() => page.close());
    await governing?.start();

    log.info({ api: url('https', api), page: url('http', page), version: build.version }, 'started');
    return { apiUrl: url('https', api), pageUrl: url('http', page), view, close: () => stack.disposeAsync() };
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}

type Governing = {
  checks: Check[];
  history: ReturnType<typeof planHistory>;
  view(): PlanView | null;
  start(): Promise<void>;
  close(): Promise<void>;
};

/** The Lease, and the loop that writes while it is held. Closing ends the loop first, then gives the Lease back. */
function govern(parts: Parts, governed: NonNullable<Parts['governed']>, registry: Registry): Governing {
  const { settings, log, clock } = parts;
  const { policies, cluster, leaseStore, heartbeatSeconds } = governed;
  const history = planHistory(480);
  const told = planRecorder(log, registry);
  const recorder: Recorder = {
    acted: told.acted,
    planned(plan) {
      told.planned(plan);
      history.add(plan);
    },
  };
  const contender: Leader = leader({
    store: leaseStore,
    // Leases are held in real time, also where the world's clock is turned faster.
    clock: systemClock,
    identity: settings.identity ?? `${hostname()}_${randomUUID()}`,
    onChange: ({ holding, holder }) => {
      log.info(
        { holding, holder },
        holding ? 'holds the lease: writes from now on' : 'does not hold the lease: only watches',
      );
      if (holding) void governor.wake();
    },
    onError: (error) => log.warn({ error: describeError(error) }, 'the lease cannot be read or written'),
  });
  const governor: Governor = createGovernor({
    world: {
      clock,
      cluster: pacedCluster(fencedCluster(cluster, contender.mayWrite), {
        writesPerSecond: settings.writesPerSecond,
        clock,
      }),
      policies,
      recorder,
      limits: { heartbeatSeconds, letGoAfterSeconds: settings.letGoAfter },
    },
    isHolder: contender.isHolder,
    heartbeatSeconds: settings.heartbeat,
    log,
  });
  const stop = new AbortController();
  let contending: Promise<void> = Promise.resolve();

  return {
    history,
    view() {
      const last = governor.lastPlan();
      return last && planView(last, contender.isHolder());
    },
    checks: [
      informational('policies', () => governor.lastPlan()?.problems.map(problemText).join('; ') ?? 'no pass yet'),
      informational('lease', () => (contender.isHolder() ? '' : `held by ${contender.holder() ?? 'nobody known yet'}`)),
    ],
    async start() {
      // Who holds it is known before the first pass, so that the first one of a holder writes.
      await contender.step();
      contending = contender.run(stop.signal);
      await governor.start();
    },
    async close() {
      await governor.close();
      stop.abort();
      await contending;
    },
  };
}

/** Shown by ?verbose, never turns readiness red: a bad file must not take metrics away from the HPAs. */
const informational = (name: string, trouble: () => string): Check => ({
  name,
  type: 'informational',
  scope: 'ready',
  probe: () => trouble() || null,
});

/** The files that were named, or a pair for loopback, made now. */
function certificateSource({ tlsCertFile, tlsPrivateKeyFile }: Settings): CertificateSource {
  if (tlsCertFile !== undefined && tlsPrivateKeyFile !== undefined) {
    return certificateFiles({ certFile: tlsCertFile, keyFile: tlsPrivateKeyFile });
  }
  const pair = selfSignedForLoopback({ from: new Date(), days: 365 });
  return { read: () => pair };
}

const thisProcess = (version: string): ProcessFacts => ({
  version,
  startedAt: performance.timeOrigin / 1000,
  residentBytes: () => process.memoryUsage.rss(),
  cpuSeconds() {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  },
});

const noMetrics: MetricsSource = {
  query: () => Promise.reject(new Error('no rules, so nothing is asked')),
  series: () => Promise.resolve([]),
};
const noReading = { rules: [], customRules: [], resourceRules: null, problems: [] };
const noRules: RulesSource = { read: () => Promise.resolve(noReading) };

const noCluster = {
  restMapper: {
    resources: () =>
      Promise.reject(new UnavailableError('no cluster to say which resources there are: --kubeconfig FILE')),
  },
  objects: {
    list: () => Promise.reject(new UnavailableError('no cluster to list objects of: --kubeconfig FILE')),
    inMemory: () => null,
  },
};

const url = (scheme: string, { address, port }: { address: string; port: number }): string =>
  `${scheme}://${address.includes(':') ? `[${address}]` : address}:${port}`;
