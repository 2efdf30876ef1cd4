import type { ApiResource } from './api-resource.ts';

const of = (
  group: string,
  version: string,
  kinds: Readonly<Record<string, string>>,
  namespaced = true,
): ApiResource[] =>
  Object.entries(kinds).map(([resource, kind]) => ({
    group,
    version,
    resource,
    singular: kind.toLowerCase(),
    kind,
    namespaced,
  }));

/** Resources that every cluster has and that series tend to name, in discovery's order: for a look at rules without a cluster. */
export const WELL_KNOWN_RESOURCES: readonly ApiResource[] = [
  ...of('', 'v1', { namespaces: 'Namespace', nodes: 'Node', persistentvolumes: 'PersistentVolume' }, false),
  ...of('', 'v1', { persistentvolumeclaims: 'PersistentVolumeClaim', pods: 'Pod', services: 'Service' }),
  ...of('apps', 'v1', {
    daemonsets: 'DaemonSet',
    deployments: 'Deployment',
    replicasets: 'ReplicaSet',
    statefulsets: 'StatefulSet',
  }),
  ...of('autoscaling', 'v2', { horizontalpodautoscalers: 'HorizontalPodAutoscaler' }),
  ...of('batch', 'v1', { cronjobs: 'CronJob', jobs: 'Job' }),
  ...of('networking.k8s.io', 'v1', { ingresses: 'Ingress' }),
];
