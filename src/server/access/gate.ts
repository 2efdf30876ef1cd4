import type { IncomingMessage } from 'node:http';
import type { Attributes } from '../../domain/access/attributes.ts';
import type { Identity } from '../../domain/access/user.ts';
import { describeError } from '../../domain/errors.ts';
import type { AccessDecision } from '../../ports/access-reviews.ts';
import type { Log } from '../../ports/log.ts';
import type { Later } from '../later.ts';
import { type Status, accessUnknown, forbidden, unauthorized } from '../status.ts';
import type { Authenticator, Verdict } from './authenticator.ts';
import type { Authorizer } from './authorizer.ts';

/** Who is let in, and to what. */
export type Gate = {
  /** Whether a request may go on: null, or what it is answered instead. At once where everything about it is known. */
  admit(request: IncomingMessage, attributes: Attributes): Later<Status | null>;
  /** Takes the credentials out of a request that may, so that nothing behind the gate can believe or pass on one. */
  strip(request: IncomingMessage): void;
};

/** Lets everybody in: for loopback alone. */
export const openGate: Gate = { admit: () => null, strip: () => {} };

export type GateOptions = {
  authenticator: Authenticator;
  authorizer: Authorizer;
  log: Log;
};

/** Who it is, then what they may. A failure to find out refuses. */
export function createGate({ authenticator, authorizer, log }: GateOptions): Gate {
  function passed({ user }: Identity, attributes: Attributes, { allowed, reason }: AccessDecision): Status | null {
    if (allowed) return null;
    log.debug({ user: user.name, attributes, reason }, 'forbidden');
    return forbidden(user, attributes, reason);
  }

  function judged(request: IncomingMessage, verdict: Verdict, attributes: Attributes): Later<Status | null> {
    if (verdict.type === 'unknown') {
      log.debug({ from: request.socket.remoteAddress, why: verdict.why }, 'refused');
      return unauthorized;
    }
    const { identity } = verdict;
    const decision = authorizer.authorize(identity, attributes);
    if (typeof decision !== 'function') return passed(identity, attributes, decision);
    return async () => {
      try {
        return passed(identity, attributes, await decision());
      } catch (error) {
        const user = identity.user.name;
        log.warn({ user, error: describeError(error) }, 'access cannot be reviewed, so it is refused');
        return accessUnknown;
      }
    };
  }

  return {
    admit(request, attributes) {
      const verdict = authenticator.authenticate(request);
      if (typeof verdict !== 'function') return judged(request, verdict, attributes);
      return async () => {
        const status = judged(request, await verdict(), attributes);
        return typeof status === 'function' ? status() : status;
      };
    },
    strip({ headers }) {
      for (const name of Object.keys(headers)) if (authenticator.isCredential(name)) delete headers[name];
    },
  };
}
