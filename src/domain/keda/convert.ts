import { isPromQl, outermostGrouping } from '../rules/example-read.ts';
import { placeText } from '../errors.ts';
import { quantityOf } from '../quantity.ts';
import { BackendNames, authenticationOf, backendOf } from './convert-backend.ts';
import { convertCron } from './convert-cron.ts';
import type { Conversion, ConvertedHpa, ConvertedPolicy, ConvertedQuery, HpaMetric, Noted } from './conversion.ts';
import { type KedaObjects, type ScaledObject, type Trigger, scaledObjectText } from './scaled-object.ts';

export type ConvertOptions = {
  /** The address of --prometheus-url; triggers that ask it need no backend. */
  prometheusUrl: string | null;
  /** Whether KEDA's 0 is kept where a query has no number. */
  nullIsZero: boolean;
};

/** Makes rules, HPAs and policies of ScaledObjects; the same objects always give the same. */
export function convert(objects: KedaObjects, options: ConvertOptions): Conversion {
  const backends = new BackendNames();
  const queries: Noted<ConvertedQuery>[] = [];
  const hpas: Noted<ConvertedHpa>[] = [];
  const policies: Noted<ConvertedPolicy>[] = [];
  const leftOut = objects.others.map((other) => `${other}: has no counterpart`);
  const metricNames = new Set<string>();
  const done: ScaledObject[] = [];

  for (const object of objects.scaledObjects) {
    const of = scaledObjectText(object);
    const hpaName = object.hpaName ?? object.name;
    const minReplicas = Math.max(1, object.minReplicas ?? 1);
    const faultOfAll = objectFault(object, { minReplicas, before: done });
    if (faultOfAll !== null) {
      leftOut.push(`${of}: ${faultOfAll}`);
      continue;
    }
    done.push(object);
    const metrics: HpaMetric[] = [];
    const missing: string[] = [];
    for (const [index, trigger] of object.triggers.entries()) {
      const where = `${of} triggers[${index}] (${trigger.type})`;
      if (trigger.type === 'cron') continue;
      if (trigger.type === 'cpu' || trigger.type === 'memory') {
        const metric = resourceMetric(trigger, trigger.type);
        if (typeof metric === 'string') missing.push(`${where}: ${metric}`);
        else metrics.push(metric);
        continue;
      }
      if (trigger.type !== 'prometheus') {
        missing.push(`${where}: only prometheus, cpu, memory and cron triggers are converted`);
        continue;
      }
      const authentication = authenticationOf(trigger, object, objects.authentications);
      const found = backendOf(trigger, authentication, options.prometheusUrl);
      const threshold = thresholdOf(trigger);
      const fault = found.type === 'none' ? found.why : queryFault(trigger, threshold);
      if (fault !== null || found.type === 'none' || threshold === null) {
        missing.push(`${where}: ${fault ?? 'threshold is no number'}`);
        continue;
      }
      const name = ownName(metricNameOf(object, trigger, index), metricNames);
      queries.push({
        value: {
          name,
          query: escaped(trigger.metadata.query ?? ''),
          allowedNamespace: object.namespace,
          backend: found.type === 'default' ? null : backends.nameOf(found.backend, found.notes),
          empty: options.nullIsZero && trigger.metadata.ignoreNullValues !== 'false' ? 'zero' : 'error',
        },
        notes: [
          `from ${of} triggers[${index}]`,
          ...triggerNotes(trigger, options),
          ...(found.type === 'default' ? found.notes : []),
        ],
      });
      const target = trigger.metricType === 'Value' ? 'Value' : 'AverageValue';
      metrics.push({ type: 'External', metric: name, target, value: threshold });
    }
    leftOut.push(...missing);
    if (metrics.length === 0) {
      leftOut.push(`${of}: no trigger of it became a metric, so that there is no HPA`);
      continue;
    }
    const cron = convertCron(object, { hpa: hpaName, minReplicas });
    leftOut.push(...cron.leftOut);
    if (cron.policy) policies.push(cron.policy);
    hpas.push({
      value: {
        namespace: object.namespace,
        name: hpaName,
        labels: object.labels,
        target: object.target,
        minReplicas: cron.policy ? null : minReplicas,
        maxReplicas: object.maxReplicas,
        metrics,
        behavior: object.behavior,
      },
      notes: [`from ${of}`, ...objectNotes(object), ...[...missing, ...cron.leftOut].map((one) => `without ${one}`)],
    });
  }
  return { backends: backends.all(), queries, hpas, policies, leftOut };
}

/** Why nothing becomes of a whole ScaledObject; null where something may. before: those that something became of. */
function objectFault(
  object: ScaledObject,
  { minReplicas, before }: { minReplicas: number; before: readonly ScaledObject[] },
): string | null {
  const { formula, maxReplicas, namespace, target } = object;
  if (formula !== null) return `it scales by the formula "${formula}": write it as one query of PromQL`;
  if (minReplicas > maxReplicas) return `minReplicaCount ${minReplicas} is above maxReplicaCount ${maxReplicas}`;
  const hpaName = object.hpaName ?? object.name;
  const others = before.filter((one) => one.namespace === namespace);
  const sameHpa = others.find((one) => (one.hpaName ?? one.name) === hpaName);
  if (sameHpa) return `its HPA would be ${hpaName}, as that of ${placeText(sameHpa.place)}`;
  const sameTarget = others.find(({ target: { kind, name } }) => kind === target.kind && name === target.name);
  return sameTarget
    ? `${scaledObjectText(sameTarget)} scales ${target.kind} ${target.name} too, and two HPAs would undo each other's work`
    : null;
}

