import type { Decision } from './decision.ts';
import { NotFoundError, problemText } from './errors.ts';
import type { Plan } from './plan.ts';
import { type TargetRef, targetKey } from './target.ts';

/** A plan as plain JSON: what the server answers, `explain` prints and the page shows. */
export type PlanView = {
  /** When it was decided, ISO 8601 UTC. */
  at: string;
  /** The content of the policies in force. */
  revision: string;
  /** Whether this process holds the Lease and writes; null where there is no Lease. */
  holder: boolean | null;
  /** What is wrong with the policies as they stand in the source. */
  problems: string[];
  decisions: Decision[];
};

/** What `explain -o json` prints of one HPA. */
export type Explanation = Pick<PlanView, 'at' | 'revision' | 'problems'> & Decision;

export const planView = (plan: Plan, holder: boolean | null): PlanView => ({
  at: plan.at.toUTC().startOf('second').toISO({ suppressMilliseconds: true })!,
  revision: plan.revision,
  holder,
  problems: plan.problems.map(problemText),
  decisions: plan.decisions,
});

/** @throws NotFoundError when neither a policy nor our field manager is on that HPA */
export function explanation(view: PlanView, target: TargetRef): Explanation {
  const key = targetKey(target);
  const decision = view.decisions.find((one) => targetKey(one.target) === key);
  if (!decision) {
    const known = view.decisions.map((one) => targetKey(one.target)).join(', ') || 'none';
    throw new NotFoundError(`no policy names HPA ${key} and it does not carry our field manager; known: ${known}`);
  }
  return { at: view.at, revision: view.revision, problems: view.problems, ...decision };
}
