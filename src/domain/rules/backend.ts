/** What the one of --prometheus-url is called where backends are told apart. */
export const DEFAULT_BACKEND = 'default';

/**
 * A Prometheus, or what speaks its API, that rules may name beside the one of --prometheus-url. It comes from the
 * administrator's file alone: nothing that a reader of metrics says can lead to another address.
 */
export type Backend = {
  name: string;
  /** http or https; a path in front of /api/v1 may follow. */
  url: string;
  /** Sent as X-Scope-OrgID, the tenant of Mimir, Cortex and Loki; null sends none. */
  tenant: string | null;
  headers: Readonly<Record<string, string>>;
  /** PEM: who may have signed the server's certificate; null: the system's. */
  caFile: string | null;
  /** PEM: our certificate and its key, for mutual TLS; null: none. All files are read again when they change. */
  clientCertificate: { certFile: string; keyFile: string } | null;
  bearerTokenFile: string | null;
};
