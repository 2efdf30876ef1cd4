import { describe, expect, it } from '@jest/globals';
import { DateTime } from 'luxon';
import type { World } from '../../src/app/pass.ts';
import { UnavailableError } from '../../src/domain/errors.ts';
import { type Governor, createGovernor } from '../../src/operator/governor.ts';
import { silentLog } from '../../src/ports/log.ts';
import { aPolicy, anHpa } from '../support/policies.ts';

type Bench = { governor: Governor; writes: number; passes: number; revision: string; holder: boolean; down: boolean };

function bench(): Bench {
  const state: Omit<Bench, 'governor'> = { writes: 0, passes: 0, revision: 'r1', holder: true, down: false };
  const world: World = {
    clock: { now: () => DateTime.fromISO('2026-11-24T12:00:00Z').toUTC(), monotonic: () => 0, sleep: async () => {} },
    cluster: {
      async hpas() {
        state.passes++;
        if (state.down) throw new UnavailableError('the API server is away');
        return [anHpa({ minReplicas: 9 })];
      },
      applyFloor: async () => void state.writes++,
      handBack: async () => {},
    },
    policies: { read: async () => ({ policies: [aPolicy()], problems: [], clean: true, revision: state.revision }) },
    recorder: { planned: () => {}, acted: () => {} },
    limits: { heartbeatSeconds: 1, letGoAfterSeconds: 60 },
  };
  const governor = createGovernor({ world, isHolder: () => state.holder, heartbeatSeconds: 60, log: silentLog });
  return Object.assign(state, { governor });
}

/** Until a condition holds; jest's own timeout bounds it. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20));
}

describe('the governor', () => {
  it('decides at once when it starts, and writes while it holds the lease', async () => {
    const run = bench();
    await run.governor.start();
    expect([run.passes, run.writes]).toEqual([1, 1]);
    await run.governor.close();
  });

  it('without the lease decides and reports, and writes nothing', async () => {
    const run = bench();
    run.holder = false;
    await run.governor.start();
    expect([run.passes, run.writes]).toEqual([1, 0]);
    expect(run.governor.lastPlan()?.decisions[0]?.action?.type).toBe('Apply');
    await run.governor.close();
  });

  it('wakes up when the policies change, long before its next heartbeat', async () => {
    const run = bench();
    await run.governor.start();
    run.revision = 'r2';
    await until(() => run.governor.lastPlan()?.revision === 'r2');
    await run.governor.close();
  });

  it('keeps the last plan when the cluster cannot be read, and goes on', async () => {
    const run = bench();
    await run.governor.start();
    const before = run.governor.lastPlan();
    run.down = true;
    await run.governor.wake();
    expect(run.governor.lastPlan()).toBe(before);
    run.down = false;
    await run.governor.wake();
    expect(run.governor.lastPlan()).not.toBe(before);
    await run.governor.close();
  });

  it('runs one pass at a time: who wakes it meanwhile gets one more pass after it', async () => {
    const run = bench();
    await Promise.all([run.governor.wake(), run.governor.wake(), run.governor.wake()]);
    expect(run.passes).toBe(2);
    await run.governor.close();
  });
});
