import { type Place, placeText } from '../domain/errors.ts';
import type { Log } from '../ports/log.ts';

/** A metric that two rules give. The last rule in the file wins. */
export type Overlap = { name: string; winner: { place: Place }; loser: { place: Place } };

/** Warns of overlaps when they change, not at every listing. */
export function overlapTeller(log: Log): (overlaps: readonly Overlap[]) => void {
  let told = '[]';
  return (overlaps) => {
    const lines = overlaps.map(({ name, winner, loser }) => ({
      metric: name,
      inForce: placeText(winner.place),
      unused: placeText(loser.place),
    }));
    const text = JSON.stringify(lines);
    if (text === told) return;
    told = text;
    for (const line of lines) log.warn(line, 'two rules give one metric, the last one answers');
  };
}
