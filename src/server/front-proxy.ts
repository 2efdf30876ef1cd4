import type { IncomingHttpHeaders } from 'node:http';
import type { FrontProxyTrust } from '../ports/front-proxy.ts';

/** The client's end of a connection. verified: its certificate chains to the front proxy's CA, the only one in the TLS context. */
export type Peer = { verified: boolean; commonName: string };

export type Verdict = { type: 'user'; name: string } | { type: 'refused'; why: string };

/**
 * Who asks, if the API server's front proxy vouches for it: k8s.io/apiserver's requestheader authenticator. Without a
 * certificate of the proxy the headers are only what anybody can write, so they are not even read.
 */
export function vouchedFor(peer: Peer, headers: IncomingHttpHeaders, trust: FrontProxyTrust | null): Verdict {
  if (trust === null) return { type: 'refused', why: 'whom to trust is not known yet' };
  if (!peer.verified) return { type: 'refused', why: 'no client certificate of the front proxy' };
  if (trust.allowedNames.length > 0 && !trust.allowedNames.includes(peer.commonName)) {
    const expected = trust.allowedNames.join(', ');
    return { type: 'refused', why: `the client certificate is of "${peer.commonName}", expected ${expected}` };
  }
  for (const header of trust.usernameHeaders) {
    const value = headers[header.toLowerCase()];
    const name = Array.isArray(value) ? value[0] : value;
    if (name !== undefined && name !== '') return { type: 'user', name };
  }
  return { type: 'refused', why: `none of the headers ${trust.usernameHeaders.join(', ')} names a user` };
}
