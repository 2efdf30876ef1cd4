import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import type { Job } from './load.ts';
import type { Tally } from './tally.ts';

type Message = { type: 'tally'; tally: Tally } | { type: 'error'; message: string };

/** The load generator in a process of its own, so that it does not share its thread with whoever measures. */
export class Client implements Disposable {
  readonly #child: ChildProcess = fork(join(import.meta.dirname, 'main.ts'), { serialization: 'advanced' });

  /** Does a job, one at a time. @throws Error when the process fails */
  run(job: Job): Promise<Tally> {
    return new Promise((resolve, reject) => {
      const ended = (code: number | null): void => reject(new Error(`the client ended with ${code}`));
      this.#child.once('exit', ended);
      this.#child.once('message', (message: Message) => {
        this.#child.off('exit', ended);
        if (message.type === 'tally') resolve(message.tally);
        else reject(new Error(message.message));
      });
      this.#child.send(job);
    });
  }

  [Symbol.dispose](): void {
    this.#child.kill();
  }
}
