import type { Decision } from '../domain/decision.ts';
import { InvalidError, NotFoundError, problemText } from '../domain/errors.ts';
import type { HpaState } from '../domain/hpa/hpa-state.ts';
import { handBack } from '../domain/let-go.ts';
import { targetKey } from '../domain/target.ts';
import type { World } from './pass.ts';
import { act } from './pass.ts';

/** Which HPAs a person wants back: named ones, all that we govern, or those that no policy names any more. */
export type Wanted = { type: 'Named'; targets: readonly string[] } | { type: 'All' } | { type: 'Orphans' };

export type Released = { decision: Decision; error: unknown };

/**
 * Hands floors back because a person asked: at once, however many. A server that still runs with policies for them takes
 * them again at its next heartbeat, so stop it first when all are to go.
 *
 * @throws NotFoundError for a name that we do not govern, InvalidError when orphans are wanted and the policies do not read clean
 */
export async function release(world: Omit<World, 'limits' | 'recorder'>, wanted: Wanted): Promise<Released[]> {
  const governed = (await world.cluster.hpas()).filter((hpa) => hpa.governed !== null);
  const released: Released[] = [];
  for (const hpa of await choose(world, wanted, governed)) {
    const decision = handBack(hpa, { reason: 'ReleaseRequested', message: 'asked for by tidecaster release' });
    released.push({ decision, error: await act(world.cluster, decision) });
  }
  return released;
}

async function choose(
  world: Pick<World, 'policies'>,
  wanted: Wanted,
  governed: readonly HpaState[],
): Promise<readonly HpaState[]> {
  switch (wanted.type) {
    case 'All':
      return governed;
    case 'Named': {
      const byKey = new Map(governed.map((hpa) => [targetKey(hpa.target), hpa]));
      return wanted.targets.map((key) => {
        const hpa = byKey.get(key);
        if (!hpa)
          throw new NotFoundError(`no HorizontalPodAutoscaler ${key} carries our field manager: nothing to hand back`);
        return hpa;
      });
    }
    case 'Orphans': {
      const { policies, clean, problems } = await world.policies.read();
      if (!clean) {
        throw new InvalidError(
          `the policies do not read clean, so nobody can tell which HPAs lost theirs:\n${problems.map(problemText).join('\n')}`,
        );
      }
      const named = new Set(policies.map((policy) => targetKey(policy.target)));
      return governed.filter((hpa) => !named.has(targetKey(hpa.target)));
    }
  }
}
