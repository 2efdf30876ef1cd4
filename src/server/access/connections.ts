import { TLSSocket } from 'node:tls';
import type { Socket } from 'node:net';
import type { CertificateAuthority, ClientIdentity } from '../../ports/client-certificates.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Identity } from '../../domain/access/user.ts';
import type { Trust } from './trust.ts';

/** Whose the other end of a connection is, by the certificate that it showed when it was made. */
export type Peer = {
  /** Whether it showed a certificate at all. */
  showed: boolean;
  /** Whether that is the front proxy's: signed by its CA, with a name that it may have. */
  isFrontProxy: boolean;
  /** Whose certificate it is, when the CA of ordinary clients has signed it. */
  client: ClientIdentity | null;
  /** Whom the front proxy named on this connection, by its headers: what was made of them once. */
  named: Map<string, Identity>;
};

/** A refusal is looked at again after so long: a certificate may become valid, by a clock that is a little behind. */
const REFUSED_MILLISECONDS = 10_000;

/**
 * Which bundle has signed a peer's certificate: each is asked by itself, because what the TLS library says of a chain holds for
 * any CA that it knows. Decided once a connection, and again when trust changes or a certificate ends: so a CA is rotated without a
 * new handshake.
 */
export function createConnections(clock: Clock): (socket: Socket, trust: Trust) => Peer {
  const known = new WeakMap<Socket, { trust: Trust; until: number; peer: Peer }>();
  return (socket, trust) => {
    const kept = known.get(socket);
    const monotonic = clock.monotonic();
    if (kept && kept.trust === trust && monotonic < kept.until) return kept.peer;
    const now = clock.now().toMillis();
    const chain = chainOf(socket);
    const signedBy = (authority: CertificateAuthority | undefined | null): ClientIdentity | null =>
      chain.length > 0 && authority ? authority.identify(chain, new Date(now)) : null;
    const proxy = signedBy(trust.frontProxy?.authority);
    const client = signedBy(trust.clients);
    const allowed = trust.frontProxy?.allowedNames ?? [];
    const isFrontProxy = proxy !== null && (allowed.length === 0 || allowed.includes(proxy.commonName));
    const peer: Peer = { showed: chain.length > 0, isFrontProxy, client, named: new Map() };
    const again = chain.length > 0 && !(isFrontProxy || client) ? now + REFUSED_MILLISECONDS : Infinity;
    const until = Math.min(again, proxy?.validUntil ?? Infinity, client?.validUntil ?? Infinity);
    known.set(socket, { trust, until: monotonic + (until - now), peer });
    return peer;
  };
}

/** The certificates that the client sent, its own first; DER. */
function chainOf(socket: Socket): Buffer[] {
  if (!(socket instanceof TLSSocket)) return [];
  const chain: Buffer[] = [];
  let next = socket.getPeerX509Certificate();
  while (next && !chain.some((raw) => raw.equals(next!.raw))) {
    chain.push(next.raw);
    next = next.issuerCertificate;
  }
  return chain;
}
