import { schedule, type ScheduledTask } from 'node-cron';
import { type World, pass, preview } from '../app/pass.ts';
import { describeError } from '../domain/errors.ts';
import type { Plan } from '../domain/plan.ts';
import type { Log } from '../ports/log.ts';

export type GovernorOptions = {
  world: World;
  /** Whether this process may write now: it holds the Lease. The others decide and report. */
  isHolder(): boolean;
  heartbeatSeconds: number;
  log: Log;
};

/** The loop around pass(). It keeps nothing that a pass could not compute again but the last plan. */
export type Governor = {
  start(): Promise<void>;
  /** Runs a pass now, or right after the one that is running. */
  wake(): Promise<void>;
  lastPlan(): Plan | null;
  close(): Promise<void>;
};

/**
 * A pass at each heartbeat, and within two seconds of a change of the policies. What should be true is computed from now
 * alone, so a missed beat loses nothing. When the cluster cannot be read, what is in force stays.
 */
export function createGovernor({ world, isHolder, heartbeatSeconds, log }: GovernorOptions): Governor {
  let last: Plan | null = null;
  let running: Promise<void> | null = null;
  let again = false;
  const tasks: ScheduledTask[] = [];

  async function once(): Promise<void> {
    try {
      if (isHolder()) {
        last = await pass(world, last);
      } else {
        last = await preview(world, last);
        world.recorder.planned(last);
      }
    } catch (error) {
      log.error({ error: describeError(error) }, 'pass failed, the floors in force stay');
    }
  }

  function wake(): Promise<void> {
    if (running) {
      again = true;
      return running;
    }
    running = (async () => {
      do {
        again = false;
        await once();
      } while (again);
      running = null;
    })();
    return running;
  }

  async function wakeOnChange(): Promise<void> {
    const { revision } = await world.policies.read();
    if (last && revision !== last.revision) await wake();
  }

  return {
    wake,
    lastPlan: () => last,
    async start() {
      await wake();
      tasks.push(
        schedule(heartbeatExpression(heartbeatSeconds), () => wake(), { noOverlap: true }),
        schedule('* * * * * *', wakeOnChange, { noOverlap: true }),
      );
    },
    async close() {
      for (const task of tasks) await task.destroy();
      await running;
    },
  };
}

/** A whole divisor of a minute as a six-field cron expression. */
function heartbeatExpression(seconds: number): string {
  return seconds === 60 ? '0 * * * * *' : `*/${seconds} * * * * *`;
}
