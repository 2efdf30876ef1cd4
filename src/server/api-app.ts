import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import type { CustomAnswerer } from '../app/answer-custom-metric.ts';
import type { Answerer } from '../app/answer-metric.ts';
import { describeError } from '../domain/errors.ts';
import type { ResourceAnswerer } from '../app/answer-resource-metric.ts';
import type { Log } from '../ports/log.ts';
import { DISCOVERY_V2_OFFER, JSON_OFFER, type Offer, chooseOffer } from './accept.ts';
import {
  type ServedGroup,
  aggregatedDiscovery,
  apiGroup,
  customGroup,
  externalGroup,
  groupList,
  resourceGroup,
  resourceList,
} from './discovery.ts';
import { type Check, type HealthEndpoint, answerHealth, ping } from './health.ts';
import {
  type ApiDescription,
  customDescriptions,
  externalDescription,
  resourceDescription,
} from './openapi-description.ts';
import { openApiV2, openApiV3, openApiV3Index } from './openapi.ts';
import { resourceRoutes } from './resource-routes.ts';
import { queryTexts, sendDocument, sendStatus, sendText } from './respond.ts';
import { methodNotAllowed, notAcceptable, pathNotFound, statusOf } from './status.ts';
import type { VersionInfo } from './version.ts';

export type ApiAppOptions = {
  answerer: Answerer;
  customAnswerer: CustomAnswerer;
  resourceAnswerer: ResourceAnswerer;
  checks: readonly Check[];
  version: VersionInfo;
  log: Log;
};

/**
 * What belongs to every API server, and reads of resource metrics; reads of other metrics come nowhere near it (api-handler.ts).
 * Discovery and health never ask the source.
 */
export function createApiApp(options: ApiAppOptions): Express {
  const { resourceAnswerer, checks, version, log } = options;
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.enable('case sensitive routing');

  for (const endpoint of ['healthz', 'livez', 'readyz'] as const) {
    app.get(`/${endpoint}`, healthHandler(endpoint, [ping, ...checks]));
  }

  app.use((request, response, next) => {
    if (request.method === 'GET' || request.method === 'HEAD') return next();
    response.setHeader('Allow', 'GET, HEAD');
    sendStatus(response, methodNotAllowed);
  });

  documents(app, options);
  serve(app, '/version', [JSON_OFFER], () => version);
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

const healthHandler =
  (endpoint: HealthEndpoint, checks: readonly Check[]) =>
  async (request: Request, response: Response): Promise<void> => {
    const verbose = request.query.verbose !== undefined;
    const { code, text } = await answerHealth(endpoint, checks, { verbose, exclude: queryTexts(request, 'exclude') });
    sendText(response, code, text);
  };