/** A Quantity; null where an HPA could not have it as its target. Beyond thousandths nothing is left of it. */
function thresholdOf({ metadata: { threshold = '' } }: Trigger): string | null {
  const number = threshold.trim() === '' ? Number.NaN : Number(threshold);
  return number >= 0.001 ? quantityOf(number) : null;
}

/** Why a trigger asks for something that a plain query cannot; null where it can. */
function queryFault({ metadata, metricType }: Trigger, threshold: string | null): string | null {
  const { query = '', namespace, queryParameters } = metadata;
  if (query.trim() === '') return 'query is missing';
  if (!isPromQl(query)) return 'query is no PromQL';
  if (threshold === null) return `threshold is "${metadata.threshold ?? ''}", expected a number above 0`;
  if (metricType !== null && metricType !== 'AverageValue' && metricType !== 'Value')
    return `metricType is ${metricType}, expected AverageValue or Value`;
  if (namespace) return `namespace "${namespace}" is sent beside the query, which a backend does not do`;
  if (queryParameters)
    return `queryParameters "${queryParameters}" are sent beside the query, which a backend does not do`;
  return null;
}

/** A sentence where it is none. */
function resourceMetric({ metricType, metadata }: Trigger, resource: 'cpu' | 'memory'): HpaMetric | string {
  const target = metricType ?? metadata.type;
  const { value = '', containerName } = metadata;
  if (target !== 'Utilization' && target !== 'AverageValue') return `metricType is ${target ?? 'missing'}`;
  if (target === 'Utilization' && !/^[1-9]\d*$/.test(value)) return `value is "${value}", expected a percentage`;
  if (value === '') return 'value is missing';
  return { type: 'Resource', resource, container: containerName ?? null, target, value };
}

/** `streaming_video_api_0`: of the ScaledObject, and of the trigger its name or its place. Lower case, as HPAs ask. */
function metricNameOf({ namespace, name }: ScaledObject, trigger: Trigger, index: number): string {
  const text = [namespace, name, trigger.name ?? String(index)]
    .join('_')
    .toLowerCase()
    .replaceAll(/[^a-z0-9_]+/g, '_');
  return /^\d/.test(text) ? `_${text}` : text;
}

function ownName(name: string, taken: Set<string>): string {
  let own = name;
  for (let next = 2; taken.has(own); next++) own = `${name}_${next}`;
  taken.add(own);
  return own;
}

/** In a template `<<` opens an action. */
const escaped = (query: string): string => query.replaceAll('<<', '<<"<<">>');

function triggerNotes(trigger: Trigger, { nullIsZero }: ConvertOptions): string[] {
  const { query = '', activationThreshold, ignoreNullValues, timeout } = trigger.metadata;
  const notes: string[] = [];
  if (ignoreNullValues !== 'false')
    notes.push(
      nullIsZero
        ? 'no rows, NaN and infinity are 0 as in KEDA, which scales in when the series are gone'
        : 'no rows, NaN and infinity are an error, so that the HPA holds; KEDA takes them for 0 (ignoreNullValues) and scales in',
    );
  const grouping = outermostGrouping(query);
  if (grouping === null || grouping.type === 'without' || grouping.labels.length > 0)
    notes.push('of several rows the HPA takes the sum; KEDA refuses them');
  if (Number(activationThreshold ?? 0) !== 0)
    notes.push(`activationThreshold ${activationThreshold} is for scaling from zero, which an HPA does not do`);
  if (trigger.useCachedMetrics)
    notes.push('useCachedMetrics: values come from memory anyway, as old as --max-staleness at most');
  if (timeout !== undefined) notes.push('timeout: --query-timeout is for all queries');
  return notes;
}

function objectNotes(object: ScaledObject): string[] {
  const notes: string[] = [];
  const { minReplicas, idleReplicas, hasFallback, restoresReplicas, annotations } = object;
  if ((minReplicas ?? 0) === 0) notes.push('minReplicaCount is 0: the HPA keeps 1, nothing scales to zero');
  if (idleReplicas !== null)
    notes.push(`idleReplicaCount ${idleReplicas} is not kept: the HPA never goes below its minimum`);
  if (hasFallback)
    notes.push(
      'fallback is not kept: on an error the HPA holds; values.unavailable {lastGood: 5m} of the query answers the last value',
    );
  if (restoresReplicas)
    notes.push(
      'restoreToOriginalReplicaCount: set it to false before you delete the ScaledObject, or the replicas fall back',
    );
  if (Object.keys(annotations).some((key) => key.startsWith('autoscaling.keda.sh/paused')))
    notes.push('the ScaledObject is paused; an HPA is not');
  return notes;
}
