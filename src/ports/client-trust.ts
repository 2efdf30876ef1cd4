/** Whose client certificates are believed, and for what. Real: adapters/kubernetes. */
export interface ClientTrustSource {
  /** @throws UnavailableError, ForbiddenError, NotFoundError, InvalidError where it is not as the API server writes it. */
  read(): Promise<ClientTrust>;

  /** Calls `changed` soon after read() may say something else; not where we may not watch. `changed` must not throw. */
  follow(changed: () => void): TrustFollowing;
}

/** After close() `changed` is not called again. */
export type TrustFollowing = { close(): Promise<void> };

/** The two kinds are kept apart: a certificate of an ordinary client must never pass for the front proxy's. */
export type ClientTrust = {
  /** The CA of ordinary clients; one or more PEM certificates. null: no client certificate says who somebody is. */
  clientCaPem: string | null;
  /** null: the API server runs without an aggregator. */
  frontProxy: FrontProxyTrust | null;
};

/** How the API server's aggregator is known, and where it says who asks. */
export type FrontProxyTrust = {
  /** The CA that signs the front proxy's client certificate; one or more PEM certificates. */
  caPem: string;
  /** Common names that the certificate may have; empty = any. */
  allowedNames: readonly string[];
  /** Header names that carry the user, the uid, the groups, and the prefix of extra fields; as the API server writes them. */
  usernameHeaders: readonly string[];
  uidHeaders: readonly string[];
  groupHeaders: readonly string[];
  extraHeaderPrefixes: readonly string[];
};
