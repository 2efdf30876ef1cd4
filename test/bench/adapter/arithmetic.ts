import { type Row, atLeast, atMost, exactly, judged, told } from '../row.ts';
import { KINDS, type Kind } from './data.ts';
import type { Usage } from './meter.ts';
import type { OfKind, Paced, Results, Side } from './results.ts';

/** The rows of a run: those with goals, each the worse of External and Pods, and behind them what they were made of. */
export function rowsOf(results: Results): Row[] {
  const { theirs, ours, bare, many } = results;
  const idle = idleRates(results.idle);
  const worst = (pick: (values: number[]) => number, of: (kind: Kind) => number | null): number | null => {
    const values = KINDS.map(of).filter((value) => value !== null);
    return values.length === KINDS.length ? pick(values) : null;
  };
  const most = (of: (kind: Kind) => number | null): number | null => worst((values) => Math.max(...values), of);
  const least = (of: (kind: Kind) => number | null): number | null => worst((values) => Math.min(...values), of);
  const pacedRatio = (of: (usage: Usage) => number): number | null =>
    most((kind) => ratio(usageOf(ours, kind, of), usageOf(theirs, kind, of)));
  const total = (usage: Usage): number => totalCpu(usage, idle);

  return [
    judged(
      'adapter_cpu_ratio',
      pacedRatio(({ adapterCpu }) => adapterCpu),
      '',
      atMost(0.1),
    ),
    judged('total_cpu_ratio', pacedRatio(total), '', atMost(0.05)),
    judged(
      'p99_ratio',
      most((kind) => ratio(ours[kind].saturated?.p99, theirs[kind].saturated?.p99)),
      '',
      atMost(0.2),
    ),
    judged(
      'promql_per_read',
      most((kind) => perRead(ours[kind].paced, ({ queries }) => queries)),
      '',
      atMost(0.01),
    ),
    judged(
      'throughput_vs_bare',
      least((kind) => ratio(throughput(ours[kind].saturated), throughput(bare[kind].saturated))),
      '',
      atLeast(0.5),
    ),
    judged('failed_reads_30k', many && many.paced.tally.failed, '', exactly(0)),
    judged('staleness_s_max_30k', many && many.paced.tally.oldestSeconds, 's', atMost(15)),
    judged('rss_mb_30k', many && many.peakMegabytes, 'MB', atMost(400)),
    judged('wrong_values', wrongValues(results), '', exactly(0)),
    judged('failed_reads', failedReads(ours), '', exactly(0)),
    told(
      'adapter_cpu_ratio_of_bare',
      most((kind) => ratio(cpuPerRead(bare[kind].paced), cpuPerRead(theirs[kind].paced))),
      '',
    ),
    ...figures(results, idle),
  ];
}

const OF_ANY_SCALE = new Set(['failed_reads_30k', 'staleness_s_max_30k', 'rss_mb_30k', 'wrong_values', 'failed_reads']);

/** The rows of a small run: goals stand beside all, but those on cost and speed are not judged, since start-up and background weigh too much. */
export const ofSmallRun = (rows: readonly Row[]): Row[] =>
  rows.map((row) => (OF_ANY_SCALE.has(row.name) ? row : { ...row, met: null }));

/** CPU seconds a second. */
export type IdleRates = { prometheus: number; apiServer: number };

export function idleRates(idle: readonly Usage[]): IdleRates {
  const seconds = sum(idle, (usage) => usage.seconds);
  return {
    prometheus: sum(idle, (usage) => usage.prometheusCpu) / seconds,
    apiServer: sum(idle, (usage) => usage.apiServerCpu) / seconds,
  };
}

/** The CPU that an adapter causes: its own, background included, and what Prometheus and the API server need beyond idling. Never less than nothing. */
export function totalCpu({ seconds, adapterCpu, prometheusCpu, apiServerCpu }: Usage, idle: IdleRates): number {
  const caused = (used: number, rate: number): number => Math.max(0, used - rate * seconds);
  return adapterCpu + caused(prometheusCpu, idle.prometheus) + caused(apiServerCpu, idle.apiServer);
}

/** null where either was not measured. */
export const ratio = (ours: number | null | undefined, theirs: number | null | undefined): number | null =>
  ours === null || ours === undefined || theirs === null || theirs === undefined ? null : ours / theirs;

type Measured = { seconds: number; reads: number };
const throughput = (tally: Measured | null): number | null => tally && tally.reads / tally.seconds;

const usageOf = (side: Side, kind: Kind, of: (usage: Usage) => number): number | null =>
  side[kind].paced && of(side[kind].paced.usage);

const perRead = (paced: Paced | null, of: (usage: Usage) => number): number | null =>
  paced && of(paced.usage) / paced.tally.reads;

const cpuPerRead = (paced: Paced | null): number | null => perRead(paced, ({ adapterCpu }) => adapterCpu * 1000);

