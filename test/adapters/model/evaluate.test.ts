import { InvalidError } from '../../../src/domain/errors.ts';
import { modelMetrics } from '../../../src/adapters/model/model-metrics.ts';
import { SeriesStore } from '../../../src/adapters/model/series-store.ts';
import type { Series } from '../../../src/adapters/model/exporter.ts';

const NOW = 1_800_000_000_000;
const AGO = (seconds: number): number => NOW - seconds * 1000;

const gauge = (pod: string, service: string, value: number): Series => ({
  name: 'concurrent_viewers',
  labels: { pod, service },
  value,
});
const counter = (pod: string, value: number): Series => ({ name: 'cdn_bytes_total', labels: { pod }, value });

/** Scraped every 15 s: two players, a gateway whose counter grows by 100 a second, one that was reset, one that is gone. */
function metrics() {
  const store = new SeriesStore();
  for (let seconds = 120; seconds >= 0; seconds -= 15) {
    const since = 120 - seconds;
    store.append(AGO(seconds), [
      gauge('a', 'player', 10),
      gauge('b', 'player', 32),
      gauge('c', 'kids-player', 100),
      counter('x', 5_000_000 + since * 100),
      counter('reset', 1000 + (seconds > 30 ? since : since - 90)),
      ...(seconds > 60 ? [counter('gone', 5_000_000 + since)] : []),
    ]);
  }
  return modelMetrics(store, () => NOW);
}

/** `label=value ...: number` lines, sorted, without __name__. */
async function ask(promql: string): Promise<string[] | number> {
  const result = await metrics().query(promql);
  if (result.type === 'scalar') return result.value;
  return result.samples
    .map(({ labels, value }) => {
      const shown = Object.entries(labels).filter(([label]) => label !== '__name__');
      return `${shown.map(([label, text]) => `${label}=${text}`).join(' ')}: ${Number(value.toFixed(6))}`;
    })
    .toSorted();
}

it.each<[string, string[] | number]>([
  ['concurrent_viewers{service="player"}', ['pod=a service=player: 10', 'pod=b service=player: 32']],
  ['concurrent_viewers{service!="player"}', ['pod=c service=kids-player: 100']],
  ['concurrent_viewers{service=~"kids-.*|x"}', ['pod=c service=kids-player: 100']],
  ['concurrent_viewers{service=~"player"}', ['pod=a service=player: 10', 'pod=b service=player: 32']],
  ['concurrent_viewers{service!~"p.*"}', ['pod=c service=kids-player: 100']],
  [
    'concurrent_viewers{region=""}',
    ['pod=a service=player: 10', 'pod=b service=player: 32', 'pod=c service=kids-player: 100'],
  ],
  ['concurrent_viewers{region!=""}', []],
  ['{__name__="concurrent_viewers",pod=\'a\'}', ['pod=a service=player: 10']],
  ['{"concurrent_viewers","pod"=`a`}', ['pod=a service=player: 10']],
  ['concurrent_viewers{pod="\\x61"}', ['pod=a service=player: 10']],
  ['nothing', []],
  ['sum(concurrent_viewers) by ()', [': 142']],
  ['sum(concurrent_viewers{pod="z"})', []],
  ['sum by (service) (concurrent_viewers)', ['service=kids-player: 100', 'service=player: 42']],
  ['sum without (pod) (concurrent_viewers)', ['service=kids-player: 100', 'service=player: 42']],
  ['avg(concurrent_viewers{service="player"})', [': 21']],
  ['max(concurrent_viewers)', [': 100']],
  ['min(concurrent_viewers)', [': 10']],
  ['COUNT(concurrent_viewers)', [': 3']],
  ['8 * sum(rate(cdn_bytes_total{pod="x"}[1m])) by ()', [': 800']],
  ['rate(cdn_bytes_total{pod="x"}[2m]) / 2', ['pod=x: 50']],
  ['(concurrent_viewers{pod="a"} - 1) % 4', ['pod=a service=player: 1']],
  ['2 ^ 3 ^ 2', 512],
  ['1e3 + 0x10 + 1_000', 2016],
  ['5m', 300],
  ['-Inf', -Infinity],
])('%s', async (promql, expected) => {
  expect(await ask(promql)).toEqual(expected);
});

