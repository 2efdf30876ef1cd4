/** The documents by which clients and the aggregator learn what is served here. */

/** An API group as it is served. versions: the preferred one first. kind: of what a read answers. */
export type ServedGroup = {
  name: string;
  versions: readonly string[];
  kind: string;
  resources: readonly ServedResource[];
};

/** name: that of a metric, or `pods/metric` for a metric of objects. kind, verbs: where they are not the usual ones. */
export type ServedResource = { name: string; namespaced: boolean; kind?: string; verbs?: readonly string[] };

export const EXTERNAL_GROUP = 'external.metrics.k8s.io';
export const EXTERNAL_GROUP_VERSION = `${EXTERNAL_GROUP}/v1beta1`;
export const CUSTOM_GROUP = 'custom.metrics.k8s.io';
export const RESOURCE_GROUP = 'metrics.k8s.io';

/** Old clients print errors at a group without resources, so one stands in as long as there is none, as KEDA's does. */
export const externalGroup = (metrics: readonly string[]): ServedGroup => ({
  name: EXTERNAL_GROUP,
  versions: ['v1beta1'],
  kind: 'ExternalMetricValueList',
  resources: (metrics.length > 0 ? metrics : ['externalmetrics']).map((name) => ({ name, namespaced: true })),
});

/** v1beta2 says by which selector a metric was read; clients that know both prefer it. */
export const customGroup = (metrics: readonly ServedResource[]): ServedGroup => ({
  name: CUSTOM_GROUP,
  versions: ['v1beta2', 'v1beta1'],
  kind: 'MetricValueList',
  resources: metrics.length > 0 ? metrics : [{ name: 'pods/custommetrics', namespaced: true }],
});

/** Usage of pods and nodes. */
export const resourceGroup: ServedGroup = {
  name: RESOURCE_GROUP,
  versions: ['v1beta1'],
  kind: '',
  resources: [
    { name: 'nodes', namespaced: false, kind: 'NodeMetrics', verbs: ['get', 'list'] },
    { name: 'pods', namespaced: true, kind: 'PodMetrics', verbs: ['get', 'list'] },
  ],
};

/** GET /apis */
export const groupList = (groups: readonly ServedGroup[]): object => ({
  kind: 'APIGroupList',
  apiVersion: 'v1',
  groups: groups.map(group),
});

/** GET /apis/GROUP */
export const apiGroup = (served: ServedGroup): object => ({ kind: 'APIGroup', apiVersion: 'v1', ...group(served) });

function group({ name, versions }: ServedGroup): object {
  const all = versions.map((version) => ({ groupVersion: `${name}/${version}`, version }));
  return { name, versions: all, preferredVersion: all[0] };
}

/** GET /apis/GROUP/VERSION, which also is the aggregator's check whether we are there. */
export const resourceList = ({ name, kind, resources }: ServedGroup, version: string): object => ({
  kind: 'APIResourceList',
  apiVersion: 'v1',
  groupVersion: `${name}/${version}`,
  resources: resources.map((resource) => ({
    name: resource.name,
    singularName: '',
    namespaced: resource.namespaced,
    kind: resource.kind ?? kind,
    verbs: resource.verbs ?? ['get'],
  })),
});

/** GET /apis as apidiscovery.k8s.io/v2: everything in one document, so that clients need no second call. */
export const aggregatedDiscovery = (groups: readonly ServedGroup[]): object => ({
  kind: 'APIGroupDiscoveryList',
  apiVersion: 'apidiscovery.k8s.io/v2',
  metadata: {},
  items: groups.map((served) => ({
    metadata: { name: served.name, creationTimestamp: null },
    versions: served.versions.map((version) => ({
      version,
      resources: discovered(served, version),
      freshness: 'Current',
    })),
  })),
});

const scope = (namespaced: boolean): string => (namespaced ? 'Namespaced' : 'Cluster');

/**
 * `pods/metric` is a subresource here, below a `pods` that only stands in for it: without verbs, and with an empty kind, as
 * kube-apiserver itself writes a parent that is not served, so that clients skip it (apiserver
 * pkg/endpoints/discovery/aggregated, ConvertGroupVersionIntoToDiscovery).
 */
function discovered({ name: group, kind, resources }: ServedGroup, version: string): object[] {
  const responseKind = { group, version, kind };
  const tops = resources.filter(({ name }) => !name.includes('/'));
  const parents = new Map<string, { namespaced: boolean; subresources: object[] }>();
  for (const { name, namespaced } of resources) {
    const slash = name.indexOf('/');
    if (slash < 0) continue;
    const parent = parents.get(name.slice(0, slash)) ?? { namespaced, subresources: [] };
    parents.set(name.slice(0, slash), parent);
    parent.subresources.push({ subresource: name.slice(slash + 1), responseKind, verbs: ['get'] });
  }
  return [
    ...tops.map(({ name, namespaced, kind = responseKind.kind, verbs = ['get'] }) => ({
      resource: name,
      responseKind: { ...responseKind, kind },
      scope: scope(namespaced),
      singularResource: '',
      verbs,
    })),
    ...[...parents].map(([resource, { namespaced, subresources }]) => ({
      resource,
      responseKind: { group: '', version: '', kind: '' },
      scope: scope(namespaced),
      singularResource: '',
      verbs: [],
      subresources,
    })),
  ];
}
