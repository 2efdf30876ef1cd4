import { readFileSync } from 'node:fs';

/** Linux counts a process' time in these, on every architecture that Node runs on: sysconf(_SC_CLK_TCK). */
const TICKS_PER_SECOND = 100;

/** CPU seconds, user and system, of all threads of a process so far. @throws Error where there is no such process, or no /proc */
export const cpuSeconds = (pid: number): number => cpuSecondsIn(readFileSync(`/proc/${pid}/stat`, 'utf8'));

/** The most memory that the process ever had resident, in MB (10^6 bytes). @throws Error as above */
export const peakMegabytes = (pid: number): number => peakMegabytesIn(readFileSync(`/proc/${pid}/status`, 'utf8'));

/** Fields 14 and 15 of /proc/PID/stat. The second, the name, may itself hold spaces and parentheses. */
export function cpuSecondsIn(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** @throws Error when the status names no peak, as of a thread of the kernel */
export function peakMegabytesIn(status: string): number {
  const kibibytes = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
  if (kibibytes === undefined) throw new Error('/proc/PID/status has no VmHWM');
  return (Number(kibibytes) * 1024) / 1e6;
}
