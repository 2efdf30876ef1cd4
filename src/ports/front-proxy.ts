/** Whom the API server's aggregator is to be believed as. Real: adapters/kubernetes. */
export interface FrontProxySource {
  /** @throws UnavailableError, ForbiddenError, NotFoundError, InvalidError where it is not as the API server writes it. */
  read(): Promise<FrontProxyTrust>;
}

export type FrontProxyTrust = {
  /** The CA that signs the front proxy's client certificate; one or more PEM certificates. */
  clientCaPem: string;
  /** Common names that the certificate may have; empty = any. */
  allowedNames: readonly string[];
  /** Header names that carry the user, the groups, and the prefix of extra fields; as the API server writes them. */
  usernameHeaders: readonly string[];
  groupHeaders: readonly string[];
  extraHeaderPrefixes: readonly string[];
};
