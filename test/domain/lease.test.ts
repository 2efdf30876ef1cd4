import fc from 'fast-check';
import { type LeaseRecord, type Seen, LEASE, decideLease, releaseLease, see } from '../../src/domain/lease.ts';

const record = (over: Partial<LeaseRecord> = {}): LeaseRecord => ({
  holderIdentity: 'a',
  leaseDurationSeconds: 15,
  acquireTime: 1_000,
  renewTime: 2_000,
  leaseTransitions: 3,
  resourceVersion: '7',
  ...over,
});

const decide = (seen: Seen, monotonic: number): ReturnType<typeof decideLease> =>
  decideLease({ identity: 'me', now: 99_000, monotonic, seen });

describe('decideLease', () => {
  it('acquires a lease that is not there', () => {
    expect(decide({ record: null, since: 0 }, 0)).toEqual({
      type: 'Acquire',
      spec: {
        holderIdentity: 'me',
        leaseDurationSeconds: 15,
        acquireTime: 99_000,
        renewTime: 99_000,
        leaseTransitions: 0,
      },
    });
  });

  it('acquires a lease that was given back, and counts the transition', () => {
    const decision = decide({ record: record({ holderIdentity: '' }), since: 0 }, 1);
    expect(decision).toMatchObject({ type: 'Acquire', spec: { holderIdentity: 'me', leaseTransitions: 4 } });
  });

  it('renews its own lease, also one from before a restart, and keeps when it was acquired', () => {
    const decision = decide({ record: record({ holderIdentity: 'me' }), since: 0 }, 1_000_000);
    expect(decision).toMatchObject({
      type: 'Renew',
      spec: { acquireTime: 1_000, renewTime: 99_000, leaseTransitions: 3 },
    });
  });

  it.each([
    ['just seen', 0, 'Follow'],
    ['one millisecond before its duration is over', 14_999, 'Follow'],
    ['when its duration is over', 15_000, 'Acquire'],
  ])("with another's lease, %s, the decision is right", (_, after, type) => {
    expect(decide({ record: record(), since: 500 }, 500 + after).type).toBe(type);
  });

  it("believes the duration in the holder's record, not our own", () => {
    const seen = { record: record({ leaseDurationSeconds: 60 }), since: 0 };
    expect(decide(seen, 59_999)).toEqual({ type: 'Follow', holder: 'a', expiresIn: 1 });
  });

  it("judges by when we saw the record change, whatever times other machines' clocks wrote into it", () => {
    const times = fc.integer({ min: -1e12, max: 4e12 });
    fc.assert(
      fc.property(times, times, fc.integer({ min: 0, max: 60_000 }), (renewTime, acquireTime, after) => {
        const decision = decide({ record: record({ renewTime, acquireTime }), since: 10 }, 10 + after);
        expect(decision.type).toBe(after < 15_000 ? 'Follow' : 'Acquire');
      }),
    );
  });

  it('leaves time between the last write of a holder and the first of the next', () => {
    expect(LEASE.fence + LEASE.retryEvery * 2).toBeLessThan(LEASE.duration);
    expect(LEASE.renewEvery + LEASE.retryEvery).toBeLessThan(LEASE.fence);
  });
});

describe('see', () => {
  it.each([
    ['renewed', { renewTime: 3_000 }, 50],
    ['taken by another', { holderIdentity: 'b' }, 50],
    ['touched by somebody who is not the holder', { resourceVersion: '8' }, 10],
  ])('a record that was %s', (_, change, since) => {
    const first = see(null, record(), 10);
    expect(see(first, record(change), 50)).toEqual({ record: record(change), since });
  });

  it('starts anew when the lease was deleted and made again', () => {
    const gone = see(see(null, record(), 10), null, 20);
    expect(gone.since).toBe(20);
    expect(see(gone, record(), 30).since).toBe(30);
  });
});

describe('releaseLease', () => {
  it('gives back what is ours', () => {
    expect(releaseLease(record({ holderIdentity: 'me' }), 'me', 5_000)).toMatchObject({
      holderIdentity: '',
      renewTime: 5_000,
    });
  });

  it.each([
    ['nobody holds', record({ holderIdentity: '' })],
    ['another holds', record()],
    ['is not there', null],
  ])('leaves alone a lease that %s', (_, found) => {
    expect(releaseLease(found, 'me', 5_000)).toBeNull();
  });
});
