import { type MetricRule, metricNameOf } from './metric-rule.ts';
import { isSeriesName } from './series-query.ts';

/** A metric that can be read now: its name as the rule spells it, the series behind it and the rule that asks for it. */
export type ServedMetric = { name: string; series: string; rule: MetricRule };

export type NameTable = {
  /** By lower-cased name: client-go lower-cases the name of an external metric in the URL. */
  metrics: ReadonlyMap<string, ServedMetric>;
  /** Names that two rules give. The last rule in the file wins. */
  overlaps: readonly Overlap[];
};

export type Overlap = { name: string; winner: MetricRule; loser: MetricRule };

/** What tells one listing of series from another: its text, and who is asked. */
export const listingOf = ({ seriesQuery, backend }: Pick<MetricRule, 'seriesQuery' | 'backend'>): string =>
  backend === null ? seriesQuery : JSON.stringify([seriesQuery, backend]);

/** What is served, from the rules and the series names by listing. */
export function nameTable(rules: readonly MetricRule[], listed: ReadonlyMap<string, readonly string[]>): NameTable {
  const metrics = new Map<string, ServedMetric>();
  const overlaps: Overlap[] = [];
  for (const rule of rules) {
    const candidates = rule.pinnedSeries === null ? (listed.get(listingOf(rule)) ?? []) : [rule.pinnedSeries];
    for (const series of candidates.filter(isSeriesName).toSorted()) {
      const name = metricNameOf(rule, series);
      if (name === null) continue;
      const before = metrics.get(name.toLowerCase());
      if (before && before.rule !== rule) overlaps.push({ name, winner: rule, loser: before.rule });
      metrics.set(name.toLowerCase(), { name, series, rule });
    }
  }
  return { metrics, overlaps };
}
