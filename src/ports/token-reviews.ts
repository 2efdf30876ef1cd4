import type { User } from '../domain/access/user.ts';

/** Asks the cluster whose bearer token this is. Real: TokenReviews, adapters/kubernetes. */
export interface TokenReviews {
  /** null: nobody's. @throws UnavailableError, ForbiddenError (we may not ask), InvalidError */
  review(token: string): Promise<User | null>;
}
