/**
 * Who holds the lease, decided as Kubernetes' own components do (client-go tools/leaderelection): a holder is believed for
 * leaseDurationSeconds after we ourselves last saw its record change, by our own monotonic clock. Times in the record come
 * from other machines' clocks and are for people to read.
 */

/** What a Lease says. */
export type LeaseSpec = {
  /** '' = nobody holds it. */
  holderIdentity: string;
  leaseDurationSeconds: number;
  /** Epoch milliseconds. */
  acquireTime: number;
  renewTime: number;
  leaseTransitions: number;
};

/** resourceVersion: opaque, moves with every write. */
export type LeaseRecord = LeaseSpec & { resourceVersion: string };

/** Each number in seconds. A holder stops writing (fence) well before others may take over (duration). */
export const LEASE = { duration: 15, renewEvery: 5, fence: 10, retryEvery: 2 } as const;

/** A record, and when we first saw it as it is; milliseconds of our monotonic clock. */
export type Seen = { record: LeaseRecord | null; since: number };

/** Keeps the time of the first sight while the holder has not written anything new. */
export function see(previous: Seen | null, record: LeaseRecord | null, monotonic: number): Seen {
  const same = previous !== null && signature(previous.record) === signature(record);
  return { record, since: same ? previous.since : monotonic };
}

/** What a holder changes with each renewal; a label put on by somebody else is not a sign of life. */
const signature = (record: LeaseRecord | null): string =>
  record === null
    ? ''
    : `${record.renewTime} ${record.acquireTime} ${record.leaseTransitions} ${record.leaseDurationSeconds} ${record.holderIdentity}`;

export type LeaseDecision =
  /** Nobody holds it, or the holder's time is over: write this. */
  | { type: 'Acquire'; spec: LeaseSpec }
  /** It is ours: write this to keep it. */
  | { type: 'Renew'; spec: LeaseSpec }
  /** Somebody else holds it, for so many more milliseconds unless renewed. */
  | { type: 'Follow'; holder: string; expiresIn: number };

export type LeaseInput = {
  /** Ours; unique among all that run at one time. One that outlives a restart is taken up again at once. */
  identity: string;
  /** Wall clock, epoch milliseconds: only written down. */
  now: number;
  /** Milliseconds of our monotonic clock: what is decided by. */
  monotonic: number;
  seen: Seen;
};

export function decideLease({ identity, now, monotonic, seen }: LeaseInput): LeaseDecision {
  const { record, since } = seen;
  const claim = { holderIdentity: identity, leaseDurationSeconds: LEASE.duration, renewTime: now };
  if (record?.holderIdentity === identity) {
    const { acquireTime, leaseTransitions } = record;
    return { type: 'Renew', spec: { ...claim, acquireTime, leaseTransitions } };
  }
  if (record && record.holderIdentity !== '') {
    const expiresIn = since + record.leaseDurationSeconds * 1000 - monotonic;
    if (expiresIn > 0) return { type: 'Follow', holder: record.holderIdentity, expiresIn };
  }
  const leaseTransitions = record ? record.leaseTransitions + 1 : 0;
  return { type: 'Acquire', spec: { ...claim, acquireTime: now, leaseTransitions } };
}

/** What a holder writes when it stops, so that the next one need not wait; null where it is not ours to give. */
export function releaseLease(record: LeaseRecord | null, identity: string, now: number): LeaseSpec | null {
  if (record?.holderIdentity !== identity) return null;
  const { acquireTime, leaseDurationSeconds, leaseTransitions } = record;
  return { holderIdentity: '', acquireTime, leaseDurationSeconds, leaseTransitions, renewTime: now };
}
