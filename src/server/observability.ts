import { createServer } from 'node:http';
import express, { type NextFunction, type Request, type Response, type Router } from 'express';
import type { Registry } from 'prom-client';
import { describeError } from '../domain/errors.ts';
import type { Log } from '../ports/log.ts';
import { type Endpoint, type Listening, listen } from './listening.ts';
import { sendText } from './respond.ts';

export type ObservabilityOptions = {
  registry: Registry;
  /** What else stands on this listener, such as the page. */
  routes: readonly Router[];
  log: Log;
};

/** Starts the second listener: plain HTTP, for scraping and for people. @throws UnavailableError when the address cannot be had */
export async function startObservability(options: ObservabilityOptions, endpoint: Endpoint): Promise<Listening> {
  const { registry, routes, log } = options;
  const app = express();
  app.disable('x-powered-by');
  app.get('/metrics', async (_request, response) => {
    const text = await registry.metrics();
    response.setHeader('Content-Type', registry.contentType);
    response.end(text);
  });
  for (const router of routes) app.use(router);
  app.use((_request, response) => sendText(response, 404, 'not found\n'));
  app.use((error: unknown, request: Request, response: Response, next: NextFunction) => {
    if (response.headersSent) return next(error);
    log.warn({ path: request.path, error: describeError(error) }, 'request failed');
    sendText(response, 500, 'internal error\n');
  });
  return listen(createServer(app), endpoint);
}
