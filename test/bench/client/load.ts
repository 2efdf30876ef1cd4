import { setTimeout as sleep } from 'node:timers/promises';
import { Connection, type Target } from './connection.ts';
import { Counting, type Tally } from './tally.ts';
import { type Read, verdictOf } from './verdict.ts';

/** How reads are made: each key once a period, whatever the answers take, or as fast as answers come. */
export type Pace = { type: 'paced'; periodSeconds: number; rounds: number } | { type: 'saturated'; seconds: number };

/** targets: connections are spread over them, as a Service spreads them over replicas. */
export type Job = { targets: readonly Target[]; reads: readonly Read[]; connections: number; pace: Pace };

/** Makes the reads and holds each answer to what it must be. */
export async function load({ targets, reads, connections, pace }: Job): Promise<Tally> {
  const open = Array.from({ length: connections }, (_none, at) => new Connection(targets[at % targets.length]!));
  try {
    return pace.type === 'paced' ? await paced(open, reads, pace) : await saturated(open, reads, pace.seconds);
  } finally {
    for (const connection of open) connection.close();
  }
}

/**
 * A read is due at its place in the period, and its latency counts from then: a server that falls behind cannot hide it by being
 * asked later.
 */
function paced(
  idle: Connection[],
  reads: readonly Read[],
  { periodSeconds, rounds }: { periodSeconds: number; rounds: number },
): Promise<Tally> {
  const { promise, resolve } = Promise.withResolvers<Tally>();
  const counting = new Counting();
  const startedAt = performance.now();
  const apart = (periodSeconds * 1000) / reads.length;
  const total = reads.length * rounds;
  let next = 0;
  let done = 0;

  function start(connection: Connection): void {
    const due = startedAt + next * apart;
    const read = reads[next++ % reads.length]!;
    connection.get(read.path, (outcome) => {
      counting.add(read.path, outcome, verdictOf(read, outcome), performance.now() - due);
      done++;
      if (next < total && performance.now() >= startedAt + next * apart) start(connection);
      else idle.push(connection);
    });
  }
  async function tick(): Promise<void> {
    while (done < total) {
      while (idle.length > 0 && next < total && performance.now() >= startedAt + next * apart) start(idle.pop()!);
      await sleep(2);
    }
    // the last period is one as the others: its background work is measured with it
    await sleep(Math.max(0, startedAt + rounds * periodSeconds * 1000 - performance.now()));
    resolve(counting.done());
  }
  void tick();
  return promise;
}

/** Each connection asks again as soon as it has its answer, one key after another. */
function saturated(open: readonly Connection[], reads: readonly Read[], seconds: number): Promise<Tally> {
  const { promise, resolve } = Promise.withResolvers<Tally>();
  const counting = new Counting();
  const end = performance.now() + seconds * 1000;
  let next = 0;
  let busy = open.length;

  function again(connection: Connection): void {
    const startedAt = performance.now();
    if (startedAt >= end) {
      if (--busy === 0) resolve(counting.done());
      return;
    }
    const read = reads[next++ % reads.length]!;
    connection.get(read.path, (outcome) => {
      counting.add(read.path, outcome, verdictOf(read, outcome), performance.now() - startedAt);
      // a server that refuses at once is not asked in a recursion
      if (outcome.type === 'none') setImmediate(() => again(connection));
      else again(connection);
    });
  }
  for (const connection of open) again(connection);
  return promise;
}
