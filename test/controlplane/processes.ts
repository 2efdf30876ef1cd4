import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** One process to start. `ready` is asked again and again until it says true; it may throw while things come up. */
export type ProcessSpec = {
  name: string;
  command: string;
  args: readonly string[];
  environment?: Record<string, string>;
  cwd?: string;
  ready: () => Promise<boolean>;
};

export type RunningProcess = {
  readonly name: string;
  readonly pid: number;
  /** The file that gets what the process prints. */
  readonly log: string;
  /** Resolves when the process has ended: exit code, or the signal that ended it. */
  readonly ended: Promise<string>;
  /** Sends a signal and waits for the end; a TERM that is not obeyed becomes a KILL after 10 s. */
  stop(signal?: 'SIGTERM' | 'SIGKILL' | 'SIGINT'): Promise<string>;
};

const READY_SECONDS = 90;

/** Starts processes with a log file each and ends them in reverse order. Ends nothing that it did not start. */
export class Processes {
  readonly #logs: string;
  readonly #running: RunningProcess[] = [];
  /** Called when a process ends that nobody stopped. */
  onUnexpectedEnd: (process: RunningProcess, how: string) => void = () => {};

  constructor(logs: string) {
    mkdirSync(logs, { recursive: true });
    this.#logs = logs;
  }

  /** @throws Error with the tail of the log, when the process ends or is not ready in time; it is not running then. */
  async start(spec: ProcessSpec): Promise<RunningProcess> {
    const log = join(this.#logs, `${spec.name}.log`);
    const file = openSync(log, 'a');
    // a process group of its own: Ctrl-C in the terminal reaches the launcher alone, which then stops all in order
    const child = spawn(spec.command, spec.args, {
      cwd: spec.cwd,
      env: spec.environment ?? {},
      stdio: ['ignore', file, file],
      detached: true,
    });
    closeSync(file);
    const { pid } = child;
    if (pid === undefined) throw new Error(`${spec.name}: ${spec.command} could not be started`);

    // its end is unexpected once it was ready and until somebody stops it
    let watched = false;
    const ended = howItEnds(child);
    const running: RunningProcess = {
      name: spec.name,
      pid,
      log,
      ended,
      stop: async (signal = 'SIGTERM') => {
        watched = false;
        if (child.exitCode === null && child.signalCode === null) child.kill(signal);
        const timer = new AbortController();
        const late = sleep(10_000, null, { signal: timer.signal }).then(
          () => child.kill('SIGKILL'),
          () => false,
        );
        const how = await ended;
        timer.abort();
        await late;
        this.#forget(running);
        return how;
      },
    };
    this.#running.push(running);
    child.once('exit', () => {
      if (watched) void ended.then((how) => this.onUnexpectedEnd(running, how));
    });

    try {
      await this.#untilReady(spec, running);
    } catch (error) {
      await running.stop();
      throw error;
    }
    watched = true;
    return running;
  }

  /** Ends all that still run, the last started first. */
  async stopAll(): Promise<void> {
    while (this.#running.length > 0) await this.#running.at(-1)!.stop();
  }

  /** For a launcher that is being ended itself and cannot wait. */
  killAllNow(): void {
    for (const { pid } of this.#running) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // it has ended already
      }
    }
  }

  async #untilReady(spec: ProcessSpec, running: RunningProcess): Promise<void> {
    const deadline = performance.now() + READY_SECONDS * 1000;
    const stillRunning = Symbol('still running');
    let last: unknown = 'it never answered yes';
    while (performance.now() < deadline) {
      const how = await Promise.race([running.ended, sleep(100, stillRunning)]);
      if (typeof how === 'string')
        throw new Error(`${spec.name} ended (${how}) before it was ready:\n${tail(running.log)}`);
      try {
        if (await spec.ready()) return;
      } catch (error) {
        last = error;
      }
    }
    throw new Error(`${spec.name} is not ready after ${READY_SECONDS} s (${String(last)}):\n${tail(running.log)}`);
  }

  #forget(process: RunningProcess): void {
    const index = this.#running.indexOf(process);
    if (index >= 0) this.#running.splice(index, 1);
  }
}

/** The last lines of a log. */
export function tail(file: string, lines = 25): string {
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
}

function howItEnds(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
}
