import { cpus, release, totalmem } from 'node:os';

/** The machine that figures are of, in one line. */
export function machine(): string {
  const cores = cpus();
  const gibibytes = Math.round(totalmem() / 2 ** 30);
  const model = cores[0]?.model.trim() ?? 'unknown CPU';
  return `${cores.length} cores (${model}), ${gibibytes} GiB, ${process.platform} ${release()}, Node ${process.version}`;
}
