import { ConflictError } from '../../domain/errors.ts';
import type { LeaseRecord, LeaseStore } from '../../ports/lease-store.ts';

/** A Lease in memory, with the API server's optimistic lock. remove: what somebody else may do to it. */
export function modelLeaseStore(): LeaseStore & { remove(): void } {
  let stored: LeaseRecord | null = null;
  let version = 0;
  return {
    read: () => Promise.resolve(stored),
    write(record, previous) {
      if (stored?.resourceVersion !== previous?.resourceVersion) {
        const message = `the lease is at version ${stored?.resourceVersion ?? 'none'}, expected ${previous?.resourceVersion ?? 'none'}`;
        return Promise.reject(new ConflictError(message));
      }
      version += 1;
      stored = { ...record, resourceVersion: String(version) };
      return Promise.resolve(stored);
    },
    remove() {
      stored = null;
    },
  };
}
