import type {
  V1ManagedFieldsEntry,
  V2HorizontalPodAutoscaler,
  V2MetricIdentifier,
  V2MetricSpec,
  V2MetricStatus,
  V2MetricTarget,
  V2MetricValueStatus,
} from '@kubernetes/client-node';
import { FIELD_MANAGER, RESTORE_ANNOTATION, type Governed, type HpaState } from '../../domain/hpa/hpa-state.ts';
import type { MetricReading } from '../../domain/hpa/metric-reading.ts';
import { parseQuantity } from '../../domain/quantity.ts';

/** autoscaling/v2 HorizontalPodAutoscaler -> what the governor needs of it. */
export function hpaState({ metadata, spec, status }: V2HorizontalPodAutoscaler): HpaState {
  const managedFields = metadata?.managedFields ?? [];
  return {
    target: { namespace: metadata?.namespace ?? '', name: metadata?.name ?? '' },
    uid: metadata?.uid ?? '',
    minReplicas: spec?.minReplicas ?? 1,
    maxReplicas: spec?.maxReplicas ?? 1,
    currentReplicas: status?.currentReplicas ?? 0,
    desiredReplicas: status?.desiredReplicas ?? 0,
    metrics: (spec?.metrics ?? []).flatMap((metric, index) => metricReading(metric, status?.currentMetrics?.[index])),
    governed: governed(managedFields, metadata?.annotations?.[RESTORE_ANNOTATION]),
    otherManagers: managedFields
      .filter((entry) => !isOurs(entry) && ownsMinReplicas(entry))
      .map((entry) => entry.manager ?? ''),
  };
}

/** A metric and what the controller last read of it. The statuses stand in the order of the specs. */
function metricReading(spec: V2MetricSpec, status: V2MetricStatus | undefined): MetricReading[] {
  const { external, pods, object, resource, containerResource } = spec;
  if (external) return [reading('External', external, status?.external?.current)];
  if (pods) return [reading('Pods', pods, status?.pods?.current)];
  if (object) return [reading('Object', object, status?.object?.current)];
  if (resource) return [reading('Resource', resource, status?.resource?.current)];
  return containerResource ? [reading('ContainerResource', containerResource, status?.containerResource?.current)] : [];
}

/** Of a resource the name stands in the spec itself, of any other metric in its identifier. */
type Asked = { target: V2MetricTarget } & ({ metric: V2MetricIdentifier } | { name: string });

function reading(
  source: MetricReading['source'],
  asked: Asked,
  current: V2MetricValueStatus | undefined,
): MetricReading {
  const { target } = asked;
  const about =
    'metric' in asked
      ? { name: asked.metric.name, labels: asked.metric.selector?.matchLabels ?? {} }
      : { name: asked.name, labels: {} };
  if (target.type === 'Utilization') {
    const { averageUtilization: goal = 0 } = target;
    return { source, ...about, type: 'Utilization', current: current?.averageUtilization ?? null, target: goal };
  }
  const type = target.type === 'Value' ? 'Value' : 'AverageValue';
  return {
    source,
    ...about,
    type,
    current: toNumber(type === 'Value' ? current?.value : current?.averageValue),
    target: toNumber(type === 'Value' ? target.value : target.averageValue) ?? 0,
  };
}

function toNumber(quantity: string | undefined): number | null {
  const milli = quantity === undefined ? null : parseQuantity(quantity);
  return milli === null ? null : Number(milli) / 1000;
}

/** Is this entry what we applied? An Update under our name would be somebody else's doing. */
export const isOurs = (entry: V1ManagedFieldsEntry): boolean =>
  entry.manager === FIELD_MANAGER && entry.operation === 'Apply' && !entry.subresource;

function governed(managedFields: V1ManagedFieldsEntry[], annotation: string | undefined): Governed | null {
  const ours = managedFields.find(isOurs);
  if (!ours) return null;
  const restore = /^\d{1,9}$/.test(annotation ?? '') ? Number(annotation) : null;
  return { restoreMinReplicas: restore, writtenAt: ours.time?.getTime() ?? 0 };
}

/** fieldsV1 is a tree of `f:name` keys; a leaf is owned. */
function ownsMinReplicas({ fieldsV1 }: V1ManagedFieldsEntry): boolean {
  const fields = fieldsV1 as { 'f:spec'?: { 'f:minReplicas'?: object } } | undefined;
  return fields?.['f:spec']?.['f:minReplicas'] !== undefined;
}
