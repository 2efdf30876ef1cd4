import type { Attributes } from '../domain/access/attributes.ts';
import type { User } from '../domain/access/user.ts';

/** Asks the cluster who may do what. Real: SubjectAccessReviews, adapters/kubernetes. */
export interface AccessReviews {
  /** @throws UnavailableError, ForbiddenError (we may not ask), InvalidError */
  review(user: User, attributes: Attributes): Promise<AccessDecision>;
}

/** reason: the authorizer's own, '' where it gives none. */
export type AccessDecision = { allowed: boolean; reason: string };
