import { placeText } from '../domain/errors.ts';
import type { Finding } from '../domain/policy/lint.ts';
import { EXAMPLE, UNMATCHED, exampleQuery, selectorsIn } from '../domain/rules/example-read.ts';
import { capital, hasCapital, warning } from '../domain/rules/lint-rules.ts';
import { typeFault, typeOf } from '../domain/rules/lint-types.ts';
import { type MetricRule, questionOf } from '../domain/rules/metric-rule.ts';
import type { ServedMetric } from '../domain/rules/name-table.ts';
import type { CheckedMetric, CheckedRule } from '../domain/rules/rule-check.ts';
import { sampleNamespace } from '../domain/rules/sample-read.ts';
import { parseSelector } from '../domain/rules/selector.ts';
import { checkQuestion } from './check-question.ts';
import type { CheckWorld, Checked } from './check-world.ts';
import { seenSeries } from './check-series.ts';

/** Tries a rule for external metrics out: the first of its metrics are asked for once. */
export async function checkExternalRule(
  rule: MetricRule,
  served: readonly ServedMetric[],
  world: CheckWorld,
): Promise<Checked> {
  const selectors = selectorsOf(rule);
  const { found, series, findings, error } = await seenSeries(selectors, rule, world);
  const metrics: CheckedMetric[] = [];
  let last = error;
  const sorted = served.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  for (const metric of sorted.slice(0, world.mostMetrics)) {
    const own = rule.plain ? series : series.filter(({ __name__: name }) => name === metric.series);
    const namespace = sampleNamespace(rule, own, world.sample);
    const question = questionOf(rule, {
      series: metric.series,
      namespace,
      requirements: parseSelector(world.sample.selector),
    });
    const checked = await checkQuestion(question, { labels: null, world });
    findings.push(...checked.findings);
    last = checked.error ?? last;
    metrics.push({
      metric: metric.name.toLowerCase(),
      series: metric.series,
      seriesType: typeOf(metric.series, world.types),
      read: { namespace, selector: world.sample.selector, objects: [] },
      ...checked.told,
    });
  }
  findings.push(...namesAndTypes(rule, sorted, world));
  const checkedRule: CheckedRule = {
    place: placeText(rule.place),
    api: 'external.metrics.k8s.io',
    seriesQuery: selectors.join(', '),
    found,
    serves: served.length,
    metrics,
    notes: notesOf(rule),
  };
  return { rule: checkedRule, findings, error: last };
}

/** What its series are found by; of a plain query, what the query itself names. */
function selectorsOf(rule: MetricRule): string[] {
  if (!rule.plain) return [rule.seriesQuery];
  const query = { template: rule.metricsQuery, series: rule.seriesQuery, groupBy: [] };
  return selectorsIn(exampleQuery(query, UNMATCHED) ?? '');
}

/** Of all metrics, though only the first ones are asked for. */
function namesAndTypes(rule: MetricRule, served: readonly ServedMetric[], { types }: CheckWorld): Finding[] {
  return served.flatMap(({ name, series }) => {
    const promql = exampleQuery({ template: rule.metricsQuery, series, groupBy: [] }, EXAMPLE);
    const fault = promql === null || rule.backend !== null ? null : typeFault(promql, series, types);
    return [
      ...(hasCapital(name) ? [warning(rule.place, capital(name))] : []),
      ...(fault === null ? [] : [warning(rule.place, fault)]),
    ];
  });
}

/** What is right, yet seldom meant. */
function notesOf(rule: MetricRule): string[] {
  const query = { template: rule.metricsQuery, series: 'series' };
  const grouped =
    exampleQuery({ ...query, groupBy: ['x'] }, EXAMPLE) !== exampleQuery({ ...query, groupBy: [] }, EXAMPLE);
  return grouped ? ['<<.GroupBy>> is empty for external metrics: `by ()` makes one row of all'] : [];
}