it('names stay on a selector and fall off what is computed', async () => {
  const labelsOf = async (promql: string) => {
    const result = await metrics().query(promql);
    return result.type === 'vector' ? result.samples[0]!.labels : {};
  };
  expect(await labelsOf('concurrent_viewers{pod="a"}')).toHaveProperty('__name__', 'concurrent_viewers');
  for (const computed of ['concurrent_viewers{pod="a"} * 2', 'rate(cdn_bytes_total{pod="x"}[1m])']) {
    expect(await labelsOf(computed)).not.toHaveProperty('__name__');
  }
});

it('a rate is stretched to the ends of its range, counts resets, and needs two samples', async () => {
  // 75 s apart from first to last, 15 s of gap before, so the whole 90 s are covered: 100 a second.
  expect(await ask('rate(cdn_bytes_total{pod="x"}[90s])')).toEqual(['pod=x: 100']);
  // 1075, then a reset: 1000, 1015, 1030. It lost 1075 and gained 1030 since.
  const increase = 1030 - 1075 + 1075;
  const [line] = (await ask('rate(cdn_bytes_total{pod="reset"}[1m])')) as string[];
  expect(line).toBe(`pod=reset: ${Number(((increase * (60 / 45)) / 60).toFixed(6))}`);
  expect(await ask('rate(cdn_bytes_total{pod="x"}[15s])')).toEqual([]);
});

it('a series that was not scraped last has ended at once; its rate lasts as long as its samples', async () => {
  expect(await ask('cdn_bytes_total{pod="gone"}')).toEqual([]);
  expect(await ask('rate(cdn_bytes_total{pod="gone"}[2m])')).toHaveLength(1);
  expect(await ask('rate(cdn_bytes_total{pod="gone"}[1m])')).toEqual([]);
});

it('samples carry the time of the evaluation', async () => {
  expect(await metrics().query('sum(concurrent_viewers)')).toMatchObject({ samples: [{ timestamp: NOW / 1000 }] });
  expect(await metrics().query('1')).toEqual({ type: 'scalar', timestamp: NOW / 1000, value: 1 });
});

it('lists the series that match a selector and were seen since', async () => {
  const source = metrics();
  expect(await source.series('cdn_bytes_total{pod!="reset"}', AGO(90) / 1000)).toEqual([
    { __name__: 'cdn_bytes_total', pod: 'x' },
    { __name__: 'cdn_bytes_total', pod: 'gone' },
  ]);
  expect(await source.series('{__name__=~"^cdn_.*",pod!="reset"}', AGO(30) / 1000)).toHaveLength(1);
});

it.each([
  ['concurrent_viewers{', 'is not PromQL: it breaks at character'],
  ['', 'is not PromQL: it breaks at character 1'],
  ['irate(x[1m])', 'does not evaluate the function irate()'],
  ['rate(x)', 'rate() takes one range'],
  ['rate(sum(x)[1m])', 'ranges are taken of selectors alone'],
  ['rate(x[0s])', 'is not a duration'],
  ['x[1m]', 'does not evaluate a range where a value belongs: x[1m]'],
  ['x offset 5m', 'does not evaluate offset'],
  ['x @ 1', 'does not evaluate the @ modifier'],
  ['rate(x[5m:1m])', 'rate() takes one range'],
  ['topk(3, x)', 'does not evaluate the aggregation topk'],
  ['sum(x, y)', 'sum takes one argument'],
  ['sum(1)', 'sum takes an instant vector'],
  ['x and y', 'does not evaluate the operator and'],
  ['x > 1', 'does not evaluate the operator >'],
  ['concurrent_viewers * cdn_bytes_total', 'does not evaluate * between two vectors'],
  ['x * on (pod) y', 'does not evaluate * with a matching'],
  ['-x', 'does not evaluate a sign'],
  ['"text"', 'does not evaluate a string'],
  ['x{pod=~"("}', "is not a regular expression in RE2's syntax"],
  ['{pod=~".*"}', 'must contain at least one non-empty matcher'],
])('%s is refused by name', async (promql, message) => {
  const error = await metrics()
    .query(promql)
    .catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(InvalidError);
  expect((error as Error).message).toContain(message);
});

it('only a selector names series', async () => {
  await expect(metrics().series('sum(x)', 0)).rejects.toThrow('is not a series selector');
});

it('forgets a series a quarter of an hour after its last sample', () => {
  const store = new SeriesStore();
  const all = { name: null, matches: () => true };
  store.append(NOW, [counter('x', 1)]);
  store.append(NOW + 899_000, []);
  expect(store.select(all)).toHaveLength(1);
  store.append(NOW + 900_000, []);
  expect(store.select(all)).toHaveLength(0);
});
