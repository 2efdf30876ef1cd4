import { ConflictError, UnavailableError } from '../../src/domain/errors.ts';
import type { LeaseRecord, LeaseSpec } from '../../src/domain/lease.ts';
import { type Leader, leader } from '../../src/operator/leader.ts';
import type { LeaseStore } from '../../src/ports/lease-store.ts';
import { TurnedClock } from '../support/turned-clock.ts';

/** The Lease that contenders share; a contender's way to it can be cut. */
class SharedLease {
  record: LeaseRecord | null = null;
  #version = 0;

  reachedBy(): LeaseStore & { down: boolean } {
    const door = {
      down: false,
      read: async (): Promise<LeaseRecord | null> => {
        if (door.down) throw new UnavailableError('down');
        return this.record;
      },
      write: async (spec: LeaseSpec, previous: LeaseRecord | null): Promise<LeaseRecord> => {
        if (door.down) throw new UnavailableError('down');
        if (this.record?.resourceVersion !== previous?.resourceVersion) throw new ConflictError('somebody was first');
        this.#version += 1;
        this.record = { ...spec, resourceVersion: `${this.#version}` };
        return this.record;
      },
    };
    return door;
  }
}

type Contender = {
  leader: Leader;
  store: ReturnType<SharedLease['reachedBy']>;
  stop: AbortController;
  done: Promise<void>;
  said: string[];
};

function contender(identity: string, lease: SharedLease, clock: TurnedClock): Contender {
  const store = lease.reachedBy();
  const said: string[] = [];
  const contending = leader({
    store,
    clock,
    identity,
    onChange: ({ holding, holder }) => said.push(`${holding ? 'holds' : 'lost'} (${holder})`),
    onError: (error) => said.push(String(error)),
  });
  const stop = new AbortController();
  return { leader: contending, store, stop, done: contending.run(stop.signal), said };
}

async function ended(...contenders: Contender[]): Promise<void> {
  for (const { stop } of contenders) stop.abort();
  await Promise.all(contenders.map(({ done }) => done));
}

const state = ({ leader: it }: Contender): { isHolder: boolean; mayWrite: boolean } => ({
  isHolder: it.isHolder(),
  mayWrite: it.mayWrite(),
});
const FOLLOWS = { isHolder: false, mayWrite: false };
const HOLDS = { isHolder: true, mayWrite: true };

