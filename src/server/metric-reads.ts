import type { CustomAnswerer } from '../app/answer-custom-metric.ts';
import type { Answerer } from '../app/answer-metric.ts';
import { InvalidError, describeError } from '../domain/errors.ts';
import { type CustomMetricValue, inV1beta1, inV1beta2 } from '../domain/rules/custom-metric-value.ts';
import type { ExternalMetricValue } from '../domain/rules/external-metric-value.ts';
import type { Log } from '../ports/log.ts';
import { CUSTOM_GROUP, EXTERNAL_GROUP_VERSION } from './discovery.ts';
import type { Later } from './later.ts';
import type { CustomVersion, MetricRead } from './metric-read.ts';
import { type Written, writtenOf } from './respond.ts';
import { pathNotFound, statusOf } from './status.ts';

export type MetricReadsOptions = {
  answerer: Answerer;
  customAnswerer: CustomAnswerer;
  log: Log;
};

/** What a read is answered, as it is sent: JSON. */
export type MetricAnswer = { code: number; body: Written };

/** Answers reads of metrics, errors included: at once where everything is in memory. Later: never fails. */
export type MetricReads = (read: MetricRead) => Later<MetricAnswer>;

const WRITTEN = { v1beta1: inV1beta1, v1beta2: inV1beta2 } as const;

/** As long as there are no custom rules their paths do not exist. */
export function createMetricReads({ answerer, customAnswerer, log }: MetricReadsOptions): MetricReads {
  const external = createLists<ExternalMetricValue>((items) => ({
    kind: 'ExternalMetricValueList',
    apiVersion: EXTERNAL_GROUP_VERSION,
    metadata: {},
    items,
  }));
  const ofVersion = (version: CustomVersion) =>
    createLists<CustomMetricValue>((values) => ({
      kind: 'MetricValueList',
      apiVersion: `${CUSTOM_GROUP}/${version}`,
      metadata: {},
      items: values.map(WRITTEN[version]),
    }));
  const custom = { v1beta1: ofVersion('v1beta1'), v1beta2: ofVersion('v1beta2') };

  function failed(read: MetricRead, error: unknown): MetricAnswer {
    const status = statusOf(error);
    if (status.code >= 500) log.warn({ read, error: describeError(error) }, 'request failed');
    return answerOf(status.code, status);
  }

  function answered(read: MetricRead): Later<MetricAnswer> {
    if (read.type === 'external') {
      const items = answerer.inMemory(read.request);
      return items ? external(items) : async () => external(await answerer.answer(read.request));
    }
    if (!customAnswerer.serves()) return answerOf(404, pathNotFound);
    if (read.type === 'custom-invalid') throw new InvalidError('invalid request path');
    const written = custom[read.version];
    const items = customAnswerer.inMemory(read.request);
    return items ? written(items) : async () => written(await customAnswerer.answer(read.request));
  }

  return (read) => {
    try {
      const answer = answered(read);
      if (typeof answer !== 'function') return answer;
      return () => answer().catch((error: unknown) => failed(read, error));
    } catch (error) {
      return failed(read, error);
    }
  };
}

const answerOf = (code: number, document: object): MetricAnswer => ({
  code,
  body: writtenOf(JSON.stringify(document)),
});

/** Writes lists of items, each array of them once. */
function createLists<Item>(list: (items: readonly Item[]) => object): (items: readonly Item[]) => MetricAnswer {
  const written = new WeakMap<readonly Item[], MetricAnswer>();
  return (items) => {
    const known = written.get(items);
    if (known) return known;
    const answer = answerOf(200, list(items));
    written.set(items, answer);
    return answer;
  };
}
