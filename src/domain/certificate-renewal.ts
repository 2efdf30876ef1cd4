/** When a serving certificate is made anew, and what is trusted meanwhile. */

/** The names that a serving certificate is good for. */
export type Names = { dnsNames: readonly string[]; ipAddresses: readonly string[] };

/** What is known of a serving certificate, its key and its CA; times in epoch milliseconds. */
export type CertificateFacts = Names & {
  notBefore: number;
  notAfter: number;
  /** Did this CA sign it, and is the CA itself still valid as long as it? */
  signedByCa: boolean;
  /** Is this its private key? */
  keyMatches: boolean;
};

/** How long what is made anew is valid. Its last third, when it is renewed, is four months. */
export const VALID_DAYS = 365;

/** How long after a renewal the CA before it stays trusted: servers read the new files when the kubelet brings them. */
const OVERLAP = 3_600_000;

export type Renewal =
  | { type: 'Keep'; facts: CertificateFacts; renewAt: number }
  | {
      type: 'Renew';
      reason: 'Missing' | 'KeyDiffers' | 'CaDiffers' | 'NamesDiffer' | 'LastThird';
      message: string;
    };

/** @param held null where there is no certificate that can be read. */
export function renewal(now: number, held: CertificateFacts | null, wanted: Names): Renewal {
  if (!held) return { type: 'Renew', reason: 'Missing', message: 'there is no certificate yet that can be read' };
  if (!held.keyMatches) {
    return { type: 'Renew', reason: 'KeyDiffers', message: 'the private key is not that of the certificate' };
  }
  if (!held.signedByCa) {
    return { type: 'Renew', reason: 'CaDiffers', message: 'the CA beside the certificate does not vouch for it' };
  }
  if (nameList(held) !== nameList(wanted)) {
    return {
      type: 'Renew',
      reason: 'NamesDiffer',
      message: `the certificate is for ${nameList(held)}, wanted is ${nameList(wanted)}`,
    };
  }
  const renewAt = held.notAfter - (held.notAfter - held.notBefore) / 3;
  if (now < renewAt) return { type: 'Keep', facts: held, renewAt };
  const message = `it ends at ${new Date(held.notAfter).toISOString()} and is in the last third of its life`;
  return { type: 'Renew', reason: 'LastThird', message };
}

/** One spelling for each name: order, case and the zeros of an IPv6 address make no difference. */
const nameList = ({ dnsNames, ipAddresses }: Names): string =>
  [...dnsNames.map((name) => name.toLowerCase()), ...ipAddresses.map(canonicalAddress)].toSorted().join(', ');

function canonicalAddress(address: string): string {
  const url = `http://[${address}]/`;
  return address.includes(':') && URL.canParse(url) ? new URL(url).hostname.slice(1, -1) : address;
}

/** One certificate of a CA bundle; notAfter in epoch milliseconds. */
export type Anchor = { pem: string; notAfter: number };

export type TrustInput = {
  now: number;
  /** The CA of what is served from now on. */
  current: readonly Anchor[];
  /** CAs that were trusted before: what servers still show may hang on them. */
  earlier: readonly Anchor[];
  /** Since when `current` is the one that servers read; null = not yet. */
  servedSince: number | null;
};

/**
 * What is to be trusted: the current CA, and for an hour after it came into use also those before it, unless they have
 * ended. So a request is never refused, whichever certificate the server that gets it shows.
 */
export function trusted({ now, current, earlier, servedSince }: TrustInput): string[] {
  const settled = servedSince !== null && now - servedSince >= OVERLAP;
  const kept = settled ? [] : earlier.filter((anchor) => anchor.notAfter > now);
  return [...new Set([...current, ...kept].map((anchor) => anchor.pem))];
}