describe('leader', () => {
  it('takes a free lease at once and keeps it; a second one follows', async () => {
    const [clock, lease] = [new TurnedClock(), new SharedLease()];
    const a = contender('a', lease, clock);
    await clock.turn(0);
    const b = contender('b', lease, clock);
    for (let minute = 0; minute < 10; minute += 1) {
      await clock.turn(60_000);
      expect([state(a), state(b)]).toEqual([HOLDS, FOLLOWS]);
    }
    expect(b.leader.holder()).toBe('a');
    expect(lease.record).toMatchObject({ holderIdentity: 'a', leaseTransitions: 0 });
    await ended(a, b);
  });

  it('goes to one of those that come at the same instant, and the others have nothing to complain of', async () => {
    const [clock, lease] = [new TurnedClock(), new SharedLease()];
    const all = ['a', 'b', 'c'].map((identity) => contender(identity, lease, clock));
    await clock.turn(2_000);
    expect(all.map(state)).toEqual([HOLDS, FOLLOWS, FOLLOWS]);
    expect(all.flatMap(({ said }) => said)).toEqual(['holds (a)']);
    await ended(...all);
  });

  it('hands over at once when the holder stops in good order', async () => {
    const [clock, lease] = [new TurnedClock(), new SharedLease()];
    const a = contender('a', lease, clock);
    await clock.turn(0);
    const b = contender('b', lease, clock);
    await clock.turn(20_000);
    await ended(a);
    expect(state(a)).toEqual(FOLLOWS);
    expect(lease.record?.holderIdentity).toBe('');
    await clock.turn(5_000);
    expect(state(b)).toEqual(HOLDS);
    await ended(b);
  });

  it('takes over from a holder that is cut off, but only after it has stopped writing', async () => {
    const [clock, lease] = [new TurnedClock(), new SharedLease()];
    const a = contender('a', lease, clock);
    await clock.turn(0);
    const b = contender('b', lease, clock);
    await clock.turn(20_000);
    a.store.down = true;
    let taken: number | null = null;
    for (let second = 0; second <= 30; second += 1) {
      expect(a.leader.mayWrite() && b.leader.mayWrite()).toBe(false);
      expect(a.leader.isHolder() && b.leader.isHolder()).toBe(false);
      if (taken === null && b.leader.mayWrite()) taken = second;
      await clock.turn(1_000);
    }
    expect(taken).toBeGreaterThanOrEqual(15);
    expect(taken).toBeLessThanOrEqual(20);
    expect(a.said).toContain('lost (a)');
    a.store.down = false;
    await clock.turn(10_000);
    expect([state(a), state(b)]).toEqual([FOLLOWS, HOLDS]);
    await ended(a, b);
  });

  it('stops writing 10 s after the last renewal that worked, and goes on when the store is back in time', async () => {
    const [clock, lease] = [new TurnedClock(), new SharedLease()];
    const a = contender('a', lease, clock);
    await clock.turn(0);
    a.store.down = true;
    await clock.turn(9_999);
    expect(state(a)).toEqual(HOLDS);
    await clock.turn(1);
    expect(state(a)).toEqual({ isHolder: true, mayWrite: false });
    a.store.down = false;
    await clock.turn(2_000);
    expect(state(a)).toEqual(HOLDS);
    expect(lease.record).toMatchObject({ holderIdentity: 'a', leaseTransitions: 0 });
    await ended(a);
  });

  it('is held by nobody while the store is down for all, and by exactly one when it is back', async () => {
    const [clock, lease] = [new TurnedClock(), new SharedLease()];
    const all = ['a', 'b', 'c'].map((identity) => contender(identity, lease, clock));
    await clock.turn(10_000);
    expect(all.filter((each) => each.leader.mayWrite())).toHaveLength(1);
    for (const each of all) each.store.down = true;
    await clock.turn(60_000);
    expect(all.map(state)).toEqual([FOLLOWS, FOLLOWS, FOLLOWS]);
    for (const each of all) each.store.down = false;
    await clock.turn(30_000);
    expect(all.filter((each) => each.leader.mayWrite())).toHaveLength(1);
    await ended(...all);
  });

  it.each([
    ['an hour forward', 3_600_000],
    ['an hour back', -3_600_000],
  ])("does not change hands when a follower's wall clock is stepped %s", async (_, step) => {
    const [clock, elsewhere, lease] = [new TurnedClock(), new TurnedClock(), new SharedLease()];
    const a = contender('a', lease, clock);
    await clock.turn(0);
    const b = contender('b', lease, elsewhere);
    for (let second = 0; second < 60; second += 1) {
      if (second === 10) elsewhere.step(step);
      await clock.turn(1_000);
      await elsewhere.turn(1_000);
      expect([state(a), state(b)]).toEqual([HOLDS, FOLLOWS]);
    }
    await ended(a, b);
  });

  it('takes up its own lease at once after a restart under the same name', async () => {
    const [clock, lease] = [new TurnedClock(), new SharedLease()];
    const first = leader({ store: lease.reachedBy(), clock, identity: 'a' });
    await first.step(); // and then it is killed
    const again = contender('a', lease, clock);
    await clock.turn(0);
    expect(state(again)).toEqual(HOLDS);
    expect(lease.record?.leaseTransitions).toBe(0);
    await ended(again);
  });

  it('stops being the holder when somebody else has written the lease', async () => {
    const [clock, lease] = [new TurnedClock(), new SharedLease()];
    const a = contender('a', lease, clock);
    await clock.turn(0);
    await lease.reachedBy().write({ ...lease.record!, holderIdentity: 'thief', renewTime: 1 }, lease.record);
    await clock.turn(5_000);
    expect(state(a)).toEqual(FOLLOWS);
    expect(a.said).toEqual(['holds (a)', 'lost (thief)']);
    await ended(a);
    expect(lease.record?.holderIdentity).toBe('thief');
  });

  it('ends in good order when the lease cannot be given back', async () => {
    const [clock, lease] = [new TurnedClock(), new SharedLease()];
    const a = contender('a', lease, clock);
    await clock.turn(0);
    a.store.down = true;
    await ended(a);
    expect(a.said).toEqual(['holds (a)', 'lost (a)', 'UnavailableError: down']);
  });
});
