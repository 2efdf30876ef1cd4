import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Progress } from '../../controlplane/binaries.ts';
import { type Adapter, type Start, startOurs, startTheirs } from '../../differential/adapters.ts';
import { Connection, type Target } from '../client/connection.ts';
import type { Job } from '../client/load.ts';
import { Client } from '../client/process.ts';
import type { Tally } from '../client/tally.ts';
import type { Read } from '../client/verdict.ts';
import { peakMegabytes } from '../process-stat.ts';
import { throughAggregator } from './aggregator.ts';
import { type Kind, manyReads, readsOf } from './data.ts';
import { type Ground, startGround } from './ground.ts';
import { imageFlags } from '../../support/image-flags.ts';
import { idle, metered } from './meter.ts';
import type { Many, OfKind, Paced, Results, Side } from './results.ts';
import { CONNECTIONS, type Scale } from './scale.ts';

const PORTS = { theirs: 6444, ours: 6445, second: 6446, bare: 6447 };

/** Both adapters, one after the other, on the same ground. What cannot be measured is null, and said. */
export async function runBenchmark(scale: Scale, progress: Progress): Promise<Results> {
  await using stack = new AsyncDisposableStack();
  const ground = await startGround(scale, stack, progress);
  const client = stack.use(new Client());
  const bench = new Bench({ ground, client, scale, progress });

  const before = await bench.idle();
  const theirs = await bench.side('theirs');
  const ours = await bench.side('ours');
  const bare = {
    external: await bench.bare('external', ours.external.saturated),
    pods: await bench.bare('pods', ours.pods.saturated),
  };
  const replicas = await bench.replicas();
  const many = await bench.many();
  const after = await bench.idle();
  return {
    keys: scale.namespaces,
    manyKeys: scale.namespaces * scale.metrics,
    idle: [before, after],
    theirs,
    ours,
    bare,
    replicas,
    many,
  };
}

class Bench {
  readonly #ground: Ground;
  readonly #client: Client;
  readonly #scale: Scale;
  readonly #progress: Progress;

  constructor({
    ground,
    client,
    scale,
    progress,
  }: {
    ground: Ground;
    client: Client;
    scale: Scale;
    progress: Progress;
  }) {
    this.#ground = ground;
    this.#client = client;
    this.#scale = scale;
    this.#progress = progress;
  }

