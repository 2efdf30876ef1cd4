/**
 * `npm run soak`: a real Tidecaster under steady reads while all around it changes, for ten minutes. Flags: --seconds N for more or less
 * of it, --json FILE for the rows as JSON, --document to write docs/soak.md. Exit code 1 when a goal is missed. Linux only.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { replaceRun, runText } from '../bench/document.ts';
import { machine } from '../bench/machine.ts';
import { jsonText, tableText } from '../bench/report.ts';
import { rowsOf } from './results.ts';
import { soak } from './run.ts';

const DOCUMENT = 'docs/soak.md';
/** Less has no quarters to compare; the certificates of a run are valid for an hour. */
const [LEAST, MOST] = [40, 3000];
const { values: flags } = parseArgs({
  options: {
    seconds: { type: 'string', default: '600' },
    json: { type: 'string' },
    document: { type: 'boolean', default: false },
  },
});
const seconds = Number(flags.seconds);
if (!(Number.isInteger(seconds) && seconds >= LEAST && seconds <= MOST)) {
  console.error(`--seconds ${flags.seconds}: expected whole seconds from ${LEAST} to ${MOST}`);
  process.exit(2);
}
if (process.platform !== 'linux') {
  console.error(`npm run soak reads /proc and so needs Linux, this is ${process.platform}`);
  process.exit(2);
}
const startedAt = performance.now();
const progress = (line: string): void =>
  console.error(`${((performance.now() - startedAt) / 1000).toFixed(0).padStart(4)} s  ${line}`);
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort());

try {
  const rows = rowsOf(await soak({ seconds, progress, stop: stop.signal }));
  console.log(tableText(rows));
  if (flags.json !== undefined) writeFileSync(flags.json, jsonText(rows));
  if (flags.document) {
    const command = `npm run soak${seconds === 600 ? '' : ` -- --seconds ${seconds}`}`;
    const day = new Date().toISOString().slice(0, 10);
    const text = runText({ rows, command, machine: machine(), day });
    writeFileSync(DOCUMENT, replaceRun(readFileSync(DOCUMENT, 'utf8'), 'soak', text));
  }
  process.exitCode = rows.some(({ met }) => met === false) ? 1 : 0;
} catch (error) {
  process.exitCode = stop.signal.aborted ? 130 : 1;
  if (!stop.signal.aborted) console.error(error instanceof Error ? error.message : error);
}
