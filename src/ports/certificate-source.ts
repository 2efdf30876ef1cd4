/** The certificate that a TLS listener shows. Real: adapters/files (files), or a pair that was just made. */
export interface CertificateSource {
  /** @throws UnavailableError when it cannot be read */
  read(): Promise<KeyPair>;
}

/** certificatePem may carry its chain. */
export type KeyPair = { certificatePem: string; privateKeyPem: string };
