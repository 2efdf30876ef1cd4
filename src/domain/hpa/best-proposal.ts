import type { ConditionReason } from './conditions.ts';
import { type Circumstances, type MetricValue, type Proposal, propose } from './proposal.ts';

/** What all metrics together ask for. error: of a partly failed set, which still scales up. */
export type Best = { metrics: readonly (MetricValue | null)[] } & (
  | { type: 'Proposed'; replicas: number; name: string; error: string | null }
  | { type: 'Failed'; reason: ConditionReason; message: string; error: string }
);

/**
 * The largest proposal; of equal ones the first. A metric that cannot be read stops every scale-down, and all of them
 * together stop scaling (computeReplicasForMetrics in horizontal.go).
 */
export function bestProposal(on: Circumstances): Best {
  const proposals = on.spec.metrics.map((metric, i): Proposal =>
    propose(metric, on.seen.readings[i] ?? { type: 'Unreadable', message: 'it was not read' }, on),
  );
  const metrics = proposals.map((proposal) => (proposal.type === 'Proposed' ? proposal.current : null));
  const failures = proposals.filter((proposal) => proposal.type === 'Failed');
  let replicas = 0;
  let name = '';
  for (const proposal of proposals) {
    if (proposal.type === 'Proposed' && (replicas === 0 || proposal.replicas > replicas)) {
      ({ replicas, name } = proposal);
    }
  }
  const [first] = failures;
  if (!first) return { type: 'Proposed', metrics, replicas, name, error: null };
  const error = `invalid metrics (${failures.length} invalid out of ${proposals.length}), first error is: ${first.error}`;
  if (failures.length === proposals.length || replicas < on.seen.specReplicas) {
    return { type: 'Failed', metrics, reason: first.reason, message: first.message, error };
  }
  return { type: 'Proposed', metrics, replicas, name, error };
}
