import { createHash } from 'node:crypto';
import type { Agent as HttpAgent } from 'node:http';
import type { Agent as HttpsAgent } from 'node:https';
import { type AxiosResponse, create, isAxiosError } from 'axios';
import { UnavailableError, describeError } from '../../domain/errors.ts';
import type { Neighbour } from '../../ports/neighbour.ts';
import { itemsOf, namesOf, statusOf } from './answer.ts';

export type NeighbourOptions<Tls> = {
  /** https, without path or query. */
  url: string;
  /** Deadline of one call, from connecting to the last byte. */
  timeoutSeconds: number;
  /** The header that carries the ids of those who were asked. */
  askedHeader: string;
  /** The files of its CA and of our token, read again as they change. @throws UnavailableError */
  credentials: { read(): Promise<{ token: string | null; tls: Tls }> };
  /** Connections, anew where tls changes. */
  pool: { agents(tls: Tls): { httpAgent: HttpAgent; httpsAgent: HttpsAgent } };
};

/** All that an HPA adds up comes in some kilobytes. */
const MAX_ANSWER_BYTES = 4 * 2 ** 20;
const GROUP_VERSION = '/apis/external.metrics.k8s.io/v1beta1';

/** What it is for a reader of metrics; where it is and what it said is for our log. */
const TOLD = 'unable to fetch metrics from the neighbour';

/** A server of external metrics over https, asked with our own token. */
export function httpsNeighbour<Tls>(options: NeighbourOptions<Tls>): Neighbour {
  const { url, timeoutSeconds, askedHeader, credentials, pool } = options;
  const id = createHash('sha256').update(url).digest('hex').slice(0, 16);
  const client = create({
    baseURL: url,
    // A redirect may lead anywhere, with our token.
    maxRedirects: 0,
    maxContentLength: MAX_ANSWER_BYTES,
    proxy: false,
    responseType: 'text',
    validateStatus: () => true,
    transformResponse: (text: unknown) => text,
    headers: { accept: 'application/json' },
  });

  async function send(path: string, asked: readonly string[]): Promise<AxiosResponse<string>> {
    const { tls, token } = await credentials.read();
    const bearer = token === null ? {} : { authorization: `Bearer ${token}` };
    return client.get<string>(path, {
      ...pool.agents(tls),
      headers: { ...bearer, [askedHeader]: [...asked, id].join(',') },
      signal: AbortSignal.timeout(timeoutSeconds * 1000),
    });
  }

  async function get<T>(path: string, asked: readonly string[], take: (text: string) => T): Promise<T> {
    try {
      const { status, data } = await send(path, asked);
      if (status === 200) return take(data);
      const said = statusOf(status, data);
      if (said) throw new UnavailableError(`answered ${status}: ${said.message}`, { status: said });
      throw new UnavailableError(`answered ${status} without a Status`);
    } catch (error) {
      throw failure(error);
    }
  }

  function failure(error: unknown): UnavailableError {
    if (error instanceof UnavailableError) {
      return new UnavailableError(`${url} ${describeError(error)}`, { told: TOLD, status: error.status });
    }
    if (!isAxiosError(error)) throw error;
    const why = error.code === 'ERR_CANCELED' ? `no answer within ${timeoutSeconds} s` : error.message || error.code;
    // Not the axios error itself as cause: it drags the token into whatever prints it.
    return new UnavailableError(`${url}: ${why}`, { told: TOLD });
  }

  return {
    id,
    read({ namespace, metric, selector, asked }) {
      const query = selector === '' ? '' : `?labelSelector=${encodeURIComponent(selector)}`;
      const segments = `namespaces/${encodeURIComponent(namespace)}/${encodeURIComponent(metric)}`;
      return get(`${GROUP_VERSION}/${segments}${query}`, asked, itemsOf);
    },
    metricNames: () => get(GROUP_VERSION, [], namesOf),
  };
}
