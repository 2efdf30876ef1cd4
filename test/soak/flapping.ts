import type { Condition, FaultBackend } from '../support/fault-backend.ts';
import type { Outage } from './outages.ts';
import { pause } from './pause.ts';

/** Every way to give no numbers. slow: beyond the deadline of a query. */
const CONDITIONS: readonly Condition[] = [
  { type: 'refused' },
  { type: 'hanging' },
  { type: 'overloaded' },
  { type: 'unprocessable' },
  { type: 'truncated' },
  { type: 'reset' },
  { type: 'slow', seconds: 3 },
];

/** Seconds: well, then too short away to be noticed, well, then so long that what is known becomes too old. */
const PATTERN = { well: 7, short: 4, long: 16 };

/** Makes a backend bad and well again until the run is over. outages: gets each one when it begins. */
export async function flap(backend: FaultBackend, outages: Outage[], over: AbortSignal): Promise<void> {
  for (let turn = 0; await pause(PATTERN.well * 1000, over); turn++) {
    const condition = CONDITIONS[turn % CONDITIONS.length]!;
    const outage: Outage = { condition, from: Date.now(), until: null };
    outages.push(outage);
    await backend.is(condition);
    await pause((turn % 2 === 0 ? PATTERN.short : PATTERN.long) * 1000, over);
    await backend.is({ type: 'well' });
    outage.until = Date.now();
  }
}
