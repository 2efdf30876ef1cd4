import type { CertificateFacts, Names } from '../domain/certificate-renewal.ts';

/** A certificate that a TLS server shows, its key, and the CA that vouches for it. All PEM. */
export type ServingCertificate = { certificatePem: string; privateKeyPem: string; caPem: string };

/** Makes and reads certificates. Real: adapters/certificates. */
export interface CertificateMaker {
  /** A new CA, and a serving certificate that it signs. The CA's key is forgotten: it signs nothing else, ever. */
  issue(names: Names, valid: { from: Date; days: number }): Promise<ServingCertificate>;
  /** null where it cannot be read as a certificate, a key and a CA. */
  inspect(certificate: ServingCertificate): CertificateFacts | null;
  /** The certificates of a PEM bundle that can be read, each with its end; epoch milliseconds. */
  bundle(pem: string): { pem: string; notAfter: number }[];
}

/** Where the serving certificate is kept. Real: a Secret, adapters/kubernetes. */
export interface CertificateStore {
  /** For messages, such as "Secret ns/name". */
  readonly name: string;
  /** null where there is none, also when a place for it was made and is still empty. @throws UnavailableError, ForbiddenError */
  read(): Promise<StoredCertificate>;
  /** Writes over exactly what was read. @throws ConflictError where somebody wrote in between. */
  write(certificate: ServingCertificate, previous: StoredCertificate): Promise<void>;
}

/** version: opaque, from one read to the write that follows it. */
export type StoredCertificate = { certificate: ServingCertificate | null; version: string | null };

/** Who must trust the CA: an APIService's spec.caBundle. Real: adapters/kubernetes. */
export interface TrustAnchor {
  /** For messages, such as "APIService v1beta1.external.metrics.k8s.io". */
  readonly name: string;
  /** @throws NotFoundError, UnavailableError, ForbiddenError */
  read(): Promise<Trust>;
  /** Replaces exactly what was read; never creates. @throws ConflictError where somebody wrote in between. */
  write(caPem: string, previous: Trust): Promise<void>;
}

/**
 * caPem: '' where nothing is trusted yet. otherWriter: the field manager that wrote it last; null where that is us, or not known.
 */
export type Trust = { caPem: string; otherWriter: string | null; uid: string; version: string };
