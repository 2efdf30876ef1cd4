import 'reflect-metadata'; // @peculiar/x509 needs it, and needs it first
import { X509Certificate } from 'node:crypto';
import { BasicConstraintsExtension, X509Certificate as ParsedCertificate } from '@peculiar/x509';
import { InvalidError } from '../../domain/errors.ts';
import type { CertificateAuthority, ClientCertificates, ClientIdentity } from '../../ports/client-certificates.ts';
import { pemCertificates } from './pem.ts';

const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';
const ANY_USAGE = '2.5.29.37.0';

/** Certificates that a client may send: more are not looked at. */
const LONGEST_CHAIN = 5;

/** Verifies client certificates as Go's x509 does for an API server: validity, signatures, CA and path length, extended key usage. */
export const clientCertificates: ClientCertificates = { authority };

function authority(bundlePem: string): CertificateAuthority {
  const texts = pemCertificates(bundlePem);
  if (texts.length === 0) throw new InvalidError('a CA bundle has no PEM certificate in it');
  const roots = texts.map(readPem);
  return {
    identify(chain, at) {
      const [leaf, ...intermediates] = chain.slice(0, LONGEST_CHAIN).map(readDer);
      if (!leaf || !usable(leaf, at)) return null;
      if (roots.some(({ raw }) => raw.equals(leaf.raw))) return identityOf(leaf, [leaf]);
      const path = pathFrom(leaf, { roots, intermediates: intermediates.filter((one) => one !== null), at });
      return path && identityOf(leaf, path);
    },
  };
}

type Search = { roots: readonly X509Certificate[]; intermediates: readonly X509Certificate[]; at: Date };

/** From a certificate up to one of the bundle, both included; null where nothing leads there. below: the CAs passed so far. */
function pathFrom(from: X509Certificate, search: Search, below = 0): X509Certificate[] | null {
  const signs = (ca: X509Certificate): boolean => usable(ca, search.at) && mayIssue(ca, below) && signed(from, ca);
  const root = search.roots.find(signs);
  if (root) return [from, root];
  for (const next of search.intermediates) {
    if (!signs(next)) continue;
    const rest = { ...search, intermediates: search.intermediates.filter((each) => each !== next) };
    const path = pathFrom(next, rest, below + 1);
    if (path) return [from, ...path];
  }
  return null;
}

/** In its time, and not for other purposes alone: a list of usages that lacks ours forbids it, on a CA too. */
function usable({ validFromDate, validToDate, keyUsage }: X509Certificate, at: Date): boolean {
  const forClients = keyUsage === undefined || keyUsage.includes(CLIENT_AUTH) || keyUsage.includes(ANY_USAGE);
  return validFromDate <= at && at <= validToDate && forClients;
}

/** Whether it may stand above so many other CAs. */
function mayIssue(ca: X509Certificate, below: number): boolean {
  if (!ca.ca) return false;
  const { pathLength } = new ParsedCertificate(ca.raw).getExtension(BasicConstraintsExtension) ?? {};
  return pathLength === undefined || below <= pathLength;
}

/** checkIssued compares names, key identifiers and the right to sign; verify the signature itself. */
const signed = (certificate: X509Certificate, by: X509Certificate): boolean =>
  certificate.checkIssued(by) && certificate.verify(by.publicKey);

function identityOf(leaf: X509Certificate, path: readonly X509Certificate[]): ClientIdentity {
  const { subjectName } = new ParsedCertificate(leaf.raw);
  return {
    // Several common names are one too many; Go reads the last.
    commonName: subjectName.getField('CN').at(-1) ?? '',
    organizations: subjectName.getField('O'),
    sha256: leaf.fingerprint256.replaceAll(':', '').toLowerCase(),
    validUntil: Math.min(...path.map(({ validToDate }) => validToDate.getTime())),
  };
}

function readPem(pem: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (cause) {
    throw new InvalidError('a CA bundle has a certificate in it that cannot be read', { cause });
  }
}

function readDer(der: Uint8Array): X509Certificate | null {
  try {
    return new X509Certificate(der);
  } catch {
    return null;
  }
}
