import { spawn } from 'node:child_process';

/** Runs kubectl with one kubeconfig; resolves to what it prints. @throws KubectlError with what it says on stderr */
export type Kubectl = (args: readonly string[], input?: string) => Promise<string>;

export class KubectlError extends Error {
  override readonly name = 'KubectlError';
  readonly stderr: string;
  constructor(args: readonly string[], stderr: string) {
    super(`kubectl ${args.join(' ')}: ${stderr.trim()}`);
    this.stderr = stderr;
  }
}

export function makeKubectl(binary: string, kubeconfig: string): Kubectl {
  return (args, input = '') => {
    // HOME: kubectl keeps a discovery cache there, beside the kubeconfig of this control plane alone
    const env = { KUBECONFIG: kubeconfig, HOME: `${kubeconfig}.home`, PATH: process.env['PATH'] ?? '' };
    const child = spawn(binary, args, { env, stdio: ['pipe', 'pipe', 'pipe'] });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    child.stdin.on('error', () => {}); // kubectl may end before it has read its input; its exit code says the rest
    child.stdin.end(input);
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => {
        if (code === 0) resolve(Buffer.concat(stdout).toString());
        else reject(new KubectlError(args, Buffer.concat(stderr).toString() || Buffer.concat(stdout).toString()));
      });
    });
  };
}
