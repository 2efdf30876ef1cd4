import type { Installation, Right } from './facts.ts';
import { flagOf } from './controller.ts';

const CLUSTER = { namespace: '', name: '' };

const METRICS = { group: 'external.metrics.k8s.io', resource: '*', ...CLUSTER, why: 'read from the neighbour' };

/** What --neighbour needs beside that. */
const NEIGHBOUR: readonly Right[] = [
  { verb: 'get', ...METRICS },
  { verb: 'list', ...METRICS },
  {
    verb: 'get',
    group: 'apiregistration.k8s.io',
    resource: 'apiservices',
    namespace: '',
    name: 'v1beta1.external.metrics.k8s.io',
    why: 'see who else writes its caBundle',
  },
];

/** What the server's ServiceAccount must be allowed; held to the manifests by a test. */
export function serverRights({ namespace, args }: Installation): Right[] {
  const hpas = { group: 'autoscaling', resource: 'horizontalpodautoscalers', ...CLUSTER };
  const leases = {
    group: 'coordination.k8s.io',
    resource: 'leases',
    namespace,
    name: flagOf(args, 'lease-name') ?? 'tidecaster',
  };
  const trust = {
    group: '',
    resource: 'configmaps',
    namespace: 'kube-system',
    name: 'extension-apiserver-authentication',
  };
  return [
    { verb: 'list', ...hpas, why: 'see the floors' },
    { verb: 'watch', ...hpas, why: 'know which metrics are wanted' },
    { verb: 'patch', ...hpas, why: 'write floors' },
    ...['list', 'watch'].map((verb) => ({ verb, group: '', resource: 'pods', ...CLUSTER, why: 'answer Pods metrics' })),
    ...['get', 'create', 'patch'].map((verb) => ({ verb, ...leases, why: 'be the one that writes' })),
    { verb: 'get', ...trust, why: 'know the API server by its certificate' },
    ...['list', 'watch'].map((verb) => ({ verb, ...trust, why: 'notice at once that a CA was rotated' })),
    ...(flagOf(args, 'neighbour') === null ? [] : NEIGHBOUR),
  ];
}
