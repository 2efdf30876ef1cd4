import type { Series, ServicePods } from '../../../src/adapters/model/exporter.ts';
import { exposition } from '../../../src/adapters/model/exposition.ts';
import { total } from '../../../src/adapters/model/load.ts';
import { type MetricName, METRICS, SERVICE_METRICS } from '../../../src/adapters/model/metrics.ts';
import { roleOf, SERVICES } from '../../../src/adapters/model/services.ts';
import { BITS_PER_VIEWER, quality, stallsPerHour, workload } from '../../../src/adapters/model/workload.ts';

const viewers = { kr: 1001, eu: 500, us: 2 };
const namespace = 'live';
const players = (...pods: string[]): ServicePods => ({ namespace, service: 'player', role: 'player', pods });
const gateways = (...pods: string[]): ServicePods => ({ namespace, service: 'edge', role: 'gateway', pods });
const sum = (series: Series[], name: MetricName, labels: Record<string, string> = {}): number =>
  series
    .filter((each) => each.name === name && Object.entries(labels).every(([k, v]) => each.labels[k] === v))
    .reduce((all, { value }) => all + value, 0);

it('whole viewers are spread over the pods, none is lost', () => {
  const series = workload().observe(0, viewers, [players('a', 'b', 'c')]);
  expect(sum(series, 'concurrent_viewers')).toBe(total(viewers));
  expect(['a', 'b', 'c'].map((pod) => sum(series, 'concurrent_viewers', { pod, region: 'kr' }))).toEqual([
    334, 334, 333,
  ]);
});

it('every series names its namespace, pod, service and region', () => {
  const fleet = SERVICES.map(({ name, role }) => ({ namespace, service: name, role, pods: [`${name}-1`] }));
  for (const { labels } of workload().observe(0, viewers, fleet)) {
    expect(labels).toMatchObject({ namespace, service: labels['pod']!.replace(/-1$/, '') });
    expect(['kr', 'eu', 'us']).toContain(labels['region']);
  }
});

it('every service exports something, and together they export every metric', () => {
  const fleet = SERVICES.map(({ name, role }) => ({ namespace, service: name, role, pods: [name] }));
  const series = workload().observe(0, viewers, fleet);
  expect(new Set(series.map(({ labels }) => labels['service']))).toEqual(new Set(SERVICES.map(({ name }) => name)));
  expect(new Set(series.map(({ name }) => name))).toEqual(new Set(Object.keys(SERVICE_METRICS)));
});

it('a counter is what happened since its pod was first seen: bandwidth is eight times its rate', () => {
  const exporters = workload();
  const before = exporters.observe(0, viewers, [gateways('a', 'b')]);
  const after = exporters.observe(10_000, viewers, [gateways('a', 'b')]);
  expect(sum(before, 'cdn_bytes_total')).toBe(0);
  expect((8 * sum(after, 'cdn_bytes_total')) / 10).toBeCloseTo(total(viewers) * BITS_PER_VIEWER, 3);
});

it('the counter of a new pod starts at zero, one that comes back has been reset', () => {
  const exporters = workload();
  exporters.observe(0, viewers, [gateways('a')]);
  exporters.observe(10_000, viewers, [gateways('a')]);
  const grown = exporters.observe(20_000, viewers, [gateways('a', 'b')]);
  expect(sum(grown, 'cdn_bytes_total', { pod: 'a' })).toBeGreaterThan(0);
  expect(sum(grown, 'cdn_bytes_total', { pod: 'b' })).toBe(0);
  exporters.observe(30_000, viewers, [gateways('b')]);
  expect(sum(exporters.observe(40_000, viewers, [gateways('a', 'b')]), 'cdn_bytes_total', { pod: 'a' })).toBe(0);
});

it.each([
  [0.7, 91, 2.5],
  [0.85, 89, 2.5],
  [1, 83, 5.1],
  [1.2, 76, 11.8],
  [1.5, 64, 26],
  [2, 45, 58],
])('a pod that is %d full gives quality %d and %d stalls a viewer-hour', (fill, score, stalls) => {
  expect(Math.round(quality(fill))).toBe(score);
  expect(stallsPerHour(fill) / stalls).toBeCloseTo(1, 1);
});

it('a crowded service buffers more and recommends worse', () => {
  const observe = (fleet: ServicePods) => {
    const exporters = workload();
    const crowd = { kr: 14_000, eu: 0, us: 0 };
    exporters.observe(0, crowd, [fleet]);
    return exporters.observe(60_000, crowd, [fleet]);
  };
  const pods = (count: number): string[] => Array.from({ length: count }, (_, i) => `p${i}`);
  expect(sum(observe(players(...pods(7))), 'buffering_events_total')).toBeGreaterThan(
    5 * sum(observe(players(...pods(14))), 'buffering_events_total'),
  );
  const recommenders = (count: number): ServicePods => ({ ...players(...pods(count)), role: 'recommender' });
  expect(observe(recommenders(2))[0]).toMatchObject({ name: 'recommendation_accuracy', value: 0.31 });
  expect(observe(recommenders(1))[0]).toMatchObject({ value: 0.12 });
});

it('a stranger has no role', () => {
  expect(roleOf('nobody')).toBeNull();
});

it('the exposition is a family at a time, with help and type, labels escaped', () => {
  const series: Series[] = [
    { name: 'concurrent_viewers', labels: { pod: 'a"b\\c\nd' }, value: 3 },
    { name: 'cdn_bytes_total', labels: { pod: 'x', cache: 'hit' }, value: 1.5 },
    { name: 'concurrent_viewers', labels: { pod: 'y' }, value: 4 },
  ];
  expect(exposition(series)).toBe(
    `# HELP concurrent_viewers ${METRICS.concurrent_viewers.help}
# TYPE concurrent_viewers gauge
concurrent_viewers{pod="a\\"b\\\\c\\nd"} 3
concurrent_viewers{pod="y"} 4
# HELP cdn_bytes_total ${METRICS.cdn_bytes_total.help}
# TYPE cdn_bytes_total counter
cdn_bytes_total{pod="x",cache="hit"} 1.5
`,
  );
  expect(exposition([])).toBe('');
});
