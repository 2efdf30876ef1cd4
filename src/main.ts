/**
 * argv -> command. The only file that reads process.argv and the environment, and exits. What a command may touch is put
 * together in src/wiring, which is loaded when it is needed: `tidecaster --help` does not wait for a Kubernetes client.
 */
import { readFileSync } from 'node:fs';
import { run } from './cli/run.ts';
import { createTools } from './wiring/tools.ts';

const stop = new AbortController();
let stoppingSince = 0;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    // npm passes Ctrl-C on to us once more: only a person who asks again means "now".
    if (stop.signal.aborted && performance.now() - stoppingSince > 1000) process.exit(130);
    if (!stop.signal.aborted) stoppingSince = performance.now();
    stop.abort();
  });
}

const packageFile: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const version =
  typeof packageFile === 'object' && packageFile !== null && 'version' in packageFile
    ? String(packageFile.version)
    : '';

process.exitCode = await run(
  process.argv.slice(2),
  createTools({
    env: process.env,
    signal: stop.signal,
    stdout: (text) => void process.stdout.write(text),
    stderr: (text) => void process.stderr.write(text),
    terminal: process.stdout.isTTY,
    build: { version, node: process.versions.node, zoneData: process.versions.tz ?? 'unknown' },
  }),
);
// A client's idle sockets must not keep a finished command alive.
process.exit();
