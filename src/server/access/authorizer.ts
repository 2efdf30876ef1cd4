import { type Attributes, broadened } from '../../domain/access/attributes.ts';
import { remembered } from '../../domain/remembered.ts';
import { type Identity, MASTERS, type User } from '../../domain/access/user.ts';
import type { AccessDecision, AccessReviews } from '../../ports/access-reviews.ts';
import type { Later } from '../later.ts';
import { type ReviewCacheOptions, createReviewCache } from './review-cache.ts';

export type AuthorizerOptions = ReviewCacheOptions & {
  reviews: AccessReviews;
  /**
   * One review of all that a user may read of a group, for reads that the front proxy passes on. The API server has asked for
   * the exact right before it did (docs/adr/0017).
   */
  broadReviews: boolean;
};

/** Who may do what, as k8s.io/apiserver's delegating authorizer has it. */
export type Authorizer = {
  /** At once where the answer is known. @throws what the reviews throw, as a rejection: nobody is let in by a failure */
  authorize(identity: Identity, attributes: Attributes): Later<AccessDecision>;
};

const ALLOWED: AccessDecision = { allowed: true, reason: '' };

export function createAuthorizer({ reviews, broadReviews, ...options }: AuthorizerOptions): Authorizer {
  const cache = createReviewCache<AccessDecision>(options);
  // Users and attributes are kept from one read to the next, so what is made of each is made once.
  const keysOf = remembered((user: User) => {
    const text = JSON.stringify(user);
    return remembered((attributes: Attributes) => `${text} ${JSON.stringify(attributes)}`);
  });
  const broadOf = createBroadened();
  const ask = (user: User, attributes: Attributes): Later<AccessDecision> =>
    cache.ask(keysOf(user)(attributes), () => reviews.review(user, attributes));

  return {
    authorize({ user, vouchedBy }, attributes) {
      if (user.groups.includes(MASTERS)) return ALLOWED;
      const broad = broadReviews && vouchedBy === 'front-proxy' ? broadOf(attributes) : null;
      if (broad === null) return ask(user, attributes);
      const decision = ask(user, broad);
      const narrowed = ({ allowed }: AccessDecision): Later<AccessDecision> =>
        allowed ? ALLOWED : ask(user, attributes);
      if (typeof decision !== 'function') return narrowed(decision);
      return async () => {
        const exact = narrowed(await decision());
        return typeof exact === 'function' ? exact() : exact;
      };
    },
  };
}

/** There are few broad rights for the many exact ones that they include: one object each, which others remember things of. */
function createBroadened(capacity = 64): (attributes: Attributes) => Attributes | null {
  const known = new Map<string, Attributes>();
  return (attributes) => {
    if (attributes.type === 'path') return null;
    const key = `${attributes.verb} ${attributes.group} ${attributes.version}`;
    const before = known.get(key);
    if (before) return before;
    const broad = broadened(attributes);
    if (broad === null) return null;
    // what the path says: whoever asks for many other groups pushes out what can be made again
    if (known.size >= capacity) known.clear();
    known.set(key, broad);
    return broad;
  };
}
