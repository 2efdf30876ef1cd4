import { CUSTOM_GROUP, EXTERNAL_GROUP, EXTERNAL_GROUP_VERSION, RESOURCE_GROUP } from './discovery.ts';

/** One group and version, as far as both versions of OpenAPI have the same to say. */
export type ApiDescription = {
  groupVersion: string;
  paths: readonly ApiPath[];
  /** By name, with references as either version writes them. */
  schemas(reference: Reference): Record<string, object>;
};

export type Reference = (name: string) => object;

/** answer: the name of the schema that it answers. parameters: those of the path. query: those behind it. */
export type ApiPath = {
  path: string;
  operation: object;
  answer: string;
  parameters: readonly string[];
  query: readonly string[];
};

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

type Operation = { description: string; tag: string; kinds: object[]; action?: 'get' };

const operation = (operationId: string, about: Operation): object => ({
  operationId,
  description: about.description,
  tags: [about.tag],
  'x-kubernetes-action': about.action ?? 'list',
  'x-kubernetes-group-version-kind': about.kinds[0],
});

const EXTERNAL = 'io.k8s.metrics.pkg.apis.external_metrics.v1beta1';
const externalKinds = gvk(EXTERNAL_GROUP, 'v1beta1', 'ExternalMetricValueList');

/** external.metrics.k8s.io/v1beta1 */
export const externalDescription: ApiDescription = {
  groupVersion: EXTERNAL_GROUP_VERSION,
  paths: [
    {
      path: `/apis/${EXTERNAL_GROUP_VERSION}/namespaces/{namespace}/{metric}`,
      operation: operation('listExternalMetricsV1beta1NamespacedMetric', {
        description: 'Read an external metric.',
        tag: 'externalMetrics_v1beta1',
        kinds: externalKinds,
      }),
      answer: `${EXTERNAL}.ExternalMetricValueList`,
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
  const answer = `${prefix}.MetricValueList`;
  return {
    groupVersion,
    paths: [
      {
        path: `/apis/${groupVersion}/namespaces/{namespace}/{resource}/{name}/{metric}`,
        operation: read('NamespacedMetric', 'Read a metric of objects in a namespace; * for all that are selected.'),
        answer,
        parameters: ['namespace', 'resource', 'name', 'metric'],
        query,
      },
      {
        path: `/apis/${groupVersion}/namespaces/{namespace}/metrics/{metric}`,
        operation: read('NamespaceMetric', 'Read a metric of a namespace.'),
        answer,
        parameters: ['namespace', 'metric'],
        query,
      },
      {
        path: `/apis/${groupVersion}/{resource}/{name}/{metric}`,
        operation: read('RootScopedMetric', 'Read a metric of objects without a namespace; * for all.'),
        answer,
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

const RESOURCE = 'io.k8s.metrics.pkg.apis.metrics.v1beta1';
type UsageKind = 'NodeMetrics' | 'PodMetrics';

/** metrics.k8s.io/v1beta1 */
export const resourceDescription: ApiDescription = {
  groupVersion: `${RESOURCE_GROUP}/v1beta1`,
  paths: [
    usagePath('list', 'NodeMetrics', { path: '/nodes', of: 'Node', parameters: [] }),
    usagePath('read', 'NodeMetrics', { path: '/nodes/{name}', of: 'Node', parameters: ['name'] }),
    usagePath('list', 'PodMetrics', {
      path: '/namespaces/{namespace}/pods',
      of: 'NamespacedPod',
      parameters: ['namespace'],
    }),
    usagePath('read', 'PodMetrics', {
      path: '/namespaces/{namespace}/pods/{name}',
      of: 'NamespacedPod',
      parameters: ['namespace', 'name'],
    }),
    usagePath('list', 'PodMetrics', { path: '/pods', of: 'PodForAllNamespaces', parameters: [] }),
  ],
  schemas(reference) {
    const usage = { type: 'object', additionalProperties: quantity };
    const containers = { type: 'array', items: reference(`${RESOURCE}.ContainerMetrics`) };
    return {
      ...usageSchemas('NodeMetrics', { usage }, reference),
      ...usageSchemas('PodMetrics', { containers }, reference),
      [`${RESOURCE}.ContainerMetrics`]: {
        description: 'Cpu and memory that a container uses.',
        type: 'object',
        required: ['name', 'usage'],
        properties: { name: text, usage },
      },
    };
  },
};

function usagePath(
  verb: 'list' | 'read',
  kind: UsageKind,
  { path, of, parameters }: { path: string; of: string; parameters: readonly string[] },
): ApiPath {
  const answered = verb === 'list' ? `${kind}List` : kind;
  return {
    path: `/apis/${RESOURCE_GROUP}/v1beta1${path}`,
    operation: operation(`${verb}MetricsV1beta1${of}Metrics`, {
      description: `${verb === 'list' ? 'List' : 'Read'} what ${kind === 'PodMetrics' ? 'pods' : 'nodes'} use.`,
      tag: 'metrics_v1beta1',
      kinds: gvk(RESOURCE_GROUP, 'v1beta1', answered),
      ...(verb === 'read' && { action: 'get' }),
    }),
    answer: `${RESOURCE}.${answered}`,
    parameters,
    query: verb === 'list' ? ['labelSelector'] : [],
  };
}

/** One kind and the list of it. own: what it has beside its time. */
function usageSchemas(kind: UsageKind, own: Record<string, object>, reference: Reference): Record<string, object> {
  const metadata = { type: 'object' };
  const window = { ...text, description: 'How long it was measured, as Go writes a duration: 1m0s.' };
  return {
    [`${RESOURCE}.${kind}`]: {
      description: `Cpu and memory that a ${kind === 'PodMetrics' ? 'pod' : 'node'} uses.`,
      type: 'object',
      required: ['timestamp', 'window', ...Object.keys(own)],
      properties: { apiVersion: text, kind: text, metadata, timestamp: instant, window, ...own },
      'x-kubernetes-group-version-kind': gvk(RESOURCE_GROUP, 'v1beta1', kind),
    },
    [`${RESOURCE}.${kind}List`]: list(
      reference(`${RESOURCE}.${kind}`),
      gvk(RESOURCE_GROUP, 'v1beta1', `${kind}List`),
      `A list of ${kind}.`,
    ),
  };
}
