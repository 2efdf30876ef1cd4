import type { V1ManagedFieldsEntry, V2HorizontalPodAutoscaler } from '@kubernetes/client-node';
import { FIELD_MANAGER, RESTORE_ANNOTATION, type Governed, type HpaState } from '../../domain/hpa/hpa-state.ts';

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
    governed: governed(managedFields, metadata?.annotations?.[RESTORE_ANNOTATION]),
    otherManagers: managedFields
      .filter((entry) => !isOurs(entry) && ownsMinReplicas(entry))
      .map((entry) => entry.manager ?? ''),
  };
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
