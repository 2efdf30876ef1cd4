import { type ApiResource, groupResourceText, isRootScoped } from './api-resource.ts';
import { type Association, associate, resourcesOf } from './association.ts';
import type { CustomRule } from './custom-rule.ts';
import { metricNameOf } from './metric-rule.ts';
import { listingOf } from './name-table.ts';
import { isSeriesName } from './series-query.ts';

/** What is to be known of series to serve them: their name, and which labels they have. Many series have one shape. */
export type SeriesShape = { name: string; labels: readonly string[] };

/** A metric of objects of one resource: the series behind it, the rule that asks for it and its labels in this cluster. */
export type CustomMetric = {
  name: string;
  resource: ApiResource;
  /** Whether it is asked for within a namespace. */
  namespaced: boolean;
  series: string;
  rule: CustomRule;
  association: Association;
};

export type CustomTable = {
  metrics: ReadonlyMap<string, CustomMetric>;
  /** Metrics that two rules give. The last rule in the file wins. */
  overlaps: readonly { name: string; winner: CustomRule; loser: CustomRule }[];
};

type Key = Pick<CustomMetric, 'name' | 'resource' | 'namespaced'>;

/** A metric's key in the table. Unlike those of external metrics, names keep their case. */
export const customKey = ({ name, resource, namespaced }: Key): string =>
  `${namespaced ? 'namespaced' : 'root'} ${groupResourceText(resource)} ${name}`;

/**
 * What is served, from the rules, the shapes by listing, and the cluster's resources. A rule that
 * comes later wins; within a rule the last series by name does, so that the same lists always make the same table.
 */
export function customTable(
  rules: readonly CustomRule[],
  shapes: ReadonlyMap<string, readonly SeriesShape[]>,
  resources: readonly ApiResource[],
): CustomTable {
  const metrics = new Map<string, CustomMetric>();
  const overlaps: { name: string; winner: CustomRule; loser: CustomRule }[] = [];
  for (const rule of rules) {
    const association = associate(rule.labels, resources);
    const listed = (shapes.get(listingOf(rule)) ?? []).filter(({ name }) => isSeriesName(name));
    for (const { name: series, labels } of listed.toSorted(byName)) {
      const name = metricNameOf(rule, series);
      if (name === null) continue;
      const found = resourcesOf(association, labels);
      for (const resource of found.resources) {
        const namespaced = found.namespaced && !isRootScoped(resource);
        const metric = { name, resource, namespaced, series, rule, association };
        const before = metrics.get(customKey(metric));
        if (before && before.rule !== rule) overlaps.push({ name: nameText(metric), winner: rule, loser: before.rule });
        metrics.set(customKey(metric), metric);
      }
    }
  }
  return { metrics, overlaps };
}

const byName = (a: SeriesShape, b: SeriesShape): number => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);

/** As discovery shows it: `pods/concurrent_viewers`. */
export const nameText = ({ name, resource }: Pick<Key, 'name' | 'resource'>): string =>
  `${groupResourceText(resource)}/${name}`;

/** Series by their shape, each once: a metric of 10,000 pods has one. */
export function shapesOf(series: readonly Readonly<Record<string, string>>[]): SeriesShape[] {
  const shapes = new Map<string, SeriesShape>();
  for (const { __name__: name, ...rest } of series) {
    if (name === undefined) continue;
    const labels = Object.keys(rest).toSorted();
    shapes.set([name, ...labels].join(' '), { name, labels });
  }
  return [...shapes.values()];
}
