import { type AxiosInstance, type AxiosRequestConfig, create, isAxiosError } from 'axios';
import { InvalidError, UnavailableError } from '../../domain/errors.ts';
import type { SeriesType } from '../../domain/rules/lint-types.ts';
import type { MetricsSource } from '../../ports/metrics-source.ts';
import { answerOf, labelSets, queryResult, seriesTypes } from './answer.ts';
import { connections } from './connections.ts';
import { type CredentialFiles, credentialSource } from './credentials.ts';

export type PrometheusOptions = {
  /** Where its API is, such as http://prometheus.monitoring.svc:9090; a path in front of /api/v1 may follow. */
  url: string;
  /** Deadline of one call, from connecting to the last byte. */
  timeoutSeconds: number;
  /** An answer is held in memory as a whole: beyond this it is no metric for an HPA, but a query gone wrong. */
  maxAnswerBytes?: number;
  /** Sent with each request. */
  headers?: Readonly<Record<string, string>>;
  /** Files of a CA, of our certificate and of a bearer token. */
  credentials?: CredentialFiles;
};

/** A Prometheus, or what speaks its API (Thanos, Mimir, VictoriaMetrics), over one pool of connections. */
export type Prometheus = MetricsSource & {
  /** The types that /api/v1/metadata gives; a series that targets give different types is left out. */
  types(): Promise<ReadonlyMap<string, SeriesType>>;
  close(): void;
};

const MAX_ANSWER_BYTES = 64 * 2 ** 20;
const NO_FILES: CredentialFiles = { caFile: null, clientCertificate: null, bearerTokenFile: null };

export function prometheus(options: PrometheusOptions): Prometheus {
  const { url, timeoutSeconds, maxAnswerBytes = MAX_ANSWER_BYTES, headers = {}, credentials = NO_FILES } = options;
  const pool = connections();
  const files = credentialSource(credentials);
  const client = create({
    baseURL: url.replace(/\/+$/, ''),
    // A redirect would turn POST into GET and may lead anywhere, with our token.
    maxRedirects: 0,
    maxContentLength: maxAnswerBytes,
    proxy: false,
    responseType: 'text',
    // Never throws for a status: Prometheus says in the body of a 400 or 422 what is wrong with the query.
    validateStatus: () => true,
    // The text as it came: axios would swallow JSON that does not parse.
    transformResponse: (text: unknown) => text,
    headers: { ...headers, accept: 'application/json' },
  });
  const ask = async (method: 'GET' | 'POST', path: string, form: Record<string, string>): Promise<unknown> => {
    const { tls, token } = await files.read();
    const bearer = token === null ? {} : { authorization: `Bearer ${token}` };
    const request = { ...pool.agents(tls), method, url: path, headers: bearer, ...parametersOf(method, form) };
    return call(client, request, { where: `Prometheus at ${withoutPassword(url)}`, timeoutSeconds });
  };
  return {
    async query(promql, at) {
      // A bare number of seconds: Prometheus reads no fraction with a unit, as in 0.5s.
      const timeout = String(timeoutSeconds);
      const time = at === undefined ? {} : { time: at.toFixed(3) };
      return queryResult(await ask('POST', '/api/v1/query', { query: promql, timeout, ...time }));
    },
    async series(selector, sinceSeconds) {
      return labelSets(await ask('POST', '/api/v1/series', { 'match[]': selector, start: sinceSeconds.toFixed(3) }));
    },
    async types() {
      return seriesTypes(await ask('GET', '/api/v1/metadata', {}));
    },
    close: () => pool.close(),
  };
}

/** POST where the API takes it, because a query may be longer than a URL may be. */
const parametersOf = (method: 'GET' | 'POST', form: Record<string, string>): AxiosRequestConfig =>
  method === 'POST' ? { data: new URLSearchParams(form) } : { params: form };

/** The `data` of a success. @throws InvalidError, UnavailableError */
async function call(
  client: AxiosInstance,
  request: AxiosRequestConfig,
  { where, timeoutSeconds }: { where: string; timeoutSeconds: number },
): Promise<unknown> {
  let response;
  try {
    // axios' own timeout counts only the wait for an answer's start; the signal bounds the whole call.
    response = await client.request<string>({ ...request, signal: AbortSignal.timeout(timeoutSeconds * 1000) });
  } catch (error) {
    if (!isAxiosError(error)) throw error;
    if (/maxContentLength/.test(error.message)) {
      throw new InvalidError(`${where}: the answer is larger than ${client.defaults.maxContentLength} bytes`);
    }
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
