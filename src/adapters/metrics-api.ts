import { Agent } from 'node:https';
import { create, isAxiosError } from 'axios';
import { UnavailableError } from '../domain/errors.ts';
import type { MetricsApi } from '../ports/metrics-api.ts';

/** Where an adapter, or the API server in front of it, is, and as whom it is read. */
export type MetricsApiOptions = {
  /** https://host:port */
  url: string;
  /** PEM. ca: who may have signed its certificate; without it the system's. */
  ca: string | undefined;
  certificate: { cert: string; key: string } | undefined;
  /** Sent as bearer token. */
  token: string | undefined;
  /** The name that its certificate has to have, where that is not the host of the URL. */
  serverName: string | undefined;
  verification: 'verify' | 'skip';
};

/** What the HPA controller itself would wait for is far more; a comparison wants to go on. */
const DEADLINE_MILLISECONDS = 10_000;

/** Reads the metrics APIs as a person does. Redirects are not followed: they would take the credentials along. */
export function metricsApi(options: MetricsApiOptions): MetricsApi {
  const { url, ca, certificate, token, serverName, verification } = options;
  const agent = new Agent({
    keepAlive: true,
    maxSockets: 8,
    ca,
    ...certificate,
    ...(serverName !== undefined && { servername: serverName }),
    rejectUnauthorized: verification === 'verify',
  });
  const client = create({
    baseURL: url.replace(/\/+$/, ''),
    httpsAgent: agent,
    proxy: false,
    maxRedirects: 0,
    maxContentLength: 64 * 2 ** 20,
    validateStatus: () => true,
    headers: { accept: 'application/json', ...(token !== undefined && { authorization: `Bearer ${token}` }) },
  });
  return {
    async get(path) {
      try {
        const signal = AbortSignal.timeout(DEADLINE_MILLISECONDS);
        const { status, data } = await client.get<unknown>(path, { signal });
        return { status, body: data };
      } catch (error) {
        if (!isAxiosError(error)) throw error;
        const why = error.code === 'ERR_CANCELED' ? 'no answer in time' : error.message || error.code;
        throw new UnavailableError(`${url}: ${why}`, { cause: error.cause });
      }
    },
    close: () => agent.destroy(),
  };
}
