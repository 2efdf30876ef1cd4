import { JSON_TYPE, KUBERNETES_TYPES, type Row } from './row.ts';
import { type Shape, anything, each, having, match, some } from './shape.ts';

/** An API group of the metrics family, as discovery tells of it. listKind: the kind of each of its resources. */
export type Group = { name: string; version: string; listKind: Shape };

const V2 = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
const V2BETA1 = 'application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList';
const KUBE_CONTROLLER_MANAGER = 'application/vnd.kubernetes.protobuf, */*';

/** What belongs to every API server that an aggregator stands in front of, whatever it measures. */
export const serverRows: readonly Row[] = [
  ...['healthz', 'livez', 'readyz'].flatMap((endpoint): Row[] => [
    {
      id: `health/${endpoint}`,
      what: `/${endpoint} says ok to everyone`,
      why: 'the kubelet asks without a credential',
      path: `/${endpoint}`,
      as: 'nobody',
      expect: { code: [200], contentType: ['text/plain'], text: 'ok' },
    },
    {
      id: `health/${endpoint}-verbose`,
      what: `/${endpoint}?verbose lists its checks`,
      why: "k8s.io/apiserver's healthz",
      path: `/${endpoint}?verbose`,
      expect: { code: [200], contentType: ['text/plain'], text: /^\[\+\]ping ok\n[^]*check passed\n$/ },
    },
  ]),
  {
    id: 'health/exclude',
    what: '?exclude leaves a check out',
    why: "k8s.io/apiserver's healthz",
    path: '/readyz?verbose&exclude=ping',
    expect: { code: [200], text: /^\[\+\]ping excluded: ok\n/m },
  },
  {
    id: 'version',
    what: '/version says which version runs',
    why: 'kubectl and client libraries',
    path: '/version',
    accept: JSON_TYPE,
    expect: {
      code: [200],
      contentType: [JSON_TYPE],
      json: having({ gitVersion: match(/^/, 'text') }),
    },
  },
  {
    id: 'openapi/v2',
    what: '/openapi/v2 is a Swagger document, or absent',
    why: 'kube-aggregator merges it about every minute and tolerates a 404',
    path: '/openapi/v2',
    accept: JSON_TYPE,
    expect: { code: [200, 404], contentType: [JSON_TYPE, 'text/plain'], text: /^\{[^]*"swagger":\s*"2\.0"|not found/i },
  },
  {
    id: 'openapi/v3',
    what: '/openapi/v3 lists where the documents are, or is absent',
    why: 'kube-aggregator',
    path: '/openapi/v3',
    accept: JSON_TYPE,
    expect: { code: [200, 404], contentType: [JSON_TYPE, 'text/plain'], text: /^\{\s*"paths"|not found/i },
  },
  {
    id: 'discovery/v2',
    what: '/apis answers aggregated discovery in the type that was asked for',
    why: 'kube-aggregator asks for it first; a 406 here means the legacy lists',
    path: '/apis',
    accept: V2,
    again: true,
    expect: {
      code: [200],
      contentType: [V2],
      json: having({ kind: 'APIGroupDiscoveryList', apiVersion: 'apidiscovery.k8s.io/v2' }),
      headers: { etag: /^"[^"]+"$/ },
    },
  },
  {
    id: 'discovery/kubectl',
    what: "/apis answers kubectl's list of what it takes",
    why: 'kubectl sends v2, v2beta1 and plain JSON in one header',
    path: '/apis',
    accept: `${V2},${V2BETA1},application/json`,
    expect: { code: [200], contentType: [V2] },
  },
  ...['/apis/nothing.example.org', '/apis/nothing.example.org/v1', '/nothing'].map((path): Row => ({
    id: `unknown${path}`,
    what: `${path} is a 404`,
    why: 'no such group or path',
    path,
    expect: { code: [404] },
  })),
];

/** How a group is discovered. */
export function discoveryRows({ name, version, listKind }: Group): Row[] {
  const groupVersion = { groupVersion: `${name}/${version}`, version };
  const group: Record<string, Shape> = {
    name,
    versions: some(groupVersion),
    preferredVersion: having({ version: match(/^v\d/, 'a version') }),
  };
  const resourceList: Shape = {
    kind: 'APIResourceList',
    'apiVersion?': 'v1',
    groupVersion: `${name}/${version}`,
    resources: each(
      { name: match(/./, 'a name'), singularName: '', namespaced: anything, kind: listKind, verbs: some('get') },
      1,
    ),
  };
  const row = (about: Pick<Row, 'id' | 'what' | 'why' | 'path' | 'expect'> & Partial<Row>): Row => ({
    accept: JSON_TYPE,
    ...about,
    id: `${name}/discovery/${about.id}`,
  });
  return [
    row({
      id: 'group-list',
      what: 'the legacy /apis lists the group',
      why: 'clients before Kubernetes 1.27, and the fallback of newer ones',
      path: '/apis',
      expect: {
        code: [200],
        contentType: [JSON_TYPE],
        json: having({ kind: 'APIGroupList', groups: some(having(group)) }),
      },
    }),
    row({
      id: 'group',
      what: '/apis/GROUP says the version to prefer',
      why: 'kubectl get --raw',
      path: `/apis/${name}`,
      expect: { code: [200], contentType: [JSON_TYPE], json: having({ kind: 'APIGroup', ...group }) },
    }),
    row({
      id: 'resources',
      what: '/apis/GROUP/VERSION lists at least one resource',
      why: 'the availability check of every kube-apiserver, each 30 s; old clients print errors at an empty list',
      path: `/apis/${name}/${version}`,
      expect: { code: [200], contentType: [JSON_TYPE], json: resourceList },
    }),
    row({
      id: 'resources-controller',
      what: '/apis/GROUP/VERSION answers who prefers protobuf',
      why: 'kube-controller-manager sends this header everywhere',
      path: `/apis/${name}/${version}`,
      accept: KUBE_CONTROLLER_MANAGER,
      expect: { code: [200], contentType: KUBERNETES_TYPES },
    }),
    row({
      id: 'v2',
      what: 'aggregated discovery lists the group with its resources',
      why: "the cluster's discovery is made of it: kubectl api-resources, explain, the garbage collector",
      path: '/apis',
      accept: V2,
      expect: {
        code: [200],
        json: having({
          items: some(
            having({
              metadata: having({ name }),
              versions: some(having({ version, resources: each(having({ resource: match(/./, 'a name') }), 1) })),
            }),
          ),
        }),
      },
    }),
    row({
      id: 'other-version',
      what: 'a version that is not served is a 404',
      why: 'no such version',
      path: `/apis/${name}/v99`,
      expect: { code: [404] },
    }),
    row({
      id: 'not-acceptable',
      what: 'a type that nobody serves is a 406',
      why: 'content negotiation',
      path: `/apis/${name}/${version}`,
      accept: 'text/html',
      expect: { code: [406] },
    }),
  ];
}
