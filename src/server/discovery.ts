/** The documents by which clients and the aggregator learn what is served here. */

export const GROUP = 'external.metrics.k8s.io';
export const VERSION = 'v1beta1';
export const GROUP_VERSION = `${GROUP}/${VERSION}`;

const versions = [{ groupVersion: GROUP_VERSION, version: VERSION }];
const group = { name: GROUP, versions, preferredVersion: versions[0] };

/** GET /apis */
export const groupList = (): object => ({ kind: 'APIGroupList', apiVersion: 'v1', groups: [group] });

/** GET /apis/external.metrics.k8s.io */
export const apiGroup = (): object => ({ kind: 'APIGroup', apiVersion: 'v1', ...group });

/** GET /apis/external.metrics.k8s.io/v1beta1, which also is the aggregator's check whether we are there. */
export const resourceList = (metrics: readonly string[]): object => ({
  kind: 'APIResourceList',
  apiVersion: 'v1',
  groupVersion: GROUP_VERSION,
  resources: resourceNames(metrics).map((name) => ({
    name,
    singularName: '',
    namespaced: true,
    kind: 'ExternalMetricValueList',
    verbs: ['get'],
  })),
});

/** GET /apis as apidiscovery.k8s.io/v2: everything in one document, so that clients need no second call. */
export const aggregatedDiscovery = (metrics: readonly string[]): object => ({
  kind: 'APIGroupDiscoveryList',
  apiVersion: 'apidiscovery.k8s.io/v2',
  metadata: {},
  items: [
    {
      metadata: { name: GROUP, creationTimestamp: null },
      versions: [
        {
          version: VERSION,
          resources: resourceNames(metrics).map((resource) => ({
            resource,
            responseKind: { group: GROUP, version: VERSION, kind: 'ExternalMetricValueList' },
            scope: 'Namespaced',
            singularResource: '',
            verbs: ['get'],
          })),
          freshness: 'Current',
        },
      ],
    },
  ],
});

/** Old clients print errors at a group without resources, so one stands in as long as there is none, as KEDA's does. */
const resourceNames = (metrics: readonly string[]): readonly string[] =>
  metrics.length > 0 ? metrics : ['externalmetrics'];
