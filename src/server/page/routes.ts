import { fileURLToPath } from 'node:url';
import express, { type Router } from 'express';
import type { PlanHistory } from '../../app/plan-history.ts';
import { type PlanView, explanation } from '../../domain/plan-view.ts';
import { NotFoundError } from '../../domain/errors.ts';
import { refuseRebound } from './own-host.ts';
import { type PageAbout, page } from './page.ts';

export type PageSources = { view(): PlanView | null; history: PlanHistory; about: PageAbout };

/**
 * The page at /, and what it shows as JSON: /api/v1/plan, and /api/v1/explain/NAMESPACE/HPA. Read only; on the second
 * listener, beside /metrics.
 */
export function pageRoutes({ view, history, about }: PageSources): Router {
  const routes = express.Router();
  routes.get(['/', '/api/v1/plan', '/api/v1/explain/:namespace/:name'], refuseRebound);
  routes.use((_request, response, next) => {
    response.set(
      'content-security-policy',
      "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'",
    );
    response.set('x-content-type-options', 'nosniff');
    next();
  });
  routes.get('/', (_request, response) => {
    response
      .set('cache-control', 'no-store')
      .type('html')
      .send(page(view(), about, history.of).text);
  });
  routes.get('/api/v1/plan', (_request, response) => {
    const current = view();
    if (current) response.json(current);
    else response.status(503).json({ error: 'no pass has decided yet' });
  });
  routes.get('/api/v1/explain/:namespace/:name', (request, response) => {
    const current = view();
    if (!current) {
      response.status(503).json({ error: 'no pass has decided yet' });
      return;
    }
    try {
      response.json(explanation(current, request.params));
    } catch (error) {
      if (!(error instanceof NotFoundError)) throw error;
      response.status(404).json({ error: error.message });
    }
  });
  routes.use(express.static(fileURLToPath(new URL('assets', import.meta.url)), { index: false }));
  return routes;
}
