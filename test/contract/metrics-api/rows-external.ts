import { JSON_TYPE, KUBERNETES_TYPES, type Row } from './row.ts';
import { type Group, discoveryRows } from './rows-server.ts';
import { type Shape, anything, each, either, everyValue, match } from './shape.ts';
import { QUANTITY, TIMESTAMP, failure } from './statuses.ts';

/** A metric that the adapter serves, as its administrator names it. */
export type ExternalMetric = {
  metric: string;
  namespace: string;
  /** A label selector under which it has items; empty: none is needed. */
  selector: string;
  /** The Quantity of each item, where it is known. */
  value?: string;
  /** A namespace in which the metric has no items, where there is one. */
  emptyNamespace?: string;
};

const GROUP: Group = { name: 'external.metrics.k8s.io', version: 'v1beta1', listKind: 'ExternalMetricValueList' };
const ROOT = `/apis/${GROUP.name}/${GROUP.version}`;
const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io';
const ABSENT = 'tidecaster-conformance-no-such-metric';
const LABEL = 'conformance';

const list = (items: Shape): Shape => ({
  kind: 'ExternalMetricValueList',
  apiVersion: `${GROUP.name}/${GROUP.version}`,
  metadata: {},
  items,
});

const itemOf = (metric: string, value: Shape): Shape => ({
  metricName: either(metric, metric.toLowerCase()),
  // no omitempty: present also where there are none
  metricLabels: either(null, everyValue(match(/^/, 'text'))),
  timestamp: TIMESTAMP,
  'window?': anything,
  value,
});

