import { createHash } from 'node:crypto';
import type { User } from '../../domain/access/user.ts';
import type { TokenReviews } from '../../ports/token-reviews.ts';
import type { Later } from '../later.ts';
import { headerPairs } from './header-pairs.ts';
import { type ReviewCacheOptions, createReviewCache } from './review-cache.ts';

/** The token of `Authorization: Bearer TOKEN`; null where the header is missing or says something else. */
export function bearerToken(rawHeaders: readonly string[]): string | null {
  const [header] = headerPairs(rawHeaders, /^authorization$/i);
  const [scheme = '', token = ''] = header?.value.trim().split(' ', 3) ?? [];
  return scheme.toLowerCase() === 'bearer' && token !== '' ? token : null;
}

/** Whose a token is: reviews, kept by the token's hash, so that no token stays in memory. null: nobody's. */
export function createTokens(reviews: TokenReviews, options: ReviewCacheOptions) {
  const cache = createReviewCache<User | null>(options);
  return (token: string): Later<User | null> =>
    cache.ask(createHash('sha256').update(token).digest('base64'), () => reviews.review(token));
}
