import type { Asked } from '../contract/metrics-api/ask.ts';
import { requestOf } from '../contract/metrics-api/row.ts';
import { type Subject, rowsFor } from '../contract/metrics-api/suite.ts';
import type { Coverage } from './coverage.ts';

/** A request that both adapters get. about: what it is for, in messages. */
export type Request = { about: string; asked: Asked };

const ROOT = '/apis/external.metrics.k8s.io/v1beta1';

/** Every operator of a label selector, and what is peculiar about values. */
export const SELECTORS: readonly { name: string }[] = [
  '',
  'queue=orders',
  'queue==orders',
  'queue!=orders',
  'queue in (orders)',
  'queue in (orders,mails)',
  'queue in (mails, orders, mails)',
  'queue notin (orders)',
  'queue notin (orders,mails)',
  'queue',
  '!queue',
  'queue=',
  'queue!=',
  'queue in ()',
  'queue in (,orders)',
  'queue in (orders,,)',
  'queue notin (,)',
  'in in (in)',
  'level>-1',
  'level>9223372036854775808',
  'queue=a.b',
  'queue in (a.b,mails)',
  'level>1',
  'level<9',
  'queue=orders,region!=us',
  'region=eu,queue=orders',
  'queue!=mails,queue!=orders',
  'namespace=shop',
  'namespace=default',
  'app.kubernetes.io/name=web',
  'nothing=x',
  '!nothing',
  ' queue = orders ',
].map((name) => ({ name }));

export const NAMESPACES: readonly { name: string }[] = ['shop', 'default', 'odd', 'ended', 'nowhere'].map((name) => ({
  name,
}));

const get = (path: string): Asked => ({ method: 'GET', path, headers: { accept: 'application/json' } });

export const readOf = (metric: string, namespace: string, selector: string): Request => ({
  about: `${metric} in ${namespace} of "${selector}"`,
  asked: get(
    `${ROOT}/namespaces/${namespace}/${encodeURIComponent(metric)}${selector === '' ? '' : `?labelSelector=${encodeURIComponent(selector)}`}`,
  ),
});

/** Reads of one metric: so many selectors, least used first, and one without. */
export function readsOf(metric: string, coverage: Coverage, count: number): Request[] {
  const draws = Array.from({ length: count }, () => ({
    namespace: coverage.choose('namespace', NAMESPACES).name,
    selector: coverage.choose('selector', SELECTORS).name,
  }));
  return [
    readOf(metric, 'shop', ''),
    readOf(metric, 'shop', 'queue=orders'),
    readOf(metric.toLowerCase(), 'shop', ''),
    ...draws.map(({ namespace, selector }) => readOf(metric, namespace, selector)),
  ];
}

const CUSTOM = '/apis/custom.metrics.k8s.io';
const named = (names: readonly string[]): readonly { name: string }[] => names.map((name) => ({ name }));

/** What a read of a custom metric is made of. */
export const CUSTOM_PARTS = {
  version: named(['v1beta1', 'v1beta2']),
  object: named(['%2A', '*', 'web-0', 'silent', 'nobody']),
  labelSelector: named(['', 'app=web', 'app in (web,api)', 'app!=web', 'app', '!app', 'app=nothing', 'a in (b']),
  metricLabelSelector: named([
    '',
    'region=eu',
    'region in (eu,us)',
    'region!=eu',
    '!region',
    'region>1',
    'nothing=x',
    'a in (b',
  ]),
} as const;

/** Reads of one metric as discovery names it, such as pods/viewers. */
export function customReadsOf(resource: string, coverage: Coverage, count: number): Request[] {
  const [kind = '', metric = ''] = resource.split('/');
  return Array.from({ length: count }, () => {
    const part = (name: keyof typeof CUSTOM_PARTS): string =>
      coverage.choose(`custom ${name}`, CUSTOM_PARTS[name]).name;
    const [version, object] = [part('version'), part('object')];
    const query = new URLSearchParams();
    for (const name of ['labelSelector', 'metricLabelSelector'] as const) {
      const selector = part(name);
      if (selector !== '') query.set(name, selector);
    }
    const path = customPath(kind, object, metric);
    return {
      about: `${resource} ${object}`,
      asked: get(`${CUSTOM}/${version}${path}${query.size === 0 ? '' : `?${query.toString()}`}`),
    };
  });
}

const USAGE = '/apis/metrics.k8s.io/v1beta1';

/** Reads of metrics.k8s.io: lists and objects, of pods and nodes, that are there or not, with and without numbers. */
export const usageReads: readonly Request[] = [
  ...['', 'app=web', 'app in (web,api)', 'app!=web', '!app', 'app=nothing', 'a in (b'].flatMap((selector) => {
    const query = selector === '' ? '' : `?labelSelector=${encodeURIComponent(selector)}`;
    return [`/namespaces/shop/pods${query}`, `/nodes${query}`];
  }),
  ...['web-0', 'web-1', 'api.v2', 'silent', 'gone-0', 'nobody'].map((pod) => `/namespaces/shop/pods/${pod}`),
  '/namespaces/nowhere/pods',
  '/pods?labelSelector=app%3Dweb',
  '/nodes/node-0',
  '/nodes/nobody',
].map((path) => ({ about: `usage ${path}`, asked: get(`${USAGE}${path}`) }));

function customPath(kind: string, object: string, metric: string): string {
  if (kind === 'namespaces') return `/namespaces/${object === 'web-0' ? 'shop' : object}/metrics/${metric}`;
  if (kind === 'nodes') return `/nodes/${object === 'web-0' ? 'node-0' : object}/${metric}`;
  if (kind !== 'pods') return `/namespaces/shop/${kind}/${object === 'web-0' ? 'web' : object}/${metric}`;
  return `/namespaces/shop/${kind}/${object}/${metric}`;
}

/** Every row of the conformance suite, as a request to compare by: discovery, forms of Accept, errors, methods, paths. */
export function rowRequests(subject: Subject, coverage: Coverage): Request[] {
  return rowsFor(subject)
    .filter(({ as }) => as !== 'nobody')
    .map((row) => {
      coverage.use('row', row.id);
      return { about: `row ${row.id}`, asked: requestOf(row) };
    });
}
