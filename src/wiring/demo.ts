import { fileURLToPath } from 'node:url';
import { DateTime } from 'luxon';
import { policyFolder } from '../adapters/files/policy-folder.ts';
import { kubernetesClient } from '../adapters/kubernetes/client.ts';
import { kubernetesCluster } from '../adapters/kubernetes/cluster.ts';
import { kubernetesLeaseStore } from '../adapters/kubernetes/lease-store.ts';
import { acceleratedClock } from '../adapters/model/accelerated-clock.ts';
import { createModelPlatform } from '../adapters/model/platform.ts';
import { prometheusBackends } from '../adapters/prometheus/backends.ts';
import { prometheus } from '../adapters/prometheus/prometheus.ts';
import type { DemoOptions, Service } from '../cli/command.ts';
import { demoTable } from '../cli/demo-table.ts';
import { parsePolicies, revisionOf } from '../config/policy.ts';
import { envName } from '../config/load.ts';
import type { Settings } from '../config/settings.ts';
import { InvalidError, UnavailableError } from '../domain/errors.ts';
import type { Log } from '../ports/log.ts';
import { createLog } from '../telemetry/logger.ts';
import { describedBy } from './described.ts';
import { type Parts, type Running, startService } from './service.ts';
import { systemClock } from './system-clock.ts';
import type { Outside } from './tools.ts';

/** The rules and policies of this repository: the model platform has the services that they name. */
const REPOSITORY = new URL('../../', import.meta.url);
const embedded = (path: string): string => fileURLToPath(new URL(path, REPOSITORY));

/** `tidecaster demo`: the model platform for whatever real part is not given. */
export async function demo(options: DemoOptions, outside: Outside): Promise<Service> {
  const { speed } = options;
  const settings = demoSettings(options.settings, speed);
  const clock =
    speed === 1 && options.start === undefined
      ? systemClock
      : acceleratedClock(systemClock, speed, startOf(options.start));
  const platform = createModelPlatform({ clock, seed: 1 });
  const source =
    settings.prometheusUrl === undefined
      ? null
      : prometheus({ url: settings.prometheusUrl, timeoutSeconds: settings.queryTimeout });
  const backends = prometheusBackends({ timeoutSeconds: settings.queryTimeout });
  const log = createLog(
    outside.env[envName('logLevel')] === undefined && settings.logLevel === 'info' ? 'warn' : settings.logLevel,
  );
  const governed = settings.kubeconfig === undefined ? platform : realCluster(settings, log);
  const parts: Parts = {
    settings,
    build: outside.build,
    log,
    clock,
    metrics: source ?? platform.metrics,
    backends,
    governed: {
      policies: policyFolder(settings.policies ?? embedded('policies'), { parse: parsePolicies, revisionOf }),
      cluster: governed.cluster,
      leaseStore: governed.leaseStore,
      heartbeatSeconds: settings.heartbeat * speed,
    },
    access: { type: 'none' },
    described: governed,
    sharedAnchor: null,
    simulated: whatIsSimulated(settings, speed),
  };
  const running = await startOnFreePorts(parts);
  const stop = new AbortController();
  const table = showTable(running, outside, stop.signal);
  return {
    lines: introduction(running, parts.simulated),
    done: new Promise(() => {}),
    async close() {
      stop.abort();
      await table;
      await running.close();
      if ('close' in governed) await governed.close();
      source?.close();
      backends.close();
    },
  };
}

/** Rules and policies of the repository, and a heartbeat that beats as often in model time as the speed allows. */
function demoSettings(settings: Settings, speed: number): Settings {
  const divisors = [30, 20, 15, 12, 10, 6, 5, 4, 3, 2, 1];
  const heartbeat =
    speed === 1 ? settings.heartbeat : (divisors.find((seconds) => seconds <= settings.heartbeat / speed) ?? 1);
  return {
    ...settings,
    heartbeat,
    rules: settings.rules ?? embedded('k8s-manifests/autoscaling/custom-metrics.yaml'),
    // The defaults of a real server count seconds of a real clock.
    relistInterval: settings.relistInterval * speed,
    writesPerSecond: settings.writesPerSecond / speed,
  };
}

/** @throws InvalidError */
function startOf(start: string | undefined): number | undefined {
  if (start === undefined) return undefined;
  const instant = DateTime.fromISO(start, { setZone: true });
  if (instant.isValid) return instant.toMillis();
  throw new InvalidError(
    `--start is "${start}", expected a time such as 2026-12-05T20:00+09:00: ${instant.invalidExplanation}`,
  );
}

type RealCluster = Pick<NonNullable<Parts['governed']>, 'cluster' | 'leaseStore'> & ReturnType<typeof describedBy>;

function realCluster(settings: Settings, log: Log): RealCluster {
  const client = kubernetesClient({ kubeconfig: settings.kubeconfig });
  const namespace = settings.leaseNamespace ?? client.namespace;
  if (namespace === null)
    throw new InvalidError('--lease-namespace is missing: the kubeconfig names no namespace to keep the Lease in');
  return {
    cluster: kubernetesCluster(client),
    ...describedBy(client, log),
    leaseStore: kubernetesLeaseStore(client, { namespace, name: settings.leaseName }),
  };
}

function whatIsSimulated({ prometheusUrl, kubeconfig }: Settings, speed: number): string | null {
  const parts = [
    ...(prometheusUrl === undefined ? ['the metrics'] : []),
    ...(kubeconfig === undefined ? ['the services, their viewers and their HPAs'] : []),
  ];
  if (parts.length === 0) return null;
  const pace = speed === 1 ? '' : ` Time runs ${speed} times as fast.`;
  return `Simulated: ${parts.join(' and ')} are a model in this process, computed by the HPA controller's own rules.${pace}`;
}

/** The usual ports, or free ones where something listens there already. */
async function startOnFreePorts(parts: Parts): Promise<Running> {
  try {
    return await startService(parts);
  } catch (error) {
    if (!(error instanceof UnavailableError)) throw error;
    return startService({ ...parts, settings: { ...parts.settings, securePort: 0, httpPort: 0 } });
  }
}

function introduction({ apiUrl, pageUrl, view }: Running, simulated: string | null): string[] {
  const metric = view()
    ?.decisions.flatMap(
      ({ target, observed }) => observed?.metrics.map((one) => ({ ...one, namespace: target.namespace })) ?? [],
    )
    .find(({ source }) => source === 'External');
  const selector = encodeURIComponent(
    Object.entries(metric?.labels ?? {})
      .map(([key, value]) => `${key}=${value}`)
      .join(','),
  );
  const path = metric ? `/namespaces/${metric.namespace}/${metric.name}?labelSelector=${selector}` : '';
  return [
    ...(simulated === null ? [] : [simulated]),
    `page    ${pageUrl}`,
    `metric  curl -k '${apiUrl}/apis/external.metrics.k8s.io/v1beta1${path}'`,
    `why     npx tidecaster explain --server ${pageUrl} NAMESPACE/HPA`,
    'Ctrl-C ends it.',
    '',
  ];
}

/** Prints the table now and then: in place on a terminal, one after the other into a pipe. */
async function showTable({ view }: Running, { stdout, terminal }: Outside, signal: AbortSignal): Promise<void> {
  let lines = 0;
  while (!signal.aborted) {
    const current = view();
    if (current) {
      const text = demoTable(current);
      stdout(terminal && lines > 0 ? `\u001B[${lines}A\u001B[0J${text}` : text);
      lines = text.split('\n').length - 1;
    }
    await systemClock.sleep(terminal ? 2000 : 10_000, signal);
  }
}
