import { CUSTOM_GROUP, EXTERNAL_GROUP, EXTERNAL_GROUP_VERSION } from './discovery.ts';

/** One group and version, as far as both versions of OpenAPI have the same to say. */
export type ApiDescription = {
  groupVersion: string;
  paths: readonly ApiPath[];
  /** The name of the schema that every path answers. */
  answer: string;
  /** By name, with references as either version writes them. */
  schemas(reference: Reference): Record<string, object>;
};

export type Reference = (name: string) => object;

/** parameters: those of the path. query: those behind it. */
export type ApiPath = { path: string; operation: object; parameters: readonly string[]; query: readonly string[] };

const text = { type: 'string' };
const quantity = { ...text, description: 'A Quantity, such as 10500m or 1k.' };
const instant = { ...text, format: 'date-time' };
const seconds = { type: 'integer', format: 'int64' };
const gvk = (group: string, version: string, kind: string): object[] => [{ group, version, kind }];

const list = (item: object, kinds: object[], description: string): object => ({
  description,
  type: 'object',
  required: ['items'],
  properties: { apiVersion: text, kind: text, metadata: { type: 'object' }, items: { type: 'array', items: item } },
  'x-kubernetes-group-version-kind': kinds,
});

const operation = (operationId: string, about: { description: string; tag: string; kinds: object[] }): object => ({
  operationId,
  description: about.description,
  tags: [about.tag],
  'x-kubernetes-action': 'list',
  'x-kubernetes-group-version-kind': about.kinds[0],
});

const EXTERNAL = 'io.k8s.metrics.pkg.apis.external_metrics.v1beta1';
const externalKinds = gvk(EXTERNAL_GROUP, 'v1beta1', 'ExternalMetricValueList');

/** external.metrics.k8s.io/v1beta1 */
export const externalDescription: ApiDescription = {
  groupVersion: EXTERNAL_GROUP_VERSION,
  answer: `${EXTERNAL}.ExternalMetricValueList`,
  paths: [
    {
      path: `/apis/${EXTERNAL_GROUP_VERSION}/namespaces/{namespace}/{metric}`,
      operation: operation('listExternalMetricsV1beta1NamespacedMetric', {
        description: 'Read an external metric.',
        tag: 'externalMetrics_v1beta1',
        kinds: externalKinds,
      }),
      parameters: ['namespace', 'metric'],
      query: ['labelSelector'],
    },
  ],
  schemas: (reference) => ({
    [`${EXTERNAL}.ExternalMetricValueList`]: list(
      reference(`${EXTERNAL}.ExternalMetricValue`),
      externalKinds,
      'The values of an external metric.',
    ),
    [`${EXTERNAL}.ExternalMetricValue`]: {
      description: 'One value of an external metric.',
      type: 'object',
      required: ['metricName', 'metricLabels', 'timestamp', 'value'],
      properties: {
        metricName: text,
        metricLabels: { type: 'object', additionalProperties: text },
        timestamp: instant,
        window: seconds,
        value: quantity,
      },
    },
  }),
};

type CustomVersion = 'v1beta1' | 'v1beta2';

/** custom.metrics.k8s.io, in the order of discovery. */
export const customDescriptions: readonly ApiDescription[] = (['v1beta2', 'v1beta1'] as const).map(customDescription);

function customDescription(version: CustomVersion): ApiDescription {
  const prefix = `io.k8s.metrics.pkg.apis.custom_metrics.${version}`;
  const groupVersion = `${CUSTOM_GROUP}/${version}`;
  const kinds = gvk(CUSTOM_GROUP, version, 'MetricValueList');
  const named = version === 'v1beta1' ? 'V1beta1' : 'V1beta2';
  const read = (what: string, description: string): object =>
    operation(`listCustomMetrics${named}${what}`, { description, tag: `customMetrics_${version}`, kinds });
  const query = ['labelSelector', 'metricLabelSelector'];
  return {
    groupVersion,
    answer: `${prefix}.MetricValueList`,
    paths: [
      {
        path: `/apis/${groupVersion}/namespaces/{namespace}/{resource}/{name}/{metric}`,
        operation: read('NamespacedMetric', 'Read a metric of objects in a namespace; * for all that are selected.'),
        parameters: ['namespace', 'resource', 'name', 'metric'],
        query,
      },
      {
        path: `/apis/${groupVersion}/namespaces/{namespace}/metrics/{metric}`,
        operation: read('NamespaceMetric', 'Read a metric of a namespace.'),
        parameters: ['namespace', 'metric'],
        query,
      },
      {
        path: `/apis/${groupVersion}/{resource}/{name}/{metric}`,
        operation: read('RootScopedMetric', 'Read a metric of objects without a namespace; * for all.'),
        parameters: ['resource', 'name', 'metric'],
        query,
      },
    ],
    schemas: (reference) => ({
      [`${prefix}.MetricValueList`]: list(
        reference(`${prefix}.MetricValue`),
        kinds,
        'The values of a metric of objects.',
      ),
      [`${prefix}.MetricValue`]: {
        description: 'One value of a metric of an object.',
        type: 'object',
        required: ['describedObject', version === 'v1beta1' ? 'metricName' : 'metric', 'timestamp', 'value'],
        properties: {
          describedObject: {
            type: 'object',
            properties: { kind: text, namespace: text, name: text, apiVersion: text },
          },
          timestamp: instant,
          value: quantity,
          ...(version === 'v1beta1'
            ? { metricName: text, window: seconds, selector: { type: 'object' } }
            : {
                metric: {
                  type: 'object',
                  required: ['name'],
                  properties: { name: text, selector: { type: 'object' } },
                },
                windowSeconds: seconds,
              }),
        },
      },
    }),
  };
}
