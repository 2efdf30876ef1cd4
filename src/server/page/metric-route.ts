import express, { type Router } from 'express';
import type { MetricExplainer } from '../../app/explain-metric.ts';
import { InvalidError } from '../../domain/errors.ts';
import { queryText } from '../respond.ts';
import { isFromThisHost, refuseRebound } from './own-host.ts';

/**
 * /api/v1/metrics/reads: what HPAs and other readers want. /api/v1/metrics/explain?namespace=&metric=&selector=&object=&metricSelector=: what is known of
 * one metric. Told to this host alone, as kubectl port-forward is: this listener asks nobody who they are, and values are of a namespace.
 */
export function metricRoute(explainer: MetricExplainer): Router {
  const routes = express.Router();
  routes.use('/api/v1/metrics', refuseRebound, (request, response, next) => {
    if (isFromThisHost(request)) return next();
    response.status(403).json({ error: 'metrics are explained to this host alone: use kubectl port-forward' });
  });
  routes.get('/api/v1/metrics/reads', (_request, response) => {
    response.json({ reads: explainer.reads() });
  });
  routes.get('/api/v1/metrics/explain', (request, response) => {
    const asked = {
      namespace: queryText(request, 'namespace'),
      metric: queryText(request, 'metric'),
      selector: queryText(request, 'selector'),
      object: queryText(request, 'object') || '*',
      metricSelector: queryText(request, 'metricSelector'),
    };
    try {
      response.json(explainer.explain(asked));
    } catch (error) {
      if (!(error instanceof InvalidError)) throw error;
      response.status(400).json({ error: error.message });
    }
  });
  return routes;
}