/** Of all answers of ours in all modes; null when some mode could not be measured. */
function wrongValues({ ours, replicas, many }: Results): number | null {
  const tallies = [
    ...KINDS.flatMap((kind) => [ours[kind].paced?.tally, ours[kind].saturated]),
    ours.aggregated,
    replicas?.tally,
    many?.warming,
    many?.paced.tally,
  ];
  return addedUp(tallies.map((tally) => tally?.wrong));
}

const failedReads = (side: Side): number | null =>
  addedUp(KINDS.flatMap((kind) => [side[kind].paced?.tally.failed, side[kind].saturated?.failed]));

function addedUp(counts: readonly (number | undefined)[]): number | null {
  const known = counts.filter((count) => count !== undefined);
  return known.length === counts.length ? sum(known, (count) => count) : null;
}

function figures(results: Results, idle: IdleRates): Row[] {
  const { theirs, ours, bare, replicas, many, keys, manyKeys } = results;
  return [
    told('keys', keys, ''),
    told('keys_many', manyKeys, ''),
    told('idle_cpu_prometheus', idle.prometheus * 1000, 'ms/s'),
    told('idle_cpu_api_server', idle.apiServer * 1000, 'ms/s'),
    ...KINDS.flatMap((kind) => [
      ...sideFigures(`${kind}_theirs`, theirs[kind], idle),
      ...sideFigures(`${kind}_ours`, ours[kind], idle),
      ...bareFigures(`${kind}_bare`, bare[kind]),
    ]),
    ...(['theirs', 'ours'] as const).flatMap((name) => {
      const tally = results[name].aggregated;
      return [
        told(`aggregator_${name}_throughput`, throughput(tally), 'reads/s'),
        told(`aggregator_${name}_p99`, tally && tally.p99, 'ms'),
      ];
    }),
    told(
      'two_replicas_promql_per_read',
      perRead(replicas, ({ queries }) => queries),
      '',
    ),
    told('30k_warming_failed', many && many.warming.failed, 'reads'),
    told('30k_cores', many && many.paced.usage.adapterCpu / many.paced.usage.seconds, 'cores'),
    told('30k_p99', many && many.paced.tally.p99, 'ms'),
    told('30k_slowest', many && many.paced.tally.slowest, 'ms'),
    told('30k_promql_per_read', many && perRead(many.paced, ({ queries }) => queries), ''),
  ];
}

function bareFigures(name: string, { paced, saturated }: OfKind): Row[] {
  return [
    told(`${name}_cpu`, cpuPerRead(paced), 'ms/read'),
    told(`${name}_throughput`, throughput(saturated), 'reads/s'),
    told(`${name}_p99`, saturated && saturated.p99, 'ms'),
    told(`${name}_client_cores`, saturated && saturated.clientCpuSeconds / saturated.seconds, 'cores'),
  ];
}

function sideFigures(name: string, { paced, saturated }: Side[Kind], idle: IdleRates): Row[] {
  const milliseconds = (of: (usage: Usage) => number): number | null => perRead(paced, (usage) => of(usage) * 1000);
  return [
    told(
      `${name}_adapter_cpu`,
      milliseconds(({ adapterCpu }) => adapterCpu),
      'ms/read',
    ),
    told(
      `${name}_prometheus_cpu_raw`,
      milliseconds(({ prometheusCpu }) => prometheusCpu),
      'ms/read',
    ),
    told(
      `${name}_api_server_cpu_raw`,
      milliseconds(({ apiServerCpu }) => apiServerCpu),
      'ms/read',
    ),
    told(
      `${name}_total_cpu`,
      milliseconds((usage) => totalCpu(usage, idle)),
      'ms/read',
    ),
    told(
      `${name}_promql_per_read`,
      perRead(paced, ({ queries }) => queries),
      '',
    ),
    told(
      `${name}_reviews_per_read`,
      perRead(paced, ({ reviews }) => reviews),
      '',
    ),
    told(`${name}_paced_p99`, paced && paced.tally.p99, 'ms'),
    told(`${name}_paced_oldest`, paced && paced.tally.oldestSeconds, 's'),
    told(`${name}_paced_failed`, paced && paced.tally.failed, 'reads'),
    told(`${name}_paced_wrong`, paced && paced.tally.wrong, 'reads'),
    told(`${name}_throughput`, throughput(saturated), 'reads/s'),
    told(`${name}_p50`, saturated && saturated.p50, 'ms'),
    told(`${name}_p99`, saturated && saturated.p99, 'ms'),
    told(`${name}_failed`, saturated && saturated.failed, 'reads'),
    told(`${name}_client_cores`, saturated && saturated.clientCpuSeconds / saturated.seconds, 'cores'),
  ];
}

const sum = <T>(all: readonly T[], of: (one: T) => number): number => all.reduce((sum, one) => sum + of(one), 0);
