import type { LeaseRecord, LeaseSpec } from '../domain/lease.ts';

export type { LeaseRecord, LeaseSpec };

/** One coordination.k8s.io/v1 Lease. The decision is domain/lease.ts; this reads and writes. */
export interface LeaseStore {
  /** null when the Lease does not exist. @throws UnavailableError, ForbiddenError */
  read(): Promise<LeaseRecord | null>;
  /** Creates it (previous null) or replaces exactly the version that was read. @throws ConflictError when somebody was first. */
  write(record: LeaseSpec, previous: LeaseRecord | null): Promise<LeaseRecord>;
}
