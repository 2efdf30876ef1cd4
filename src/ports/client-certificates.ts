/** Reads CA bundles. Real: adapters/certificates. */
export interface ClientCertificates {
  /** @throws InvalidError where the PEM text holds no certificate, or one that cannot be read */
  authority(bundlePem: string): CertificateAuthority;
}

/** One bundle of CAs. */
export interface CertificateAuthority {
  /**
   * Whose certificate this is, when a chain of certificates that are valid at this time leads from it to one of the bundle, all of
   * them good for clients; null otherwise. chain: DER as the client sent it, its own first.
   */
  identify(chain: readonly Uint8Array[], at: Date): ClientIdentity | null;
}

/** validUntil: when the first certificate of the chain ends, epoch milliseconds. sha256: fingerprint of the client's, hexadecimal. */
export type ClientIdentity = {
  /** '' where it has none. */
  commonName: string;
  organizations: readonly string[];
  sha256: string;
  validUntil: number;
};
