import { clientCertificates } from '../../src/adapters/certificates/authority.ts';
import { type Pair, certificatePem } from '../../src/adapters/certificates/issue.ts';
import type { Attributes } from '../../src/domain/access/attributes.ts';
import type { User } from '../../src/domain/access/user.ts';
import type { ClientTrust, ClientTrustSource, FrontProxyTrust } from '../../src/ports/client-trust.ts';
import type { Access } from '../../src/server/access/access.ts';

/** What a front proxy of this CA shows, as kube-apiserver writes it. */
export const trustIn = (ca: Pair, about: Partial<FrontProxyTrust> = {}): FrontProxyTrust => ({
  caPem: certificatePem(ca),
  allowedNames: ['front-proxy-client'],
  usernameHeaders: ['X-Remote-User'],
  uidHeaders: ['X-Remote-Uid'],
  groupHeaders: ['X-Remote-Group'],
  extraHeaderPrefixes: ['X-Remote-Extra-'],
  ...about,
});

export type AnAccess = {
  frontProxy?: FrontProxyTrust;
  /** The CA of ordinary clients. */
  clients?: Pair;
  /** Instead of these two. */
  read?: () => Promise<ClientTrust>;
  /** How changes of it are told; not at all by default. */
  follow?: ClientTrustSource['follow'];
  /** Whose each token is. */
  tokens?: (token: string) => User | null;
  /** What the cluster's authorizer says; yes to everything by default. */
  allows?: (user: User, attributes: Attributes) => boolean;
  broad?: boolean;
  /** Told of each review that is asked for. */
  reviewed?: (user: User, attributes: Attributes) => void;
};

/** Delegated access, the cluster played by the test. A test's allows and tokens may throw. */
export function anAccess(about: AnAccess): Access {
  const { frontProxy = null, clients, tokens = () => null, allows = () => true, reviewed = () => {} } = about;
  const trust: ClientTrust = { clientCaPem: clients ? certificatePem(clients) : null, frontProxy };
  return {
    type: 'delegated',
    trust: {
      read: about.read ?? (() => Promise.resolve(trust)),
      follow: about.follow ?? (() => ({ close: () => Promise.resolve() })),
    },
    certificates: clientCertificates,
    tokenReviews: { review: async (token) => tokens(token) },
    accessReviews: {
      async review(user, attributes) {
        reviewed(user, attributes);
        const allowed = allows(user, attributes);
        return { allowed, reason: '' };
      },
    },
    broadReviews: about.broad ?? true,
  };
}
