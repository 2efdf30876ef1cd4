import { JSON_TYPE, KUBERNETES_TYPES, type Row } from './row.ts';
import { type Group, discoveryRows } from './rows-server.ts';
import { type Shape, anything, each, either, having, match } from './shape.ts';
import { QUANTITY, TIMESTAMP, failure } from './statuses.ts';

/** A metric of pods that the adapter serves. */
export type CustomMetric = {
  metric: string;
  namespace: string;
  /** A pod that has a value. */
  pod: string;
  /** A label selector of pods, of which some have a value. */
  selector: string;
  /** The Quantity of each item, where it is known. */
  value?: string;
};

const NAME = 'custom.metrics.k8s.io';
const ABSENT = 'tidecaster-conformance-no-such-metric';
const SELECTS_NONE = 'conformance=none';

/** Everything of custom.metrics.k8s.io in one of its versions, v1beta1 or v1beta2. */
export function customRows(about: CustomMetric, version: 'v1beta1' | 'v1beta2'): Row[] {
  const { metric, namespace, pod, selector, value } = about;
  const group: Group = { name: NAME, version, listKind: 'MetricValueList' };
  const root = `/apis/${NAME}/${version}`;
  const path = (object: string, name = metric, query = ''): string =>
    `${root}/namespaces/${namespace}/pods/${object}/${name}${query}`;
  const ofAll = `?labelSelector=${encodeURIComponent(selector)}`;
  const list = (items: Shape): Shape => ({
    kind: 'MetricValueList',
    apiVersion: `${NAME}/${version}`,
    metadata: {},
    items,
  });
  const item = (name: Shape): Shape => ({
    // the version of a core kind stands behind an empty group
    describedObject: { kind: 'Pod', namespace, name, apiVersion: '/v1' },
    ...(version === 'v1beta1'
      ? { metricName: metric, selector: anything, 'window?': anything }
      : { metric: { name: metric, selector: anything }, 'windowSeconds?': anything }),
    timestamp: TIMESTAMP,
    value: value ?? QUANTITY,
  });
  const found = (items: Shape): Row['expect'] => ({ code: [200], contentType: [JSON_TYPE], json: list(items) });
  const row = (id: string, what: string, why: string, rest: Pick<Row, 'path' | 'expect'> & Partial<Row>): Row => ({
    accept: JSON_TYPE,
    ...rest,
    id: `${NAME}/${version}/${id}`,
    what: `${version}: ${what}`,
    why,
  });
  const who = 'the HPA controller, for a metric of type Pods';
  const some = each(item(match(/./, 'a name')), 1);

  return [
    ...(version === 'v1beta1' ? discoveryRows(group) : []),
    row('discovery/resources', 'it lists at least one resource', 'the availability check', {
      path: root,
      expect: {
        code: [200],
        contentType: [JSON_TYPE],
        json: having({ kind: 'APIResourceList', groupVersion: `${NAME}/${version}` }),
      },
    }),
    row('pods/encoded', 'all pods of a selector, with %2A as client-go sends it', who, {
      path: path('%2A', metric, ofAll),
      expect: found(some),
    }),
    row('pods', 'all pods of a selector, with *', 'people with curl', {
      path: path('*', metric, ofAll),
      expect: found(some),
    }),
    row('pods/controller', 'all pods, for who prefers protobuf', 'kube-controller-manager sends this header', {
      path: path('%2A', metric, ofAll),
      accept: 'application/vnd.kubernetes.protobuf, */*',
      expect: { ...found(some), contentType: KUBERNETES_TYPES },
    }),
    row('pods/metric-selector', 'a selector of series that finds none: an empty list', who, {
      path: path('%2A', metric, `${ofAll}&metricLabelSelector=${encodeURIComponent(SELECTS_NONE)}`),
      expect: found(each(anything, 0)),
    }),
    row('pods/none', 'a selector that selects no pod is a 404', who, {
      path: path('%2A', metric, `?labelSelector=${encodeURIComponent(SELECTS_NONE)}`),
      expect: failure(404, 'NotFound'),
    }),
    row('pod', 'one pod by its name', 'the HPA controller, for a metric of type Object', {
      path: path(pod),
      expect: found(either(each(item(pod), 1))),
    }),
    row('pod/unknown', 'a pod without a value is a 404 that names it', 'the HPA shows its message', {
      path: path('tidecaster-conformance-no-such-pod'),
      expect: failure(
        404,
        'NotFound',
        `the server could not find the metric ${metric} for pods tidecaster-conformance-no-such-pod`,
      ),
    }),
    row('unknown', 'a metric that is not served is a 404 that names it', 'the HPA shows its message', {
      path: path('%2A', ABSENT, ofAll),
      expect: failure(404, 'NotFound', `the server could not find the metric ${ABSENT} for pods`),
    }),
    row('unknown/resource', 'a metric of an unknown resource is a 404', 'no such resource', {
      path: `${root}/namespaces/${namespace}/nothings.example.org/x/${metric}`,
      expect: failure(404, 'NotFound'),
    }),
    row('selector', 'a labelSelector that does not parse is a 400', "Kubernetes' label selectors", {
      path: path('%2A', metric, '?labelSelector=a%20in%20(b'),
      expect: failure(400, 'BadRequest'),
    }),
    row('metric-selector', 'a metricLabelSelector that does not parse is refused', "Kubernetes' label selectors", {
      path: path('%2A', metric, `${ofAll}&metricLabelSelector=a%20in%20(b`),
      expect: { code: [400, 500], contentType: [JSON_TYPE] },
    }),
    row('not-acceptable', 'a type that nobody serves is a 406', 'content negotiation', {
      path: path(pod),
      accept: 'text/html',
      expect: failure(406, 'NotAcceptable'),
    }),
    ...['POST', 'PUT', 'PATCH', 'DELETE'].map((method) =>
      row(`method/${method}`, `${method} is not allowed`, 'the API is read-only', {
        method,
        path: path(pod),
        expect: { code: [405] },
      }),
    ),
    ...[
      { tail: `/namespaces/${namespace}/pods`, code: [400, 404] },
      { tail: '/nodes/n', code: [404] },
      { tail: `/namespaces/${namespace}/pods/x/y/z/more`, code: [404] },
    ].map(({ tail, code }) =>
      row(
        `path ${tail.replace(namespace, 'NS')}`,
        `the malformed path ${tail.replace(namespace, 'NS')} is no answer`,
        'no such path',
        {
          path: `${root}${tail}`,
          expect: { code },
        },
      ),
    ),
    row('nobody', 'who shows no credential reads nothing', 'delegated authentication', {
      path: path(pod),
      as: 'nobody',
      expect: { code: [401, 403], contentType: [JSON_TYPE] },
    }),
  ];
}
