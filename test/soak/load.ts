import { Connection, type Target } from '../bench/client/connection.ts';
import type { Outcome } from '../bench/client/response-reader.ts';
import { pause } from './pause.ts';
import type { Read } from './reads.ts';
import type { Tally } from './tally.ts';
import { type Truth, verdictOf } from './verdict.ts';

/** Asks for one path once. */
export const ask = (connection: Connection, path: string): Promise<Outcome> =>
  new Promise((resolve) => connection.get(path, resolve));

export type LoadOptions = {
  reads: readonly Read[];
  /** Whom to ask and as whom, at any time: certificates change while reads go on. One connection each. */
  targets: readonly (() => Target)[];
  /** Between two reads of a key. */
  periodMilliseconds: number;
  truth: Truth;
  tally: Tally;
};

/** So many reads a connection makes, so that new ones are made at any time too. */
const READS_PER_CONNECTION = 100;

/** Reads every key once a period until the run is over, and holds each answer to the truth. */
export async function load(options: LoadOptions, over: AbortSignal): Promise<void> {
  await Promise.all(options.targets.map((_target, worker) => readOn(worker, options, over)));
}

async function readOn(worker: number, options: LoadOptions, over: AbortSignal): Promise<void> {
  const { reads, targets, periodMilliseconds, truth, tally } = options;
  const startedAt = performance.now();
  const apart = periodMilliseconds / reads.length;
  let made = { target: targets[worker]!(), reads: 0 };
  let connection = new Connection(made.target);
  for (let next = worker; ; next += targets.length) {
    const early = startedAt + next * apart - performance.now();
    if (!(await pause(Math.max(0, early), over))) break;
    const target = targets[worker]!();
    if (target !== made.target || made.reads >= READS_PER_CONNECTION) {
      connection.close();
      made = { target, reads: 0 };
      connection = new Connection(target);
    }
    made.reads++;
    const read = reads[next % reads.length]!;
    const askedAt = Date.now();
    const outcome = await ask(connection, read.path);
    const when = { askedAt, answeredAt: Date.now() };
    tally.add(read, verdictOf(read, outcome, when, truth), when);
  }
  connection.close();
}
