import { JSON_TYPE, KUBERNETES_TYPES, type Row } from './row.ts';
import { type Group, discoveryRows } from './rows-server.ts';
import { type Shape, each, either, having, match } from './shape.ts';
import { QUANTITY, TIMESTAMP, failure } from './statuses.ts';

/** Pods whose cpu and memory the adapter knows. */
export type ResourceUsage = {
  namespace: string;
  /** A pod that runs and has numbers. */
  pod: string;
  /** A label selector of pods, of which some run and have numbers. */
  selector: string;
};

const NAME = 'metrics.k8s.io';
const ROOT = `/apis/${NAME}/v1beta1`;
const GROUP: Group = {
  name: NAME,
  version: 'v1beta1',
  listKind: match(/^(Pod|Node)Metrics$/, 'PodMetrics or NodeMetrics'),
};
const SELECTS_NONE = `?labelSelector=${encodeURIComponent('conformance=none')}`;

/** Memory is written in the binary suffixes. */
const BYTES = match(/^(0|[1-9]\d*([KMGTPE]i)?)$/, 'a Quantity of bytes, such as 512Mi');
const usage: Shape = { cpu: QUANTITY, memory: BYTES };
const measured: Record<string, Shape> = {
  timestamp: TIMESTAMP,
  window: match(/^(\d+h)?(\d+m)?\d+(\.\d+)?s$/, 'a duration as Go writes it, such as 1m0s'),
};

/** Everything of metrics.k8s.io. */
export function resourceRows({ namespace, pod, selector }: ResourceUsage): Row[] {
  const name = match(/./, 'a name');
  const podMetrics = (of: Shape): Record<string, Shape> => ({
    metadata: having({ name: of, namespace: name, creationTimestamp: TIMESTAMP }),
    ...measured,
    containers: each({ name, usage }, 1),
  });
  const nodeMetrics = { metadata: having({ name, creationTimestamp: TIMESTAMP }), ...measured, usage };
  const list = (kind: string, items: Shape): Shape => ({
    kind: `${kind}List`,
    apiVersion: `${NAME}/v1beta1`,
    metadata: either({}, having({})),
    items,
  });
  const found = (json: Shape): Row['expect'] => ({ code: [200], contentType: [JSON_TYPE], json });
  const row = (id: string, what: string, why: string, rest: Pick<Row, 'path' | 'expect'> & Partial<Row>): Row => ({
    accept: JSON_TYPE,
    ...rest,
    path: `${ROOT}${rest.path}`,
    id: `${NAME}/${id}`,
    what,
    why,
  });
  const pods = `/namespaces/${namespace}/pods`;
  const ofAll = `?labelSelector=${encodeURIComponent(selector)}`;
  const some = list('PodMetrics', each(podMetrics(name), 1));
  const hpa = 'the HPA controller, for a metric of type Resource';

  return [
    ...discoveryRows(GROUP),
    row('pods', 'the usage of the pods that a selector selects', hpa, { path: `${pods}${ofAll}`, expect: found(some) }),
    row('pods/controller', 'the usage of pods, for who prefers protobuf', 'kube-controller-manager sends this header', {
      path: `${pods}${ofAll}`,
      accept: 'application/vnd.kubernetes.protobuf, */*',
      expect: { ...found(some), contentType: KUBERNETES_TYPES },
    }),
    row('pods/everywhere', 'the usage of the pods of all namespaces', 'kubectl top pods -A', {
      path: '/pods',
      expect: found(some),
    }),
    row('pods/none', 'a selector that selects no pod: an empty list', hpa, {
      path: `${pods}${SELECTS_NONE}`,
      expect: found(list('PodMetrics', each(name, 0))),
    }),
    row('pod', 'the usage of one pod by its name', 'kubectl top pod NAME', {
      path: `${pods}/${pod}`,
      expect: found({ kind: 'PodMetrics', apiVersion: `${NAME}/v1beta1`, ...podMetrics(pod) }),
    }),
    row('pod/unknown', 'a pod that is not there is a 404 that names it', 'kubectl shows its message', {
      path: `${pods}/tidecaster-conformance-no-such-pod`,
      expect: failure(404, 'NotFound', match(/no-such-pod" not found$/, 'a message that names the pod')),
    }),
    row('nodes', 'the usage of nodes is a list, of those that are known', 'kubectl top nodes', {
      path: '/nodes',
      expect: found(list('NodeMetrics', each(nodeMetrics))),
    }),
    row('node/unknown', 'a node that is not there is a 404 that names it', 'kubectl shows its message', {
      path: '/nodes/tidecaster-conformance-no-such-node',
      expect: failure(404, 'NotFound', match(/no-such-node" not found$/, 'a message that names the node')),
    }),
    row('selector', 'a labelSelector that does not parse is a 400', "Kubernetes' label selectors", {
      path: `${pods}?labelSelector=a%20in%20(b`,
      expect: failure(400, 'BadRequest'),
    }),
    row('read/not-acceptable', 'a type that nobody serves is a 406', 'content negotiation', {
      path: `${pods}/${pod}`,
      accept: 'text/html',
      expect: failure(406, 'NotAcceptable'),
    }),
    ...['POST', 'PUT', 'PATCH', 'DELETE'].map((method) =>
      row(`method/${method}`, `${method} is not allowed`, 'the API is read-only', {
        method,
        path: `${pods}/${pod}`,
        expect: { code: [405] },
      }),
    ),
    row('nobody', 'who shows no credential reads nothing', 'delegated authentication', {
      path: `${pods}/${pod}`,
      as: 'nobody',
      expect: { code: [401, 403], contentType: [JSON_TYPE] },
    }),
  ];
}
