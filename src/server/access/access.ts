import type { AccessReviews } from '../../ports/access-reviews.ts';
import type { ClientCertificates } from '../../ports/client-certificates.ts';
import type { ClientTrustSource } from '../../ports/client-trust.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { ServingRecorder } from '../../ports/serving-recorder.ts';
import type { TokenReviews } from '../../ports/token-reviews.ts';
import { createAuthenticator } from './authenticator.ts';
import { createAuthorizer } from './authorizer.ts';
import { type Gate, createGate, openGate } from './gate.ts';
import { followTrust } from './trust.ts';

/** Who is let in: those whom the cluster knows, to what they may do in it, or everyone (for loopback only). */
export type Access =
  | {
      type: 'delegated';
      trust: ClientTrustSource;
      certificates: ClientCertificates;
      tokenReviews: TokenReviews;
      accessReviews: AccessReviews;
      broadReviews: boolean;
    }
  | { type: 'none' };

/** A gate, and what keeps it current. */
export type RunningAccess = { gate: Gate; start(): Promise<void>; close(): Promise<void> };

export type AccessOptions = { clock: Clock; log: Log; recorder: Pick<ServingRecorder, 'reviewed' | 'trustRead'> };

export function createAccess(access: Access, { clock, log, recorder }: AccessOptions): RunningAccess {
  if (access.type === 'none') return { gate: openGate, start: () => Promise.resolve(), close: () => Promise.resolve() };
  const { tokenReviews, accessReviews, broadReviews } = access;
  const timed = async <Answer>(kind: 'token' | 'access', review: () => Promise<Answer>): Promise<Answer> => {
    const startedAt = clock.monotonic();
    let result: 'ok' | 'error' = 'error';
    try {
      const answer = await review();
      result = 'ok';
      return answer;
    } finally {
      recorder.reviewed({ kind, seconds: (clock.monotonic() - startedAt) / 1000, result });
    }
  };
  const follower = followTrust({ source: access.trust, certificates: access.certificates, clock, log, recorder });
  const authenticator = createAuthenticator({
    trust: follower.trust,
    tokenReviews: { review: (token) => timed('token', () => tokenReviews.review(token)) },
    clock,
  });
  const authorizer = createAuthorizer({
    reviews: { review: (user, attributes) => timed('access', () => accessReviews.review(user, attributes)) },
    broadReviews,
    clock,
  });
  return {
    gate: createGate({ authenticator, authorizer, log }),
    start: follower.start,
    close: follower.close,
  };
}
