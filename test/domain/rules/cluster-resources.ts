import type { ApiResource } from '../../../src/domain/rules/api-resource.ts';

const core = (resource: string, kind: string, namespaced = true): ApiResource => ({
  group: '',
  version: 'v1',
  resource,
  singular: kind.toLowerCase(),
  kind,
  namespaced,
});
const grouped = (group: string, resource: string, kind: string, namespaced = true): ApiResource => ({
  ...core(resource, kind, namespaced),
  group,
});

/** Some of a cluster's resources, in discovery's order. */
export const RESOURCES: readonly ApiResource[] = [
  core('namespaces', 'Namespace', false),
  core('nodes', 'Node', false),
  core('persistentvolumes', 'PersistentVolume', false),
  core('pods', 'Pod'),
  core('services', 'Service'),
  grouped('apps', 'deployments', 'Deployment'),
  grouped('batch', 'jobs', 'Job'),
  grouped('networking.k8s.io', 'ingresses', 'Ingress'),
  grouped('streaming.io', 'streamingservices', 'StreamingService'),
  grouped('metrics.k8s.io', 'pods', 'PodMetrics'),
];
