import { type Server as HttpsServer, type ServerOptions, createServer } from 'node:https';
import type { Express } from 'express';
import type { CustomAnswerer } from '../app/answer-custom-metric.ts';
import type { Answerer } from '../app/answer-metric.ts';
import type { ResourceAnswerer } from '../app/answer-resource-metric.ts';
import { InvalidError } from '../domain/errors.ts';
import type { CertificateSource } from '../ports/certificate-source.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { ServingRecorder } from '../ports/serving-recorder.ts';
import { createApiApp } from './api-app.ts';
import type { Check } from './health.ts';
import { type Endpoint, type Listening, listen } from './listening.ts';
import { type Authentication, createTlsContext } from './tls-context.ts';
import type { VersionInfo } from './version.ts';

export type ApiServerOptions = {
  answerer: Answerer;
  customAnswerer: CustomAnswerer;
  resourceAnswerer: ResourceAnswerer;
  authentication: Authentication;
  certificate: CertificateSource;
  /** Beside `ping`, which is always there. */
  checks: readonly Check[];
  version: VersionInfo;
  clock: Clock;
  log: Log;
  recorder: ServingRecorder;
};

/** Longer than the 90 s after which Go's client drops an idle connection: who closes first should be the one who sends. */
const KEEP_ALIVE_MILLISECONDS = 120_000;

/**
 * Starts the metrics API over TLS.
 *
 * @throws UnavailableError when the certificate cannot be read or the address cannot be had, InvalidError when the
 *   certificate and its key are none, or not of one another
 */
export async function startApiServer(options: ApiServerOptions, endpoint: Endpoint): Promise<Listening> {
  const { authentication, certificate, clock, log, ...rest } = options;
  const context = createTlsContext({ certificate, authentication, clock, log });
  const gate = authentication.type === 'none' ? authentication : { type: authentication.type, trust: context.trust };
  const app = createApiApp({ ...rest, gate, log });
  const server = secureServer({ ...(await context.options()), keepAliveTimeout: KEEP_ALIVE_MILLISECONDS }, app);
  const listening = await listen(server, endpoint);
  context.follow(server);
  return {
    ...listening,
    async close() {
      await Promise.all([context.close(), listening.close()]);
    },
  };
}

function secureServer(options: ServerOptions, app: Express): HttpsServer {
  try {
    return createServer(options, app);
  } catch (cause) {
    throw new InvalidError('the serving certificate and its key cannot be used together', { cause });
  }
}
