import { CoordinationV1Api, type V1Lease } from '@kubernetes/client-node';
import { ConflictError, NotFoundError } from '../../domain/errors.ts';
import { FIELD_MANAGER } from '../../domain/hpa/hpa-state.ts';
import type { LeaseRecord, LeaseSpec, LeaseStore } from '../../ports/lease-store.ts';
import { type KubernetesClient, applying, merging } from './client.ts';
import { request } from './errors.ts';

/**
 * One coordination.k8s.io/v1 Lease.
 *
 * RBAC: `get`, `create` and `patch` on leases.coordination.k8s.io, all three restricted to this Lease by resourceNames in a
 * Role of its namespace: it is created by a server-side apply, whose name is known when the API server authorizes it.
 */
export function kubernetesLeaseStore(client: KubernetesClient, lease: { namespace: string; name: string }): LeaseStore {
  const api = new CoordinationV1Api(client.configuration);
  const text = `Lease ${lease.namespace}/${lease.name}`;

  /** Makes the Lease where it is missing; says nothing of a holder, so whoever is first to do that holds it. */
  async function create(): Promise<LeaseRecord> {
    const body = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: lease };
    const call = { ...lease, body, fieldManager: FIELD_MANAGER };
    return leaseRecord(await request(`create ${text}`, api.patchNamespacedLease(call, applying())));
  }

  return {
    async read() {
      try {
        return leaseRecord(await request(`read ${text}`, api.readNamespacedLease(lease)));
      } catch (error) {
        if (error instanceof NotFoundError) return null;
        throw error;
      }
    },
    async write(record, previous) {
      const { resourceVersion, holderIdentity } = previous ?? (await create());
      if (previous === null && holderIdentity !== '') throw new ConflictError(`${text} is held by ${holderIdentity}`);
      const body = { metadata: { resourceVersion }, spec: leaseSpec(record) };
      try {
        const call = { ...lease, body, fieldManager: FIELD_MANAGER };
        return leaseRecord(await request(`write ${text}`, api.patchNamespacedLease(call, merging())));
      } catch (error) {
        if (error instanceof NotFoundError) throw new ConflictError(error.message, { cause: error.cause });
        throw error;
      }
    },
  };
}

function leaseRecord({ metadata, spec }: V1Lease): LeaseRecord {
  return {
    holderIdentity: spec?.holderIdentity ?? '',
    leaseDurationSeconds: spec?.leaseDurationSeconds ?? 0,
    acquireTime: epochMilliseconds(spec?.acquireTime),
    renewTime: epochMilliseconds(spec?.renewTime),
    leaseTransitions: spec?.leaseTransitions ?? 0,
    resourceVersion: metadata?.resourceVersion ?? '',
  };
}

/** client-node 2.0 types a MicroTime as a Date and hands over the text. */
const epochMilliseconds = (microTime: Date | string | undefined): number =>
  microTime === undefined ? 0 : new Date(microTime).getTime();

/** A merge patch: null removes the field, because a Lease that nobody holds has no holderIdentity. */
function leaseSpec(record: LeaseSpec): object {
  return {
    holderIdentity: record.holderIdentity === '' ? null : record.holderIdentity,
    leaseDurationSeconds: record.leaseDurationSeconds,
    acquireTime: microTime(record.acquireTime),
    renewTime: microTime(record.renewTime),
    leaseTransitions: record.leaseTransitions,
  };
}

/** metav1.MicroTime: RFC 3339 with exactly six digits; others are refused with 400. */
const microTime = (epochMilliseconds: number): string => new Date(epochMilliseconds).toISOString().replace('Z', '000Z');
