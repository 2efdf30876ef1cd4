import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { REPOSITORY } from '../controlplane/tidecaster.ts';

export type Ended = { code: number; out: string; err: string };

/** The command itself, as somebody with this kubeconfig types it, to its end. */
export async function tidecasterCommand(args: readonly string[], kubeconfig: string): Promise<Ended> {
  const child = spawn(process.execPath, [join(REPOSITORY, 'bin', 'tidecaster.js'), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    // no HOME: nobody's ~/.kube/config is found
    env: { PATH: process.env['PATH'] ?? '', KUBECONFIG: kubeconfig },
  });
  const ended: Ended = { code: -1, out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => (ended.out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (ended.err += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number];
  return { ...ended, code };
}
