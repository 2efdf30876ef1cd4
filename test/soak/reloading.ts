import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { RULES_WITHIN } from './bounds.ts';
import { pause } from './pause.ts';
import { type BackendUrls, FAULTS, rulesText } from './rules-text.ts';

/** The rules file, and what stood in it when. */
export class RulesOnDisk {
  readonly file: string;
  readonly #urls: BackendUrls;
  /** Of the files 1, 2, ...: epoch milliseconds. */
  readonly putAt: number[] = [];
  broken = 0;

  constructor(file: string, urls: BackendUrls) {
    this.file = file;
    this.#urls = urls;
  }

  /** Puts the next good file in place, at once as a whole. */
  next(): void {
    const text = rulesText(this.putAt.length + 1, this.#urls);
    this.putAt.push(Date.now());
    put(this.file, text);
  }

  /** Puts a broken form of it in its place. */
  break(): void {
    const text = FAULTS[this.broken++ % FAULTS.length]!(rulesText(this.putAt.length, this.#urls));
    if (text === null) rmSync(this.file);
    else put(this.file, text);
  }
}

/** Two good files, then a broken one, until the run is over. Each stands long enough to be in force. */
export async function reload(rules: RulesOnDisk, over: AbortSignal): Promise<void> {
  for (let turn = 1; await pause((RULES_WITHIN + 1) * 1000, over); turn++) {
    if (turn % 3 === 0) rules.break();
    else rules.next();
  }
}

/** Whoever reads sees the old file or the new one, never a part. */
export function put(file: string, text: string): void {
  const beside = `${file}.next`;
  writeFileSync(beside, text, { mode: 0o600 });
  renameSync(beside, file);
}
