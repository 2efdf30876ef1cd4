import { type Exporter, startExporterOf } from '../support/exporter.ts';

/** How many rules a configuration may have: each has series of its own, so that no two give the same metric by chance. */
export const FAMILIES = 20;

/** The pods that the cluster has in the namespace shop; the last has no series. */
export const PODS = ['web-0', 'web-1', 'api.v2', 'silent'] as const;

/** The series names of a rule for pods. */
export const podGaugeOf = (family: number): string => `p${family}_depth`;
export const podCounterOf = (family: number): string => `p${family}_jobs_total`;

/** The series names of a rule. */
export const gaugeOf = (family: number): string => `m${family}_depth`;
export const counterOf = (family: number): string => `m${family}_jobs_total`;

/** Values that a Quantity writes in one way only, or not at all. */
const VALUES = [
  '10.5',
  '1000',
  '0.0004',
  '-3.7',
  '1234567.8915',
  '0',
  '-0.0005',
  '1e6',
  '2.5e9',
  '0.1',
  '999.9999',
  '1e15',
  '4.35',
  '-1000',
  '0.29',
  '57.000001',
  'NaN',
  '+Inf',
  '-Inf',
  '1e17',
] as const;

/** Without those that become 0, so that a 0 is what prometheus-adapter makes of NaN. */
const POD_VALUES = VALUES.filter((value) => Number.isNaN(Number(value)) || Math.abs(Number(value)) >= 0.001);

/** Label values that text formats have to escape. */
const ODD = ['a"b', String.raw`back\slash`, 'ümlaut', 'with space', 'a/b:c', '{x="y"}', '<<.Series>>'];

type Row = { labels: Readonly<Record<string, string>>; value: string };

/** The rows of a family: two namespaces with data, one with odd labels alone, one whose rows end while the exporter runs. */
function rows(family: number, value: (offset: number) => string): Row[] {
  const inNamespace = (namespace: string): Readonly<Record<string, string>> => ({
    namespace,
    kube_namespace: namespace,
    ns: namespace,
  });
  return [
    { labels: { ...inNamespace('shop'), queue: 'orders', region: 'eu' }, value: value(0) },
    { labels: { ...inNamespace('shop'), queue: 'mails', region: 'us' }, value: value(1) },
    { labels: { ...inNamespace('shop'), queue: 'a.b', app: 'web' }, value: value(2) },
    { labels: { ...inNamespace('shop') }, value: value(3) },
    { labels: { ...inNamespace('default'), queue: 'orders' }, value: value(4) },
    { labels: { ...inNamespace('odd'), queue: ODD[family % ODD.length]!, level: '7' }, value: value(5) },
    { labels: { ...inNamespace('ended'), queue: 'orders' }, value: value(6) },
  ];
}

/** The rows of a family of pods: those of the cluster, one that the cluster does not know, one of another namespace. */
function podRows(value: (offset: number) => string): Row[] {
  const of = (namespace: string, pod: string, more: Record<string, string> = {}): Row['labels'] => ({
    namespace,
    kube_namespace: namespace,
    pod,
    kube_pod: pod,
    node: 'node-0',
    svc: pod.startsWith('web') ? 'web' : 'api',
    deploy: 'web',
    ...more,
  });
  return [
    ...PODS.slice(0, 3).map((pod, index) => ({
      labels: of('shop', pod, { region: index === 0 ? 'eu' : 'us' }),
      value: value(index),
    })),
    { labels: of('shop', 'gone-0'), value: value(3) },
    { labels: of('default', 'web-0'), value: value(4) },
  ];
}

/** Cores and bytes of containers, of pods as podRows has them; null: no row. The last container of web-1 has no memory. */
const USAGE: readonly [pod: string, container: string, cores: string, bytes: string | null][] = [
  ['web-0', 'main', '0.25', '1048576'],
  ['web-0', 'side', '1.5', '1500000000'],
  ['web-1', 'main', '0.0004', '123456789'],
  ['web-1', 'side', '2', null],
  ['api.v2', 'main', '12.3456', '3221225472'],
  ['gone-0', 'main', '7', '7'],
];

function usageLines(): string[] {
  const labels = (pod: string, container: string): Row['labels'] => {
    return {
      namespace: 'shop',
      kube_namespace: 'shop',
      pod,
      kube_pod: pod,
      container,
      kube_container: container,
    };
  };
  const cores = USAGE.map(([pod, container, value]) => ({ labels: labels(pod, container), value }));
  const bytes = USAGE.flatMap(([pod, container, , value]) =>
    value === null ? [] : [{ labels: labels(pod, container), value }],
  );
  const node = { node: 'node-0', kube_node: 'node-0' };
  return [
    lines('used_cores', 'gauge', cores),
    lines('used_bytes', 'gauge', bytes),
    lines('node_used_cores', 'gauge', [{ labels: node, value: '31.5' }]),
    lines('node_used_bytes', 'gauge', [{ labels: node, value: '4294967296' }]),
  ];
}

const escaped = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');

function lines(name: string, type: string, all: readonly Row[]): string {
  const samples = all.map(({ labels, value }) => {
    const inside = Object.entries(labels).map(([label, text]) => `${label}="${escaped(text)}"`);
    return `${name}{${inside.join(',')}} ${value}\n`;
  });
  return `# TYPE ${name} ${type}\n${samples.join('')}`;
}

/** The exposition. ended: whether the rows of the namespace `ended` are gone by now. */
export function exposition(ended: boolean): string {
  const families = Array.from({ length: FAMILIES }, (_none, family) => family);
  const kept = (all: Row[]): Row[] => all.filter(({ labels }) => !ended || labels.namespace !== 'ended');
  const texts = families.flatMap((family) => [
    lines(gaugeOf(family), 'gauge', kept(rows(family, (offset) => VALUES[(family * 3 + offset) % VALUES.length]!))),
    lines(
      podGaugeOf(family),
      'gauge',
      podRows((offset) => POD_VALUES[(family * 5 + offset) % POD_VALUES.length]!),
    ),
    lines(
      podCounterOf(family),
      'counter',
      podRows((offset) => String((family + 1) * 10 + offset)),
    ),
    lines(counterOf(family), 'counter', kept(rows(family, (offset) => String((family + 1) * 100 + offset * 7)))),
  ]);
  return [
    ...texts,
    ...usageLines(),
    lines(
      'queue_consumer_lag',
      'gauge',
      kept(rows(0, (offset) => String(offset * 1.5))).map(({ labels, value }) => ({
        labels: { ...labels, name: labels.queue ?? 'none' },
        value,
      })),
    ),
    lines(
      'queue_depth',
      'gauge',
      kept(rows(1, (offset) => String(offset * 2000))).map(({ labels, value }) => ({
        labels: { ...labels, name: labels.queue ?? 'none', topic: 't' },
        value,
      })),
    ),
  ].join('');
}

/** An exporter on loopback whose answer does not change, but that some rows are there in the first scrapes only. */
export const startExporter = (address: string, scrapesUntilEnd = 3): Promise<Exporter> =>
  startExporterOf(address, (scrapes) => exposition(scrapes > scrapesUntilEnd));
