import { TLSSocket } from 'node:tls';
import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import type { CustomAnswerer } from '../app/answer-custom-metric.ts';
import type { Answerer } from '../app/answer-metric.ts';
import { describeError } from '../domain/errors.ts';
import { ASKED_HEADER, askedOf } from '../domain/neighbour.ts';
import type { ResourceAnswerer } from '../app/answer-resource-metric.ts';
import type { FrontProxyTrust } from '../ports/front-proxy.ts';
import type { Log } from '../ports/log.ts';
import type { ServingRecorder } from '../ports/serving-recorder.ts';
import { DISCOVERY_V2_OFFER, JSON_OFFER, type Offer, chooseOffer } from './accept.ts';
import { customRoutes } from './custom-routes.ts';
import {
  EXTERNAL_GROUP_VERSION,
  type ServedGroup,
  aggregatedDiscovery,
  apiGroup,
  customGroup,
  externalGroup,
  groupList,
  resourceGroup,
  resourceList,
} from './discovery.ts';
import { type Peer, vouchedFor } from './front-proxy.ts';
import { type Check, type HealthEndpoint, answerHealth, ping } from './health.ts';
import {
  type ApiDescription,
  customDescriptions,
  externalDescription,
  resourceDescription,
} from './openapi-description.ts';
import { openApiV2, openApiV3, openApiV3Index } from './openapi.ts';
import { resourceRoutes } from './resource-routes.ts';
import { queryText, queryTexts, sendDocument, sendJson, sendStatus, sendText } from './respond.ts';
import { methodNotAllowed, notAcceptable, pathNotFound, statusOf, unauthorized } from './status.ts';
import type { VersionInfo } from './version.ts';

export type ApiAppOptions = {
  answerer: Answerer;
  customAnswerer: CustomAnswerer;
  resourceAnswerer: ResourceAnswerer;
  /** Gate of everything but the health endpoints; trust() is asked at each request. */
  gate: { type: 'none' } | { type: 'front-proxy'; trust(): FrontProxyTrust | null };
  checks: readonly Check[];
  version: VersionInfo;
  log: Log;
  recorder: ServingRecorder;
};

/** The paths of the metrics APIs and what belongs to every API server. Discovery and health never ask the source. */
export function createApiApp(options: ApiAppOptions): Express {
  const { answerer, customAnswerer, resourceAnswerer, gate, checks, version, log, recorder } = options;
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

  documents(app, options);
  serve(app, '/version', [JSON_OFFER], () => version);
  app.get(`/apis/${EXTERNAL_GROUP_VERSION}/namespaces/:namespace/:metric`, readMetric(answerer));
  customRoutes(app, customAnswerer);
  resourceRoutes(app, resourceAnswerer);

  app.use((_request, response) => sendStatus(response, pathNotFound));
  app.use((error: unknown, request: Request, response: Response, next: NextFunction) => {
    if (response.headersSent) return next(error);
    const status = statusOf(error);
    if (status.code >= 500) log.warn({ path: request.path, error: describeError(error) }, 'request failed');
    sendStatus(response, status);
  });
  return app;
}

/** Discovery and OpenAPI. custom.metrics.k8s.io and metrics.k8s.io are there as long as there are rules for them. */
function documents(app: Express, options: ApiAppOptions): void {
  const { answerer, customAnswerer, resourceAnswerer, version } = options;
  const external = (): ServedGroup => externalGroup(answerer.metricNames());
  const custom = (): ServedGroup | null => (customAnswerer.serves() ? customGroup(customAnswerer.metricNames()) : null);
  const ofResources = (): ServedGroup | null => (resourceAnswerer.serves() ? resourceGroup : null);
  const groups = (): ServedGroup[] => [external(), custom(), ofResources()].filter((group) => group !== null);
  const apis = (): ApiDescription[] => [
    externalDescription,
    ...(customAnswerer.serves() ? customDescriptions : []),
    ...(resourceAnswerer.serves() ? [resourceDescription] : []),
  ];
  const { gitVersion } = version;

  serve(app, '/apis', [JSON_OFFER, DISCOVERY_V2_OFFER], (offer) =>
    offer === DISCOVERY_V2_OFFER ? aggregatedDiscovery(groups()) : groupList(groups()),
  );
  for (const [{ name, versions }, group] of [
    [externalGroup([]), external],
    [customGroup([]), custom],
    [resourceGroup, ofResources],
  ] as const) {
    serve(app, `/apis/${name}`, [JSON_OFFER], () => whereServed(group(), apiGroup));
    for (const one of versions) {
      serve(app, `/apis/${name}/${one}`, [JSON_OFFER], () =>
        whereServed(group(), (served) => resourceList(served, one)),
      );
    }
  }
  serve(app, '/openapi/v2', [JSON_OFFER], () => openApiV2(apis(), gitVersion));
  serve(app, '/openapi/v3', [JSON_OFFER], () => openApiV3Index(apis(), gitVersion));
  for (const { groupVersion } of [externalDescription, ...customDescriptions, resourceDescription]) {
    const described = (): ApiDescription | null => apis().find((api) => api.groupVersion === groupVersion) ?? null;
    serve(app, `/openapi/v3/apis/${groupVersion}`, [JSON_OFFER], () =>
      whereServed(described(), (api) => openApiV3(api, gitVersion)),
    );
  }
}

const whereServed = <T>(served: T | null, document: (served: T) => object): object | null =>
  served === null ? null : document(served);

/** A document that is had in the form that the Accept header likes best; null where it is not there now. */
function serve(app: Express, path: string, offers: readonly Offer[], document: (offer: Offer) => object | null): void {
  app.get(path, (request, response) => {
    const offer = chooseOffer(request.headers.accept, offers);
    if (offer === null) return sendStatus(response, notAcceptable);
    const body = document(offer);
    if (body === null) return sendStatus(response, pathNotFound);
    sendDocument(request, response, { body, contentType: offer.contentType });
  });
}

const readMetric =
  (answerer: Answerer) =>
  async (request: Request<{ namespace: string; metric: string }>, response: Response): Promise<void> => {
    if (chooseOffer(request.headers.accept, [JSON_OFFER]) === null) return sendStatus(response, notAcceptable);
    const selector = queryText(request, 'labelSelector');
    const asked = askedOf(request.get(ASKED_HEADER) ?? '');
    const items = await answerer.answer({ ...request.params, selector, asked });
    const list = { kind: 'ExternalMetricValueList', apiVersion: EXTERNAL_GROUP_VERSION, metadata: {}, items };
    sendJson(response, 200, list);
  };

const healthHandler =
  (endpoint: HealthEndpoint, checks: readonly Check[]) =>
  async (request: Request, response: Response): Promise<void> => {
    const verbose = request.query.verbose !== undefined;
    const { code, text } = await answerHealth(endpoint, checks, { verbose, exclude: queryTexts(request, 'exclude') });
    sendText(response, code, text);
  };

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
