/**
 * `npm run bench:adapter`: Tidecaster against prometheus-adapter, in one run, on a real kube-apiserver and Prometheus. Flags: --quick for
 * about a minute of it, --json FILE for the rows as JSON, --document to write docs/benchmarks.md. Exit code 1 when a goal is missed.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { replaceRun, runText } from '../document.ts';
import { machine } from '../machine.ts';
import { jsonText, tableText } from '../report.ts';
import { ofSmallRun, rowsOf } from './arithmetic.ts';
import { runBenchmark } from './run.ts';
import { FULL, QUICK } from './scale.ts';

const DOCUMENT = 'docs/benchmarks.md';
const { values: flags } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    json: { type: 'string' },
    document: { type: 'boolean', default: false },
  },
});
const startedAt = performance.now();
const progress = (line: string): void =>
  console.error(`${((performance.now() - startedAt) / 1000).toFixed(0).padStart(4)} s  ${line}`);

const all = rowsOf(await runBenchmark(flags.quick ? QUICK : FULL, progress));
const rows = flags.quick ? ofSmallRun(all) : all;
console.log(tableText(rows));
if (flags.json !== undefined) writeFileSync(flags.json, jsonText(rows));
if (flags.document) {
  const command = `npm run bench:adapter${flags.quick ? ' -- --quick' : ''}`;
  const day = new Date().toISOString().slice(0, 10);
  const text = runText({ rows, command, machine: machine(), day });
  writeFileSync(DOCUMENT, replaceRun(readFileSync(DOCUMENT, 'utf8'), 'adapter', text));
}
process.exitCode = rows.some(({ met }) => met === false) ? 1 : 0;
