import type { Result } from './suite.ts';

export const failed = (results: readonly Result[]): readonly Result[] =>
  results.filter(({ faults }) => faults.length > 0);

/** For a terminal: a line a row, the faults below it, the count last. */
export function tableText(results: readonly Result[]): string {
  const width = Math.max(...results.map(({ row }) => row.id.length));
  const lines = results.flatMap(({ row, code, faults }) => [
    `${faults.length === 0 ? 'ok    ' : 'FAILED'} ${String(code ?? '-').padStart(3)}  ${row.id.padEnd(width)}  ${row.what}`,
    ...faults.map((fault) => `${' '.repeat(12)}${fault}`),
  ]);
  return [...lines, `${results.length - failed(results).length} passed, ${failed(results).length} failed`].join('\n');
}

/** For a program. */
export const jsonText = (results: readonly Result[]): string =>
  JSON.stringify(
    results.map(({ row: { id, what, why, method = 'GET', path, accept }, code, faults }) => ({
      id,
      what,
      why,
      method,
      path,
      ...(accept !== undefined && { accept }),
      code,
      passed: faults.length === 0,
      faults,
    })),
    null,
    2,
  );
