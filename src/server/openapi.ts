import { createHash } from 'node:crypto';
import { GROUP, GROUP_VERSION, VERSION } from './discovery.ts';

const SCHEMA_PREFIX = 'io.k8s.metrics.pkg.apis.external_metrics.v1beta1';
const LIST_NAME = `${SCHEMA_PREFIX}.ExternalMetricValueList`;
const VALUE_NAME = `${SCHEMA_PREFIX}.ExternalMetricValue`;
const PATH = `/apis/${GROUP_VERSION}/namespaces/{namespace}/{metric}`;
const GVK = [{ group: GROUP, version: VERSION, kind: 'ExternalMetricValueList' }];
const text = { type: 'string' };

/** The kinds served, with references as either version of OpenAPI writes them. */
const schemas = (reference: (name: string) => object): Record<string, object> => ({
  [LIST_NAME]: {
    description: 'The values of an external metric.',
    type: 'object',
    required: ['items'],
    properties: {
      apiVersion: text,
      kind: text,
      metadata: { type: 'object' },
      items: { type: 'array', items: reference(VALUE_NAME) },
    },
    'x-kubernetes-group-version-kind': GVK,
  },
  [VALUE_NAME]: {
    description: 'One value of an external metric.',
    type: 'object',
    required: ['metricName', 'metricLabels', 'timestamp', 'value'],
    properties: {
      metricName: text,
      metricLabels: { type: 'object', additionalProperties: text },
      timestamp: { ...text, format: 'date-time' },
      window: { type: 'integer', format: 'int64' },
      value: { ...text, description: 'A Quantity, such as 10500m or 1k.' },
    },
  },
});

const operation = {
  operationId: 'listExternalMetricsV1beta1NamespacedMetric',
  description: 'Read an external metric.',
  tags: ['externalMetrics_v1beta1'],
  'x-kubernetes-action': 'list',
  'x-kubernetes-group-version-kind': GVK[0],
};

/** GET /openapi/v2 */
export function openApiV2(version: string): object {
  const reference = (name: string): object => ({ $ref: `#/definitions/${name}` });
  const parameter = (name: string): object => ({ name, in: 'path', required: true, ...text });
  return {
    swagger: '2.0',
    info: { title: 'Tidecaster', version },
    paths: {
      [PATH]: {
        get: {
          ...operation,
          produces: ['application/json'],
          schemes: ['https'],
          parameters: [{ name: 'labelSelector', in: 'query', ...text }],
          responses: { 200: { description: 'OK', schema: reference(LIST_NAME) } },
        },
        parameters: [parameter('namespace'), parameter('metric')],
      },
    },
    definitions: schemas(reference),
  };
}

/** GET /openapi/v3/apis/external.metrics.k8s.io/v1beta1 */
export function openApiV3(version: string): object {
  const reference = (name: string): object => ({ $ref: `#/components/schemas/${name}` });
  const parameter = (name: string): object => ({ name, in: 'path', required: true, schema: text });
  return {
    openapi: '3.0.0',
    info: { title: 'Tidecaster', version },
    paths: {
      [PATH]: {
        get: {
          ...operation,
          parameters: [{ name: 'labelSelector', in: 'query', schema: text }],
          responses: {
            200: { description: 'OK', content: { 'application/json': { schema: reference(LIST_NAME) } } },
          },
        },
        parameters: [parameter('namespace'), parameter('metric')],
      },
    },
    components: { schemas: schemas(reference) },
  };
}

/** GET /openapi/v3: where the documents are. The hash lets the aggregator keep what it has. */
export function openApiV3Index(version: string): object {
  const hash = createHash('sha256')
    .update(JSON.stringify(openApiV3(version)))
    .digest('hex')
    .toUpperCase();
  const path = `apis/${GROUP_VERSION}`;
  return { paths: { [path]: { serverRelativeURL: `/openapi/v3/${path}?hash=${hash}` } } };
}
