import { describe, expect, it } from '@jest/globals';
import type { Tally } from '../client/tally.ts';
import { idleRates, ofSmallRun, rowsOf, totalCpu } from './arithmetic.ts';
import type { Usage } from './meter.ts';
import type { Results, Side } from './results.ts';

const tally = (more: Partial<Tally>): Tally => ({
  seconds: 10,
  reads: 1000,
  failed: 0,
  wrong: 0,
  p50: 1,
  p99: 2,
  slowest: 3,
  oldestSeconds: 4,
  bodyBytes: 300,
  clientCpuSeconds: 5,
  firstFault: null,
  ...more,
});
const usage = (more: Partial<Usage>): Usage => ({
  seconds: 100,
  adapterCpu: 10,
  prometheusCpu: 30,
  apiServerCpu: 20,
  queries: 1000,
  reviews: 1000,
  ...more,
});
const side = (adapterCpu: number, more: Partial<Tally>): Side['external'] => ({
  paced: { tally: tally({}), usage: usage({ adapterCpu }) },
  saturated: tally(more),
});

const THEIRS: Side = { external: side(10, { p99: 100 }), pods: side(20, { p99: 50 }), aggregated: tally({}) };
const OURS: Side = {
  external: {
    ...side(0.5, { p99: 10, reads: 9000 }),
    paced: { tally: tally({}), usage: usage({ adapterCpu: 0.5, queries: 2 }) },
  },
  pods: {
    ...side(1.6, { p99: 20, reads: 6000 }),
    paced: { tally: tally({}), usage: usage({ adapterCpu: 1.6, queries: 4 }) },
  },
  aggregated: tally({}),
};
const RESULTS: Results = {
  keys: 2000,
  manyKeys: 30_000,
  idle: [usage({ prometheusCpu: 20, apiServerCpu: 10 }), usage({ prometheusCpu: 10, apiServerCpu: 10 })],
  theirs: THEIRS,
  ours: OURS,
  bare: { external: side(0.4, { reads: 12_000 }), pods: side(1, { reads: 12_000 }) },
  replicas: { tally: tally({}), usage: usage({ queries: 5 }) },
  many: {
    warming: tally({ failed: 7 }),
    paced: { tally: tally({ oldestSeconds: 14 }), usage: usage({}) },
    peakMegabytes: 300,
  },
};

const valuesOf = (results: Results): Record<string, number | null> =>
  Object.fromEntries(rowsOf(results).map(({ name, value }) => [name, value]));

describe('the rows of a run', () => {
  it('have the agreed names and goals', () => {
    const goals = rowsOf(RESULTS).filter(({ goal }) => goal !== null);
    expect(goals.map(({ name, goal }) => [name, goal])).toEqual([
      ['adapter_cpu_ratio', '<= 0.1'],
      ['total_cpu_ratio', '<= 0.05'],
      ['p99_ratio', '<= 0.2'],
      ['promql_per_read', '<= 0.01'],
      ['throughput_vs_bare', '>= 0.5'],
      ['failed_reads_30k', '= 0'],
      ['staleness_s_max_30k', '<= 15'],
      ['rss_mb_30k', '<= 400'],
      ['wrong_values', '= 0'],
      ['failed_reads', '= 0'],
    ]);
  });

  it.each([
    // the worse of External and Pods each time
    ['adapter_cpu_ratio', 1.6 / 20],
    ['p99_ratio', 20 / 50],
    ['promql_per_read', 4 / 1000],
    ['throughput_vs_bare', 0.5],
    // idle: Prometheus 0.15, API server 0.1 cores; so (0.5 + 15 + 10) / (10 + 15 + 10) of External
    ['total_cpu_ratio', 25.5 / 35],
    ['failed_reads_30k', 0],
    ['staleness_s_max_30k', 14],
    ['rss_mb_30k', 300],
    ['wrong_values', 0],
    ['two_replicas_promql_per_read', 0.005],
    ['external_theirs_adapter_cpu', 10],
    ['external_theirs_total_cpu', 35],
    ['pods_bare_throughput', 1200],
    // the worse of 0.4 / 10 and 1 / 20
    ['adapter_cpu_ratio_of_bare', 0.05],
    ['idle_cpu_prometheus', 150],
  ])('work %s out', (name, value) => {
    expect(valuesOf(RESULTS)[name]).toBeCloseTo(value, 10);
  });

  it('are not measured where one of the two kinds was not, but the others are', () => {
    const values = valuesOf({ ...RESULTS, ours: { ...OURS, pods: { paced: null, saturated: null } } });
    expect(values).toMatchObject({
      adapter_cpu_ratio: null,
      total_cpu_ratio: null,
      p99_ratio: null,
      promql_per_read: null,
      throughput_vs_bare: null,
      wrong_values: null,
      failed_reads: null,
      rss_mb_30k: 300,
      external_ours_adapter_cpu: 0.5,
    });
  });

  it('of a small run keep their goals, of which those on answers and memory are judged', () => {
    const rows = ofSmallRun(rowsOf(RESULTS));
    expect(rows.map(({ goal }) => goal)).toEqual(rowsOf(RESULTS).map(({ goal }) => goal));
    expect(rows.filter(({ met }) => met !== null).map(({ name }) => name)).toEqual([
      'failed_reads_30k',
      'staleness_s_max_30k',
      'rss_mb_30k',
      'wrong_values',
      'failed_reads',
    ]);
  });

  it('are not met by a run that could measure nothing', () => {
    const nothing = { paced: null, saturated: null };
    const none: Side = { external: nothing, pods: nothing, aggregated: null };
    const rows = rowsOf({
      ...RESULTS,
      theirs: none,
      ours: none,
      bare: { external: nothing, pods: nothing },
      replicas: null,
      many: null,
    });
    expect(rows.filter(({ met }) => met)).toEqual([]);
  });

  it('count a wrong value wherever it was answered', () => {
    expect(valuesOf({ ...RESULTS, replicas: { tally: tally({ wrong: 2 }), usage: usage({}) } })['wrong_values']).toBe(
      2,
    );
    expect(valuesOf({ ...RESULTS, ours: { ...OURS, aggregated: tally({ wrong: 3 }) } })['wrong_values']).toBe(3);
  });
});

it('what an adapter causes is never less than its own CPU, however much the others idle', () => {
  const idle = idleRates([usage({ prometheusCpu: 50, apiServerCpu: 50 })]);
  expect(totalCpu(usage({ adapterCpu: 1, prometheusCpu: 40, apiServerCpu: 60 }), idle)).toBeCloseTo(11);
});
