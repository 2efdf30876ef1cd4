import type { Express, NextFunction, Request, Response } from 'express';
import type { ResourceAnswerer } from '../app/answer-resource-metric.ts';
import { JSON_OFFER, chooseOffer } from './accept.ts';
import { RESOURCE_GROUP } from './discovery.ts';
import { queryText, sendJson, sendStatus } from './respond.ts';
import { notAcceptable } from './status.ts';

const apiVersion = `${RESOURCE_GROUP}/v1beta1`;
const ROOT = `/apis/${apiVersion}`;

const list = (kind: 'PodMetricsList' | 'NodeMetricsList', items: readonly object[]): object => {
  return { kind, apiVersion, metadata: {}, items };
};

/** Reads of metrics.k8s.io, which `kubectl top` and HPAs on cpu and memory make. Without resourceRules the paths do not exist. */
export function resourceRoutes(app: Express, answerer: ResourceAnswerer): void {
  const read = <Parameters>(path: string, answer: (request: Request<Parameters>) => Promise<object>): void => {
    app.get(`${ROOT}${path}`, async (request: Request<Parameters>, response: Response, next: NextFunction) => {
      if (!answerer.serves()) return next();
      if (chooseOffer(request.headers.accept, [JSON_OFFER]) === null) return sendStatus(response, notAcceptable);
      sendJson(response, 200, await answer(request));
    });
  };
  const selectorOf = (request: Request<never>): string => queryText(request, 'labelSelector');
  const podsOf = async (request: Request<never>, namespace: string | null): Promise<object> =>
    list('PodMetricsList', await answerer.pods({ namespace, labelSelector: selectorOf(request) }));

  read('/pods', (request: Request<never>) => podsOf(request, null));
  read<{ namespace: string }>('/namespaces/:namespace/pods', (request) =>
    podsOf(request as Request<never>, request.params.namespace),
  );
  read<{ namespace: string; name: string }>('/namespaces/:namespace/pods/:name', async ({ params }) => {
    return { kind: 'PodMetrics', apiVersion, ...(await answerer.pod(params.namespace, params.name)) };
  });
  read('/nodes', async (request: Request<never>) => list('NodeMetricsList', await answerer.nodes(selectorOf(request))));
  read<{ name: string }>('/nodes/:name', async ({ params }) => {
    return { kind: 'NodeMetrics', apiVersion, ...(await answerer.node(params.name)) };
  });
}
