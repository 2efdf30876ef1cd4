import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { type AxiosInstance, create, isAxiosError } from 'axios';
import { InvalidError, UnavailableError } from '../../domain/errors.ts';
import type { MetricsSource } from '../../ports/metrics-source.ts';
import { labelSets, answerOf, queryResult } from './answer.ts';

export type PrometheusOptions = {
  /** Where its API is, such as http://prometheus.monitoring.svc:9090; a path in front of /api/v1 may follow. */
  url: string;
  /** Deadline of one call, from connecting to the last byte. */
  timeoutSeconds: number;
  /** An answer is held in memory as a whole: beyond this it is no metric for an HPA, but a query gone wrong. */
  maxAnswerBytes?: number;
};

/** A Prometheus, or what speaks its API (Thanos, Mimir, VictoriaMetrics), over one pool of connections. */
export type Prometheus = MetricsSource & { close(): void };

/** Under Prometheus' own --query.max-concurrency, which is 20, so that we queue here and not there. */
const CONNECTIONS = 16;
const MAX_ANSWER_BYTES = 64 * 2 ** 20;

export function prometheus(options: PrometheusOptions): Prometheus {
  const { url, timeoutSeconds, maxAnswerBytes = MAX_ANSWER_BYTES } = options;
  const pool = { keepAlive: true, maxSockets: CONNECTIONS };
  const agents = { httpAgent: new HttpAgent(pool), httpsAgent: new HttpsAgent(pool) };
  const client = create({
    ...agents,
    baseURL: url.replace(/\/+$/, ''),
    // A redirect would turn POST into GET and may lead anywhere.
    maxRedirects: 0,
    maxContentLength: maxAnswerBytes,
    proxy: false,
    responseType: 'text',
    // Never throws for a status: Prometheus says in the body of a 400 or 422 what is wrong with the query.
    validateStatus: () => true,
    // The text as it came: axios would swallow JSON that does not parse.
    transformResponse: (text: unknown) => text,
    headers: { accept: 'application/json' },
  });
  const post = (path: string, form: Record<string, string>): Promise<unknown> =>
    call({ client, url, path, form, timeoutSeconds });
  return {
    async query(promql) {
      // A bare number of seconds: Prometheus reads no fraction with a unit, as in 0.5s.
      return queryResult(await post('/api/v1/query', { query: promql, timeout: String(timeoutSeconds) }));
    },
    async series(selector, sinceSeconds) {
      return labelSets(await post('/api/v1/series', { 'match[]': selector, start: sinceSeconds.toFixed(3) }));
    },
    close() {
      agents.httpAgent.destroy();
      agents.httpsAgent.destroy();
    },
  };
}

type Call = { client: AxiosInstance; url: string; path: string; form: Record<string, string>; timeoutSeconds: number };

/** The `data` of a success. POST, because a query may be longer than a URL may be. */
async function call({ client, url, path, form, timeoutSeconds }: Call): Promise<unknown> {
  const where = `Prometheus at ${withoutPassword(url)}`;
  let response;
  try {
    // axios' own timeout counts only the wait for an answer's start; the signal bounds the whole call.
    const signal = AbortSignal.timeout(timeoutSeconds * 1000);
    response = await client.post<string>(path, new URLSearchParams(form), { signal });
  } catch (error) {
    if (!isAxiosError(error)) throw error;
    const why = error.code === 'ERR_CANCELED' ? `no answer within ${timeoutSeconds} s` : error.message || error.code;
    // Not the axios error itself as cause: it drags request, headers and sockets into whatever prints it.
    throw new UnavailableError(`${where}: ${why}`, { cause: error.cause });
  }
  const answer = answerOf(response.status, response.data);
  if (answer.type === 'data') return answer.data;
  if (answer.type === 'invalid') throw new InvalidError(`${where} refuses the query: ${answer.message}`);
  throw new UnavailableError(`${where}: ${answer.message}`);
}

/** A URL may hold a password; messages go to logs. */
function withoutPassword(url: string): string {
  const parsed = new URL(url);
  parsed.username = '';
  parsed.password = '';
  return parsed.href.replace(/\/$/, '');
}
