import { TLSSocket } from 'node:tls';
import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import type { Answerer } from '../app/answer-metric.ts';
import { describeError } from '../domain/errors.ts';
import type { FrontProxyTrust } from '../ports/front-proxy.ts';
import type { Log } from '../ports/log.ts';
import type { ServingRecorder } from '../ports/serving-recorder.ts';
import { DISCOVERY_V2_OFFER, JSON_OFFER, type Offer, chooseOffer } from './accept.ts';
import { GROUP, GROUP_VERSION, aggregatedDiscovery, apiGroup, groupList, resourceList } from './discovery.ts';
import { type Peer, vouchedFor } from './front-proxy.ts';
import { type Check, type HealthEndpoint, answerHealth, ping } from './health.ts';
import { openApiV2, openApiV3, openApiV3Index } from './openapi.ts';
import { sendDocument, sendJson, sendStatus, sendText } from './respond.ts';
import { methodNotAllowed, notAcceptable, pathNotFound, statusOf, unauthorized } from './status.ts';
import type { VersionInfo } from './version.ts';

export type ApiAppOptions = {
  answerer: Answerer;
  /** Gate of everything but the health endpoints; trust() is asked at each request. */
  gate: { type: 'none' } | { type: 'front-proxy'; trust(): FrontProxyTrust | null };
  checks: readonly Check[];
  version: VersionInfo;
  log: Log;
  recorder: ServingRecorder;
};

/** The paths of external.metrics.k8s.io and what belongs to every API server. Discovery and health never ask the source. */
export function createApiApp({ answerer, gate, checks, version, log, recorder }: ApiAppOptions): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.enable('case sensitive routing');

  for (const endpoint of ['healthz', 'livez', 'readyz'] as const) {
    app.get(`/${endpoint}`, healthHandler(endpoint, [ping, ...checks]));
  }

  app.use((_request, response, next) => {
    response.once('finish', () => recorder.answered(response.statusCode));
    next();
  });
  if (gate.type === 'front-proxy') app.use(authenticate(gate.trust, log));
  app.use((request, response, next) => {
    if (request.method === 'GET' || request.method === 'HEAD') return next();
    response.setHeader('Allow', 'GET, HEAD');
    sendStatus(response, methodNotAllowed);
  });

  serve(app, '/apis', [JSON_OFFER, DISCOVERY_V2_OFFER], (offer) =>
    offer === DISCOVERY_V2_OFFER ? aggregatedDiscovery(answerer.metricNames()) : groupList(),
  );
  serve(app, `/apis/${GROUP}`, [JSON_OFFER], apiGroup);
  serve(app, `/apis/${GROUP_VERSION}`, [JSON_OFFER], () => resourceList(answerer.metricNames()));
  serve(app, '/openapi/v2', [JSON_OFFER], () => openApiV2(version.gitVersion));
  serve(app, '/openapi/v3', [JSON_OFFER], () => openApiV3Index(version.gitVersion));
  serve(app, `/openapi/v3/apis/${GROUP_VERSION}`, [JSON_OFFER], () => openApiV3(version.gitVersion));
  serve(app, '/version', [JSON_OFFER], () => version);
  app.get(`/apis/${GROUP_VERSION}/namespaces/:namespace/:metric`, readMetric(answerer));

  app.use((_request, response) => sendStatus(response, pathNotFound));
  app.use((error: unknown, request: Request, response: Response, next: NextFunction) => {
    if (response.headersSent) return next(error);
    const status = statusOf(error);
    if (status.code >= 500) log.warn({ path: request.path, error: describeError(error) }, 'request failed');
    sendStatus(response, status);
  });
  return app;
}

/** A document that is had in the form that the Accept header likes best. */
function serve(app: Express, path: string, offers: readonly Offer[], document: (offer: Offer) => object): void {
  app.get(path, (request, response) => {
    const offer = chooseOffer(request.headers.accept, offers);
    if (offer === null) sendStatus(response, notAcceptable);
    else sendDocument(request, response, { body: document(offer), contentType: offer.contentType });
  });
}

const readMetric =
  (answerer: Answerer) =>
  async (request: Request<{ namespace: string; metric: string }>, response: Response): Promise<void> => {
    if (chooseOffer(request.headers.accept, [JSON_OFFER]) === null) return sendStatus(response, notAcceptable);
    const selector = texts(request.query.labelSelector)[0] ?? '';
    const items = await answerer.answer({ ...request.params, selector });
    sendJson(response, 200, { kind: 'ExternalMetricValueList', apiVersion: GROUP_VERSION, metadata: {}, items });
  };

const healthHandler =
  (endpoint: HealthEndpoint, checks: readonly Check[]) =>
  async (request: Request, response: Response): Promise<void> => {
    const verbose = request.query.verbose !== undefined;
    const { code, text } = await answerHealth(endpoint, checks, { verbose, exclude: texts(request.query.exclude) });
    sendText(response, code, text);
  };

/** A query parameter, which may come several times. */
function texts(value: unknown): string[] {
  const all: unknown[] = Array.isArray(value) ? value : [value];
  return all.filter((one) => typeof one === 'string');
}

function authenticate(trust: () => FrontProxyTrust | null, log: Log) {
  return (request: Request, response: Response, next: NextFunction): void => {
    const verdict = vouchedFor(peerOf(request), request.headers, trust());
    if (verdict.type === 'user') return next();
    log.debug({ path: request.path, from: request.socket.remoteAddress, why: verdict.why }, 'refused');
    sendStatus(response, unauthorized);
  };
}

function peerOf({ socket }: Request): Peer {
  if (!(socket instanceof TLSSocket) || !socket.authorized) return { verified: false, commonName: '' };
  // Several common names are one too many; Go reads the last.
  const names: unknown = socket.getPeerCertificate().subject?.CN;
  const commonName: unknown = Array.isArray(names) ? names.at(-1) : names;
  return { verified: true, commonName: typeof commonName === 'string' ? commonName : '' };
}
