import type { Express, Request, Response } from 'express';
import type { CustomAnswerer } from '../app/answer-custom-metric.ts';
import { InvalidError } from '../domain/errors.ts';
import { inV1beta1, inV1beta2 } from '../domain/rules/custom-metric-value.ts';
import { JSON_OFFER, chooseOffer } from './accept.ts';
import { CUSTOM_GROUP } from './discovery.ts';
import { queryText, sendJson, sendStatus } from './respond.ts';
import { notAcceptable } from './status.ts';

const VERSIONS = [
  { version: 'v1beta1', written: inV1beta1 },
  { version: 'v1beta2', written: inV1beta2 },
] as const;

/** What a path names. namespace: null where it is root-scoped. */
type Named = { namespace: string | null; resource: string; object: string; metric: string };

/** Reads of custom.metrics.k8s.io: `*` may come encoded as %2A. As long as there are no rules the paths do not exist. */
export function customRoutes(app: Express, answerer: CustomAnswerer): void {
  for (const { version, written } of VERSIONS) {
    const root = `/apis/${CUSTOM_GROUP}/${version}`;
    const answer = async (request: Request, response: Response, named: Named): Promise<void> => {
      if (chooseOffer(request.headers.accept, [JSON_OFFER]) === null) return sendStatus(response, notAcceptable);
      const values = await answerer.answer({
        ...named,
        labelSelector: queryText(request, 'labelSelector'),
        metricLabelSelector: queryText(request, 'metricLabelSelector'),
      });
      const apiVersion = `${CUSTOM_GROUP}/${version}`;
      sendJson(response, 200, { kind: 'MetricValueList', apiVersion, metadata: {}, items: values.map(written) });
    };

    app.get(`${root}/namespaces/:namespace/metrics/:metric`, (request, response, next) => {
      if (!answerer.serves()) return next();
      const { namespace, metric } = request.params;
      return answer(request, response, { namespace: null, resource: 'namespaces', object: namespace, metric });
    });
    app.get(`${root}/namespaces/:namespace/:resource/:object/:metric`, (request, response, next) =>
      answerer.serves() ? answer(request, response, request.params) : next(),
    );
    app.get(`${root}/:resource/:object/:metric`, (request, response, next) => {
      if (!answerer.serves()) return next();
      // To Kubernetes this is a resource of a namespace without a name, never an object of the root.
      if (request.params.resource === 'namespaces') throw new InvalidError('invalid request path');
      return answer(request, response, { namespace: null, ...request.params });
    });
  }
}
