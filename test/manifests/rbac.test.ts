import type { V1ClusterRole, V1RoleBinding, V1ServiceAccount } from '@kubernetes/client-node';
import { idOf, ofKind, pods } from './manifests.ts';
import { apiServiceNames, serveFlags, servingSecret } from './tidecaster.ts';

const roles = [...ofKind<V1ClusterRole>('ClusterRole'), ...ofKind<V1ClusterRole>('Role')];
const bindings = [...ofKind<V1RoleBinding>('ClusterRoleBinding'), ...ofKind<V1RoleBinding>('RoleBinding')];
const rulesOf = (name: string) => roles.find(({ object }) => object.metadata?.name === name)!.object.rules!;

/** A neighbour's metrics are resources whose names nobody knows before. */
const narrow = roles.filter(({ object }) => object.metadata?.name !== 'tidecaster-neighbour');

it.each(narrow.map(({ object }) => [idOf(object), object] as const))('%s has no wildcard', (_, { rules }) => {
  for (const rule of rules!) {
    const all = [rule.apiGroups, rule.resources, rule.verbs, rule.resourceNames].flatMap((list) => list ?? []);
    expect(all.filter((text) => text.includes('*'))).toEqual([]);
  }
});

it('every role is bound, and every binding has its role and its ServiceAccount', () => {
  const upstream = ['ClusterRole system:auth-delegator', 'Role kube-system/extension-apiserver-authentication-reader'];
  const made = [...roles.map(({ object }) => idOf(object)), ...upstream];
  const bound = bindings.map(({ object: { roleRef, metadata } }) =>
    roleRef.kind === 'ClusterRole' ? `ClusterRole ${roleRef.name}` : `Role ${metadata?.namespace}/${roleRef.name}`,
  );
  expect(bound.toSorted()).toEqual(made.toSorted());
  const accounts = ofKind<V1ServiceAccount>('ServiceAccount').map(({ object }) => idOf(object));
  for (const { object } of bindings) {
    for (const subject of object.subjects!) {
      expect(accounts).toContain(`${subject.kind} ${subject.namespace}/${subject.name}`);
    }
  }
});

it('every ServiceAccount is used by a pod, and gives its token to no other', () => {
  const used = pods.map(({ namespace, spec }) => `ServiceAccount ${namespace}/${spec.serviceAccountName}`);
  for (const { object } of ofKind<V1ServiceAccount>('ServiceAccount')) {
    expect(used).toContain(idOf(object));
    expect(object.automountServiceAccountToken).toBe(false);
  }
});

it('the server may follow and patch HPAs, follow pods, and hold its one Lease', () => {
  expect(rulesOf('tidecaster')).toEqual([
    { apiGroups: ['autoscaling'], resources: ['horizontalpodautoscalers'], verbs: ['list', 'watch', 'patch'] },
    { apiGroups: [''], resources: ['pods'], verbs: ['list', 'watch'] },
  ]);
  expect(rulesOf('tidecaster-lease')).toMatchObject([
    { resources: ['leases'], resourceNames: [serveFlags['lease-name']] },
  ]);
});

it('the server may read any external metric of a neighbour, and the APIService that both have', () => {
  expect(rulesOf('tidecaster-neighbour')).toEqual([
    { apiGroups: ['external.metrics.k8s.io'], resources: ['*'], verbs: ['get', 'list'] },
    {
      apiGroups: ['apiregistration.k8s.io'],
      resources: ['apiservices'],
      resourceNames: ['v1beta1.external.metrics.k8s.io'],
      verbs: ['get'],
    },
  ]);
});

it('certs may write the one Secret and the APIServices that there are', () => {
  const named = roles
    .filter(({ object }) => object.metadata?.name === 'tidecaster-certs')
    .flatMap(({ object }) => object.rules!)
    .map(({ resources, resourceNames }) => ({ resources, resourceNames }));
  expect(named).toEqual([
    { resources: ['apiservices'], resourceNames: apiServiceNames },
    { resources: ['secrets'], resourceNames: [servingSecret] },
  ]);
});

it('Prometheus may find pods and nodes and read the metrics of kubelets, and no more of them', () => {
  expect(rulesOf('prometheus-discovery')).toEqual([
    { apiGroups: [''], resources: ['pods', 'nodes'], verbs: ['list', 'watch'] },
    { apiGroups: [''], resources: ['nodes/metrics'], verbs: ['get'] },
  ]);
});
