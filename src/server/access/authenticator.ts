import type { IncomingMessage } from 'node:http';
import { ANONYMOUS, type Identity, type User, authenticated } from '../../domain/access/user.ts';
import { describeError } from '../../domain/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { TokenReviews } from '../../ports/token-reviews.ts';
import type { Later } from '../later.ts';
import { bearerToken, createTokens } from './bearer-token.ts';
import { type Peer, createConnections } from './connections.ts';
import { namedUser } from './front-proxy.ts';
import { headerPairs } from './header-pairs.ts';
import type { Trust } from './trust.ts';

export type AuthenticatorOptions = {
  trust(): Trust | null;
  tokenReviews: TokenReviews;
  clock: Clock;
};

/** unknown: credentials that are not good; why is for our log alone. */
export type Verdict = { type: 'known'; identity: Identity } | { type: 'unknown'; why: string };

/** What of a request says who sends it. */
export type Asking = Pick<IncomingMessage, 'socket' | 'rawHeaders'>;

export type Authenticator = {
  /** Who sends a request. At once but where a token has to be reviewed. */
  authenticate(request: Asking): Later<Verdict>;
  /** Whether a header, in lower case, is one by which somebody says who they are. */
  isCredential(header: string): boolean;
};

/** Users that are remembered of one connection of the front proxy. */
const NAMED_CAPACITY = 256;

/**
 * k8s.io/apiserver's delegating authenticator: the front proxy, else a client certificate, else a bearer token; the first that
 * names a user counts. Who shows credentials and gets nowhere is refused, who shows none is anonymous.
 */
export function createAuthenticator({ trust, tokenReviews, clock }: AuthenticatorOptions): Authenticator {
  const peerOf = createConnections(clock);
  const userOf = createTokens(tokenReviews, { clock });

  function reviewed(token: string): Later<Verdict> {
    const judged = (user: User | null): Verdict =>
      user ? known(user, 'token') : { type: 'unknown', why: "the bearer token is nobody's" };
    const user = userOf(token);
    if (typeof user !== 'function') return judged(user);
    return () => user().then(judged, (error: unknown) => ({ type: 'unknown', why: describeError(error) }));
  }

  return {
    isCredential: (header) => header === 'authorization' || (trust()?.frontProxy?.saysWho.test(header) ?? false),
    authenticate(request) {
      const believed = trust();
      const peer = peerOf(request.socket, believed ?? NOBODY);
      const named = believed && identityByCertificate(peer, believed, request.rawHeaders);
      if (named) return { type: 'known', identity: named };
      const token = bearerToken(request.rawHeaders);
      if (token !== null) return reviewed(token);
      if (!peer.showed) return { type: 'known', identity: ANONYMOUS };
      return {
        type: 'unknown',
        why: believed === null ? 'whose certificates to believe is not known yet' : whyNot(peer, believed),
      };
    },
  };
}

/** No header line looks like it. */
const CERTIFICATE = 'certificate';

const NOBODY: Trust = { clients: null, frontProxy: null };

const known = (user: User, vouchedBy: Identity['vouchedBy']): Verdict => ({
  type: 'known',
  identity: { user: authenticated(user), vouchedBy },
});

function identityByCertificate(peer: Peer, trust: Trust, rawHeaders: readonly string[]): Identity | null {
  const { isFrontProxy, client, named } = peer;
  if (isFrontProxy && trust.frontProxy) {
    const headers = headerPairs(rawHeaders, trust.frontProxy.saysWho);
    let key = '';
    for (const { name, value } of headers) key += `${name}: ${value}\n`;
    const before = named.get(key);
    if (before) return before;
    const user = namedUser(headers, trust.frontProxy);
    if (user) return remember(named, key, { user: authenticated(user), vouchedBy: 'front-proxy' });
  }
  if (client === null || client.commonName === '') return null;
  const { commonName, organizations, sha256 } = client;
  const before = named.get(CERTIFICATE);
  if (before) return before;
  const extra = { 'authentication.kubernetes.io/credential-id': [`X509SHA256=${sha256}`] };
  const user = authenticated({ name: commonName, uid: '', groups: organizations, extra });
  return remember(named, CERTIFICATE, { user, vouchedBy: 'certificate' });
}

function remember(named: Map<string, Identity>, key: string, identity: Identity): Identity {
  if (named.size >= NAMED_CAPACITY) named.clear();
  named.set(key, identity);
  return identity;
}

const whyNot = ({ isFrontProxy }: Peer, { frontProxy }: Trust): string =>
  isFrontProxy
    ? `none of the headers ${frontProxy?.usernameHeaders.join(', ')} names a user`
    : 'no CA that is believed has signed the client certificate for this use, now and with this name';
