import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from 'node:fs';
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
  /** Sends a signal and waits for the end; a TERM that is not obeyed becomes a KILL after a while. */
  stop(signal?: 'SIGTERM' | 'SIGKILL' | 'SIGINT'): Promise<string>;
};

const READY_SECONDS = 90;
const STOP_SECONDS = 15;

/** Starts processes with a log file each and ends them in reverse order. Ends nothing that it did not start. */
export class Processes {
  readonly #logs: string;
  readonly #running: RunningProcess[] = [];
  /** Those whose end would be unexpected: they were ready and nobody stopped them. */
  readonly #watched = new Set<RunningProcess>();
  /** Called when a process ends that nobody stopped. */
  onUnexpectedEnd: (process: RunningProcess, how: string) => void = () => {};

  constructor(logs: string) {
    mkdirSync(logs, { recursive: true });
    this.#logs = logs;
  }

  /** @throws Error with the tail of the log, when the process ends or is not ready in time; it is not running then. */
  async start(spec: ProcessSpec): Promise<RunningProcess> {
    const running = this.#spawn(spec);
    try {
      await this.#untilReady(spec, running);
    } catch (error) {
      await running.stop();
      throw error;
    }
    this.#watched.add(running);
    return running;
  }

  /** Runs a process to its end. @throws Error with the tail of the log when it does not end with exit code 0 */
  async runToEnd(spec: Omit<ProcessSpec, 'ready'>): Promise<void> {
    const running = this.#spawn(spec);
    const how = await running.ended;
    if (how !== 'exit code 0') throw new Error(`${spec.name} ended (${how}):\n${tail(running.log)}`);
  }

  /** All that processes of this name have printed, the earlier ones included. */
  said(name: string): string {
    const log = join(this.#logs, `${name}.log`);
    return existsSync(log) ? readFileSync(log, 'utf8') : '';
  }

  /** Ends all that still run, the last started first. */
  async stopAll(): Promise<void> {
    while (this.#running.length > 0) await this.#running.at(-1)!.stop();
  }

  /** For a launcher that is being ended itself and cannot wait. */
  killAllNow(): void {
    for (const { pid } of this.#running) {
      if (pid === 0) continue;
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // it has ended already
      }
    }
  }

  #spawn(spec: Omit<ProcessSpec, 'ready'>): RunningProcess {
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
    const ended = howItEnds(child);
    const running: RunningProcess = {
      name: spec.name,
      pid: child.pid ?? 0,
      log,
      ended,
      stop: async (signal = 'SIGTERM') => {
        this.#watched.delete(running);
        child.kill(signal);
        const late = setTimeout(() => child.kill('SIGKILL'), STOP_SECONDS * 1000);
        const how = await ended;
        clearTimeout(late);
        return how;
      },
    };
    this.#running.push(running);
    void this.#untilEnded(running);
    return running;
  }

  async #untilEnded(running: RunningProcess): Promise<void> {
    const how = await running.ended;
    this.#forget(running); // its pid may soon be somebody else's
    if (this.#watched.delete(running)) this.onUnexpectedEnd(running, how);
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
