import { type Server as HttpsServer, type ServerOptions, createServer } from 'node:https';
import type { RequestListener } from 'node:http';
import { InvalidError } from '../domain/errors.ts';
import type { CertificateSource } from '../ports/certificate-source.ts';
import { type Access, createAccess } from './access/access.ts';
import { type ApiAppOptions, createApiApp } from './api-app.ts';
import { createApiHandler } from './api-handler.ts';
import { type Endpoint, type Listening, listen } from './listening.ts';
import { type MetricReadsOptions, createMetricReads } from './metric-reads.ts';
import type { Clock } from '../ports/clock.ts';
import type { ServingRecorder } from '../ports/serving-recorder.ts';
import { createTlsContext } from './tls-context.ts';

export type ApiServerOptions = ApiAppOptions &
  MetricReadsOptions & {
    access: Access;
    certificate: CertificateSource;
    clock: Clock;
    recorder: ServingRecorder;
    limits?: Partial<ConnectionLimits>;
  };

/**
 * Times in milliseconds. What is not sent in time is cut off, so that nobody holds connections by sending slowly. Idle ones are kept for
 * longer than the 90 s after which Go's client drops them: who closes first should be the one who sends.
 */
const LIMITS = {
  handshakeTimeout: 10_000,
  headersTimeout: 10_000,
  requestTimeout: 15_000,
  keepAliveTimeout: 120_000,
  connectionsCheckingInterval: 2_000,
  /** Bytes of a request's head: a user of many groups has some kB of them. More is answered 431. */
  maxHeaderSize: 65_536,
  /** One takes about 50 kB. Each API server holds as many as it has reads in flight. */
  maxConnections: 2_000,
};

/** What one connection, and all of them together, may take. */
export type ConnectionLimits = typeof LIMITS;

/**
 * Starts the metrics API over TLS.
 *
 * @throws UnavailableError when the certificate cannot be read or the address cannot be had, InvalidError when the
 *   certificate and its key are none, or not of one another
 */
export async function startApiServer(options: ApiServerOptions, endpoint: Endpoint): Promise<Listening> {
  const { access, certificate, clock, log, recorder } = options;
  const context = createTlsContext({ certificate, clock, log, recorder });
  const { gate, ...following } = createAccess(access, { clock, log, recorder });
  const [reads, rest] = [createMetricReads(options), createApiApp(options)];
  const handler = createApiHandler({ gate, reads, rest, clock, recorder });
  const clients: ServerOptions =
    access.type === 'none'
      ? {}
      : // Asked for, not required: health is answered to everybody, and a refusal is a Status, not a broken handshake.
        { requestCert: true, rejectUnauthorized: false };
  const secure = { ...(await context.options()), ...clients };
  const { maxConnections, ...limits } = { ...LIMITS, ...options.limits };
  const server = secureServer({ ...secure, ...limits }, handler);
  server.maxConnections = maxConnections;
  await following.start();
  const listening = await listen(server, endpoint);
  context.follow(server);
  return {
    ...listening,
    async close() {
      await Promise.all([context.close(), following.close(), listening.close()]);
    },
  };
}

function secureServer(options: ServerOptions, handler: RequestListener): HttpsServer {
  try {
    return createServer(options, handler);
  } catch (cause) {
    throw new InvalidError('the serving certificate and its key cannot be used together', { cause });
  }
}
