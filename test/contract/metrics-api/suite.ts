import type { Ask } from './ask.ts';
import { type Row, judge, requestOf } from './row.ts';
import { type CustomMetric, customRows } from './rows-custom.ts';
import { type ExternalMetric, externalRows } from './rows-external.ts';
import { type ResourceUsage, resourceRows } from './rows-resource.ts';
import { serverRows } from './rows-server.ts';

/** What an adapter is held to: a metric of each group that it serves, and pods whose usage it knows. A group that is left out is not looked at. */
export type Subject = { external?: ExternalMetric; custom?: CustomMetric; resource?: ResourceUsage };

/** A row with what was wrong about its answer; code: the status that came, null where none did. */
export type Result = { row: Row; code: number | null; faults: readonly string[] };

export type Callers = {
  ask: Ask;
  /** The same server without a credential; null where the caller has none to leave out, then such rows are not asked. */
  nobody: Ask | null;
};

export const rowsFor = ({ external, custom, resource }: Subject): readonly Row[] => [
  ...serverRows,
  ...(external ? externalRows(external) : []),
  ...(custom ? [...customRows(custom, 'v1beta1'), ...customRows(custom, 'v1beta2')] : []),
  ...(resource ? resourceRows(resource) : []),
];

/** Asks row after row. Never throws: that no answer came is a fault of the row. */
export async function runSuite(rows: readonly Row[], { ask, nobody }: Callers): Promise<Result[]> {
  const results: Result[] = [];
  for (const row of rows) {
    const caller = row.as === 'nobody' ? nobody : ask;
    if (caller !== null) results.push(await runRow(row, caller));
  }
  return results;
}

async function runRow(row: Row, ask: Ask): Promise<Result> {
  const asked = requestOf(row);
  try {
    const answer = await ask(asked);
    const faults = judge(row, answer);
    const { etag } = answer.headers;
    if (row.again && faults.length === 0 && typeof etag === 'string') {
      const second = await ask({ ...asked, headers: { ...asked.headers, 'if-none-match': etag } });
      if (second.code !== 304) faults.push(`with If-None-Match ${etag}: expected 304, got ${second.code}`);
    }
    return { row, code: answer.code, faults };
  } catch (error) {
    return { row, code: null, faults: [error instanceof Error ? error.message : String(error)] };
  }
}
