import { type HpaState } from './hpa/hpa-state.ts';
import { type Decision, observed } from './decision.ts';
import type { Reason } from './reason.ts';
import { targetKey } from './target.ts';

/** More than this many HPAs, and more than this share of all governed ones, are never let go at once without a confirmation. */
const MASS_RELEASE = { count: 3, share: 0.2 };

export type LetGoInput = {
  now: number;
  /** HPAs that carry our field manager and that no policy names. */
  orphans: readonly HpaState[];
  governedCount: number;
  /** Was the whole source read without a problem, and is it not empty? */
  clean: boolean;
  since: ReadonlyMap<string, number>;
  letGoAfterSeconds: number;
};

/**
 * When to let go of HPAs that lost their policy: only while the whole source reads clean, the policy has been gone for long
 * enough, and not too many at once. Otherwise the floor in force is held. A source that reads unclean starts the wait anew.
 */
export function letGo(input: LetGoInput): { decisions: Decision[]; since: ReadonlyMap<string, number> } {
  const { now, orphans, governedCount, clean, letGoAfterSeconds } = input;
  const since = new Map<string, number>();
  if (clean) for (const hpa of orphans) since.set(targetKey(hpa.target), input.since.get(targetKey(hpa.target)) ?? now);
  const tooMany = orphans.length > MASS_RELEASE.count && orphans.length > MASS_RELEASE.share * governedCount;

  const decisions = orphans.map((hpa): Decision => {
    const goneSeconds = (now - (since.get(targetKey(hpa.target)) ?? now)) / 1000;
    if (!clean) {
      return hold(hpa, {
        reason: 'SourceUnclean',
        message: `no policy in force names this HPA, but the policies were not read clean: the floor in force, ${hpa.minReplicas}, is held`,
      });
    }
    if (tooMany) {
      return hold(hpa, {
        reason: 'TooManyAtOnce',
        message: `${orphans.length} of ${governedCount} governed HPAs lost their policy at once: held until \`tidecaster release --confirm\``,
      });
    }
    if (goneSeconds < letGoAfterSeconds) {
      return hold(hpa, {
        reason: 'WaitingToLetGo',
        message: `its policy has been gone for ${Math.floor(goneSeconds)} s, it is let go after ${letGoAfterSeconds} s`,
      });
    }
    return handBack(hpa, {
      reason: 'PolicyGone',
      message: `its policy has been gone for ${Math.floor(goneSeconds)} s`,
    });
  });
  return { decisions, since };
}

/** Gives an HPA back at its restore value, or as it stands where that was lost. */
export function handBack(hpa: HpaState, why: Reason): Decision {
  const restore = hpa.governed?.restoreMinReplicas ?? null;
  const minReplicas = Math.min(restore ?? hpa.minReplicas, hpa.maxReplicas);
  const message =
    restore === null
      ? `${why.message}; its restore value is lost, it is handed back at the floor in force, ${minReplicas}`
      : `${why.message}; it is handed back at its restore value, ${minReplicas}`;
  const action = {
    type: 'HandBack',
    target: hpa.target,
    uid: hpa.uid,
    minReplicas,
    restoreMinReplicas: restore,
  } as const;
  return { ...hold(hpa, { reason: why.reason, message }), floor: minReplicas, action };
}

function hold(hpa: HpaState, reason: Reason): Decision {
  return {
    target: hpa.target,
    policy: null,
    observed: observed(hpa),
    floor: null,
    action: null,
    reasons: [reason],
    next: null,
  };
}