/** Everything of external.metrics.k8s.io/v1beta1. */
export function externalRows({ metric, namespace, selector, value, emptyNamespace }: ExternalMetric): Row[] {
  const path = (parts: { namespace?: string; metric?: string; selector?: string } = {}): string => {
    const query = parts.selector ?? selector;
    const target = `${ROOT}/namespaces/${parts.namespace ?? namespace}/${parts.metric ?? metric}`;
    return query === '' ? target : `${target}?labelSelector=${encodeURIComponent(query)}`;
  };
  const also = (requirement: string): string => (selector === '' ? requirement : `${selector},${requirement}`);
  const item = itemOf(metric, value ?? QUANTITY);
  const found = { code: [200], contentType: [JSON_TYPE], json: list(each(item, 1)) };
  const perhaps = { code: [200], contentType: [JSON_TYPE], json: list(each(itemOf(metric, QUANTITY))) };
  const none = { code: [200], contentType: [JSON_TYPE], json: list(each(anything, 0)), text: /"items":\[\]/ };
  const row = (id: string, what: string, why: string, rest: Pick<Row, 'path' | 'expect'> & Partial<Row>): Row => ({
    accept: JSON_TYPE,
    ...rest,
    id: `${GROUP.name}/${id}`,
    what,
    why,
  });
  const rule = "Kubernetes' label selectors";
  const who = 'the HPA controller';

  return [
    ...discoveryRows(GROUP),
    row('read', 'a metric is read as JSON', who, { path: path(), expect: found }),
    row('read/controller', 'a metric is read by who prefers protobuf', `${who} sends this header`, {
      path: path(),
      accept: 'application/vnd.kubernetes.protobuf, */*',
      expect: { ...found, contentType: KUBERNETES_TYPES },
    }),
    ...['*/*', 'application/*', 'text/html;q=0.5, application/json', `${TABLE},application/json`].map((accept) =>
      row(`read/accept ${accept}`, `Accept ${accept} gets JSON`, 'content negotiation', {
        path: path(),
        accept,
        expect: found,
      }),
    ),
    row('read/lower-case', 'a metric is found by its name in lower case', 'client-go lower-cases the name in the URL', {
      path: path({ metric: metric.toLowerCase() }),
      expect: found,
    }),
    row('read/encoded', 'percent-encoded segments are decoded', 'RFC 3986; a proxy may encode anything', {
      path: path({ namespace: encoded(namespace), metric: encoded(metric) }),
      expect: found,
    }),
    row('read/plus', 'a selector may come with + for spaces', 'url.Values.Encode of Go', {
      path: `${path({ selector: '' })}?labelSelector=${encodeURIComponent(also(`${LABEL} notin (a, b)`)).replaceAll('%20', '+')}`,
      expect: found,
    }),
    row('read/parameters', 'parameters that mean nothing here are let pass', 'ListOptions of client-go', {
      path: `${path()}${selector === '' ? '?' : '&'}limit=500&timeoutSeconds=3`,
      expect: found,
    }),
    ...[`${LABEL}!=a`, `${LABEL} notin (a)`, `${LABEL} notin (b,a)`, `${LABEL} in ()`, `!${LABEL}`].map((one) =>
      row(`selector ${one}`, `the selector ${one} keeps what lacks the label`, rule, {
        path: path({ selector: also(one) }),
        expect: found,
      }),
    ),
    ...[`${LABEL}=a`, `${LABEL}==a`, `${LABEL} in (a)`, `${LABEL} in (b,a)`, LABEL].map((one) =>
      row(`selector ${one}`, `the selector ${one} finds nothing: an empty list, not an error`, rule, {
        path: path({ selector: also(one) }),
        expect: none,
      }),
    ),
    ...[`${LABEL}>1`, `${LABEL}<1`].map((one) =>
      row(
        `selector ${one}`,
        `the selector ${one} is refused: PromQL cannot compare labels`,
        'no answer beats a wrong one',
        {
          path: path({ selector: one }),
          expect: { code: [400, 500], contentType: [JSON_TYPE] },
        },
      ),
    ),
    ...['a in (b', '=', 'a=b c', 'a=b,,c', '!', 'a="b"', 'a={b}', `a=${'x'.repeat(64)}`, 'a/b/c=d', '-a=b'].map((one) =>
      row(`selector ${excerpt(one)}`, `${excerpt(one)} is no selector: 400`, rule, {
        path: path({ selector: one }),
        expect: failure(400, 'BadRequest'),
      }),
    ),
    row(
      'namespace/none',
      'a namespace that does not exist is no error',
      'the API server checks that, not the adapter',
      {
        path: path({ namespace: 'tidecaster-conformance-nowhere' }),
        expect: perhaps,
      },
    ),
    ...(emptyNamespace === undefined
      ? []
      : [
          row('namespace/empty', "one namespace never sees another's items", 'tenants are kept apart', {
            path: path({ namespace: emptyNamespace }),
            expect: none,
          }),
        ]),
    ...[namespace, 'default'].map((one) =>
      row(
        `unknown/${one === 'default' ? 'default' : 'namespace'}`,
        `a metric that is not served is a 404 in ${one === 'default' ? 'default' : 'any namespace'}`,
        'the HPA shows its message',
        {
          path: path({ namespace: one, metric: ABSENT, selector: '' }),
          expect: failure(
            404,
            'NotFound',
            match(
              new RegExp(`^the server could not find the metric ${ABSENT} for`),
              'a sentence that names the metric',
            ),
          ),
        },
      ),
    ),
    row('unknown/asterisk', '%2A is no metric', 'no wildcard in this group', {
      path: path({ metric: '%2A', selector: '' }),
      expect: { code: [404] },
    }),
    ...['text/html', TABLE, 'image/png, text/*'].map((accept) =>
      row(`not-acceptable ${accept}`, `Accept ${accept} alone is a 406`, 'kubectl get falls to plain JSON on it', {
        path: path(),
        accept,
        expect: failure(406, 'NotAcceptable'),
      }),
    ),
    ...['POST', 'PUT', 'PATCH', 'DELETE'].map((method) =>
      row(`method/${method}`, `${method} is not allowed`, 'the API is read-only', {
        method,
        path: path(),
        expect: { code: [405] },
      }),
    ),
    ...[
      ['/namespaces', 404],
      [`/namespaces/${namespace}`, 404],
      [`/namespaces/${namespace}/${metric}/more`, 404],
      [`/${metric}`, 404],
      [`/namespaces/${namespace}/%ZZ`, 400],
    ].map(([tail, code]) =>
      row(
        `path ${String(tail).replace(namespace, 'NS').replace(metric, 'METRIC')}`,
        `a malformed path is a ${code}`,
        'no such path',
        {
          path: `${ROOT}${tail}`,
          expect: { code: [Number(code)] },
        },
      ),
    ),
    row('nobody', 'who shows no credential reads nothing', 'delegated authentication', {
      path: path(),
      as: 'nobody',
      expect: { code: [401, 403], contentType: [JSON_TYPE] },
    }),
  ];
}

/** Its first character as %XX. */
const encoded = (segment: string): string =>
  `%${segment.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}${segment.slice(1)}`;

const excerpt = (text: string): string => (text.length > 20 ? `${text.slice(0, 12)}... (${text.length})` : text);
