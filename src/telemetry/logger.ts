import { pino } from 'pino';
import type { Log } from '../ports/log.ts';

/** JSON lines on stderr: stdout belongs to answers. */
export function createLog(level: string): Log {
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, pino.destination({ fd: 2, sync: true }));
}