  idle() {
    this.#progress(`idle for ${this.#scale.idle} s ...`);
    return idle(this.#ground, this.#scale.idle);
  }

  async side(name: 'theirs' | 'ours'): Promise<Side> {
    const port = PORTS[name];
    const nothing = { paced: null, saturated: null };
    const side = await this.#attempt(`${name}: start`, () =>
      this.#with(
        name === 'theirs' ? startTheirs(this.#ground, this.#start(THEIR_FLAGS)) : this.#ours(),
        async ({ pid }) => ({
          external: await this.#kind(name, 'external', pid),
          pods: await this.#kind(name, 'pods', pid),
          aggregated: await this.#attempt(`${name}: through the aggregator`, () =>
            throughAggregator(this.#ground, port, (target) =>
              this.#load({ targets: [target], reads: readsOf('external', this.#scale), pace: this.#saturated() }),
            ),
          ),
        }),
      ),
    );
    return side ?? { external: nothing, pods: nothing, aggregated: null };
  }

  async #kind(name: 'theirs' | 'ours', kind: Kind, pid: number): Promise<OfKind> {
    const job = { targets: [this.#ground.asHpaController(PORTS[name])], reads: readsOf(kind, this.#scale) };
    return {
      paced: await this.#attempt(`${name}: ${kind}, paced`, async () => (await this.#paced(job, [pid])).paced),
      saturated: await this.#attempt(`${name}: ${kind}, saturated`, () =>
        this.#load({ ...job, pace: this.#saturated() }),
      ),
    };
  }

  /** The yardstick: answers of the size that ours had. */
  async bare(kind: Kind, ours: Tally | null): Promise<OfKind> {
    const bare = await this.#attempt(`bare TLS server: ${kind}`, async () => {
      if (ours === null) throw new Error('how long its answers should be is not known');
      const { address, processes } = this.#ground;
      const target = { address, port: PORTS.bare, client: null, headers: {} };
      const server = await processes.start({
        name: `bare-${kind}`,
        command: process.execPath,
        args: [BARE_SERVER, address, String(PORTS.bare), String(ours.bodyBytes)],
        ready: () => answers(target),
      });
      try {
        const reads: Read[] = readsOf(kind, this.#scale).map(({ path }) => ({ path, expected: { type: 'anything' } }));
        const job = { targets: [target], reads };
        const { paced } = await this.#paced(job, [server.pid], BARE_ROUNDS);
        return { paced, saturated: await this.#load({ ...job, pace: this.#saturated() }) };
      } finally {
        await server.stop();
      }
    });
    return bare ?? { paced: null, saturated: null };
  }

  replicas(): Promise<Paced | null> {
    return this.#attempt('ours: two replicas, external, paced', () =>
      this.#with(this.#ours(), (first) =>
        this.#with(this.#ours({ name: 'second', port: PORTS.second }), async (second) => {
          const targets = [PORTS.ours, PORTS.second].map((port) => this.#ground.asHpaController(port));
          const job = { targets, reads: readsOf('external', this.#scale) };
          return (await this.#paced(job, [first.pid, second.pid])).paced;
        }),
      ),
    );
  }

  many(): Promise<Many | null> {
    const { namespaces, metrics, manyRounds } = this.#scale;
    return this.#attempt(`ours: ${namespaces * metrics} keys on one core, paced`, () =>
      this.#with(this.#ours({ name: 'many', under: onOneCore() }), async ({ pid }) => {
        const job = { targets: [this.#ground.asHpaController(PORTS.ours)], reads: manyReads(this.#scale) };
        const { warming, paced } = await this.#paced(job, [pid], manyRounds);
        return { warming, paced, peakMegabytes: peakMegabytes(pid) };
      }),
    );
  }

  /** A round that warms and is not measured, then those that are. */
  async #paced(
    job: Pick<Job, 'targets' | 'reads'>,
    adapterPids: readonly number[],
    rounds = this.#scale.rounds,
  ): Promise<{ warming: Tally; paced: Paced }> {
    const pace = { type: 'paced', periodSeconds: this.#scale.period } as const;
    const warming = await this.#load({ ...job, pace: { ...pace, rounds: 1 } });
    const { usage, result } = await metered(this.#ground, adapterPids, () =>
      this.#load({ ...job, pace: { ...pace, rounds } }),
    );
    return { warming, paced: { usage, tally: result } };
  }

  async #load(job: Pick<Job, 'targets' | 'reads' | 'pace'>): Promise<Tally> {
    const tally = await this.#client.run({ ...job, connections: CONNECTIONS });
    if (tally.firstFault !== null)
      this.#progress(`  ${tally.failed} failed, ${tally.wrong} wrong: ${tally.firstFault}`);
    return tally;
  }

  #ours(more: Partial<Start> = {}): Promise<Adapter> {
    return startOurs(this.#ground, { ...this.#start([]), port: PORTS.ours, nodeFlags: imageFlags(), ...more });
  }

  #start(flags: readonly string[]): Start {
    return { name: 'bench', file: this.#ground.configurationFile, flags };
  }

  #saturated(): { type: 'saturated'; seconds: number } {
    return { type: 'saturated', seconds: this.#scale.saturated };
  }

  async #with<T>(starting: Promise<Adapter>, run: (adapter: Adapter) => Promise<T>): Promise<T> {
    const adapter = await starting;
    try {
      return await run(adapter);
    } finally {
      await adapter.stop();
      // what the API server still does for the one that left is not counted for the next
      await sleep(1000);
    }
  }

  /** What fails is a row that was not measured, and the other rows are measured all the same. */
  async #attempt<T>(what: string, run: () => Promise<T>): Promise<T | null> {
    this.#progress(`${what} ...`);
    try {
      return await run();
    } catch (error) {
      this.#progress(`  not measured: ${error instanceof Error ? error.message : String(error)}`);
      return null;
    }
  }
}

/** Its own defaults but for this one: a Pods read LISTs pods, and with the default of 5 calls a second it could answer 5 reads a second. */
const THEIR_FLAGS = ['--client-qps=1000', '--client-burst=2000'];

/** Enough for a server that does the same each time. */
const BARE_ROUNDS = 2;
const BARE_SERVER = join(import.meta.dirname, '..', 'client', 'bare-server.ts');

function answers(target: Target): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const connection = new Connection(target);
  connection.get('/', ({ type }) => resolve(type === 'answer'));
  return promise.finally(() => connection.close());
}

/** @throws Error where there is no taskset */
function onOneCore(): string[] {
  if (spawnSync('taskset', ['--version']).status !== 0) throw new Error('taskset (util-linux) is not there');
  return ['taskset', '--cpu-list', '0'];
}
