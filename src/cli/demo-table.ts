import { readingText } from '../domain/hpa/metric-reading.ts';
import { type PlanView } from '../domain/plan-view.ts';
import { targetKey } from '../domain/target.ts';
import { columns } from './output.ts';

/** What a pass decided, one line an HPA: the demo's terminal. */
export function demoTable({ at, decisions }: PlanView): string {
  const rows = decisions
    .toSorted((a, b) => (targetKey(a.target) < targetKey(b.target) ? -1 : 1))
    .map(({ target, observed, floor, reasons }) => {
      const metrics = (observed?.metrics ?? []).map(readingText).join(', ');
      const why = reasons.findLast(({ reason }) => reason !== 'InForce');
      return [
        targetKey(target),
        metrics || '-',
        floor === null ? 'held' : String(floor),
        observed ? `${observed.currentReplicas}/${observed.maxReplicas}` : '-',
        why ? `${why.reason}: ${why.message}`.slice(0, 72) : '',
      ];
    });
  return `${at.replace('T', ' ').replace('Z', ' UTC')}\n${columns(['HPA', 'METRICS', 'FLOOR', 'REPLICAS', 'WHY'], rows)}\n`;
}
