import { createCustomAnswerer } from '../../src/app/answer-custom-metric.ts';
import { createAnswerer } from '../../src/app/answer-metric.ts';
import { createResourceAnswerer } from '../../src/app/answer-resource-metric.ts';
import { createCustomRegistry } from '../../src/app/custom-registry.ts';
import { createMetricRegistry } from '../../src/app/metric-registry.ts';
import { createQueryCache } from '../../src/app/query-cache.ts';
import { createSeriesLists } from '../../src/app/series-lists.ts';
import type { CustomRule } from '../../src/domain/rules/custom-rule.ts';
import { ForbiddenError } from '../../src/domain/errors.ts';
import type { MetricRule } from '../../src/domain/rules/metric-rule.ts';
import type { ResourceRules } from '../../src/domain/rules/resource-rules.ts';
import type { CertificateSource } from '../../src/ports/certificate-source.ts';
import { silentLog } from '../../src/ports/log.ts';
import type { Objects } from '../../src/ports/objects.ts';
import { type ServingRecorder, silentServingRecorder } from '../../src/ports/serving-recorder.ts';
import type { Access } from '../../src/server/access/access.ts';
import { type ConnectionLimits, startApiServer } from '../../src/server/api-server.ts';
import type { Check } from '../../src/server/health.ts';
import type { Listening } from '../../src/server/listening.ts';
import { versionInfo } from '../../src/server/version.ts';
import { type ASource, aSource } from '../app/a-source.ts';
import { someValues } from '../app/some-values.ts';
import { RESOURCES } from '../domain/rules/cluster-resources.ts';
import { aRule } from '../domain/rules/a-rule.ts';
import { TurnedClock } from '../support/turned-clock.ts';

export type AnApi = Listening & { source: ASource; clock: TurnedClock; codes: number[]; relist(): Promise<void> };

export type AnApiOptions = {
  certificate: CertificateSource;
  access?: Access;
  checks?: Check[];
  limits?: Partial<ConnectionLimits>;
  rules?: MetricRule[];
  customRules?: CustomRule[];
  resourceRules?: ResourceRules;
  /** What the cluster lists, whatever is asked, or by labelSelector; a cluster that cannot be asked by default. */
  objects?: string[] | ((labelSelector: string) => string[]);
  /** Told what the server tells of itself. */
  recorder?: Partial<ServingRecorder>;
};

/** The metrics API on loopback, over a source that the test answers for. */
export async function anApi(options: AnApiOptions): Promise<AnApi> {
  const { certificate, access = { type: 'none' }, checks = [], rules = [aRule()], customRules = [] } = options;
  const { objects, limits = {} } = options;
  const source = aSource();
  // Certificates are made now, by the machine's clock.
  const clock = new TurnedClock(new Date().toISOString());
  const codes: number[] = [];
  const recorder: ServingRecorder = {
    ...silentServingRecorder,
    ...options.recorder,
    answered(answer) {
      codes.push(answer.code);
      options.recorder?.answered?.(answer);
    },
  };
  const registry = createMetricRegistry({ source, clock, log: silentLog, relistIntervalSeconds: 60 });
  registry.replace(rules);
  const custom = { source, clock, log: silentLog, relistIntervalSeconds: 60 };
  const customRegistry = createCustomRegistry({
    ...custom,
    lists: createSeriesLists(custom),
    mapper: { resources: () => Promise.resolve(RESOURCES) },
  });
  customRegistry.replace(customRules);
  const list: Objects['list'] = async ({ namespaced }, { labelSelector, ...where }) => {
    if (!objects) throw new ForbiddenError('pods is forbidden');
    const names = typeof objects === 'function' ? objects(labelSelector) : objects;
    const namespace = namespaced ? (where.namespace ?? 'shop') : null;
    return names
      .filter((name) => where.name === undefined || where.name === name)
      .map((name) => ({ namespace, name, labels: {} }));
  };
  const listed = { list, inMemory: () => null };
  const values = someValues({ source, clock, recorder, registry, customRegistry, objects: listed });
  const answerer = createAnswerer({ registry, values });
  const customAnswerer = createCustomAnswerer({ ...custom, registry: customRegistry, objects: listed, values });
  const resourceAnswerer = createResourceAnswerer({
    source,
    cacheOf: (_, backend) => createQueryCache({ source, backend, clock, recorder, maxStalenessSeconds: 10 }),
    clock,
    objects: listed,
    mapper: { resources: () => Promise.resolve(RESOURCES) },
  });
  resourceAnswerer.replace(options.resourceRules ?? null);
  const listening = await startApiServer(
    {
      answerer,
      customAnswerer,
      resourceAnswerer,
      access,
      certificate,
      checks,
      version: versionInfo('0.1.0', 'linux/x64'),
      clock,
      log: silentLog,
      recorder,
      limits,
    },
    { address: '127.0.0.1', port: 0 },
  );
  return { ...listening, source, clock, codes, relist: () => customRegistry.relist() };
}
