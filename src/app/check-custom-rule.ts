import { placeText } from '../domain/errors.ts';
import type { Finding } from '../domain/policy/lint.ts';
import { type ApiResource, groupResourceText } from '../domain/rules/api-resource.ts';
import { associate } from '../domain/rules/association.ts';
import { type CustomRule, customQuestionOf } from '../domain/rules/custom-rule.ts';
import { type CustomMetric, nameText } from '../domain/rules/custom-table.ts';
import { EXAMPLE, exampleQuery } from '../domain/rules/example-read.ts';
import { warning } from '../domain/rules/lint-rules.ts';
import { typeFault, typeOf } from '../domain/rules/lint-types.ts';
import type { CheckedMetric, CheckedRule } from '../domain/rules/rule-check.ts';
import { sampleObjects } from '../domain/rules/sample-read.ts';
import { parseSelector } from '../domain/rules/selector.ts';
import type { Labels } from '../ports/metrics-source.ts';
import { checkQuestion } from './check-question.ts';
import type { CheckWorld, Checked } from './check-world.ts';
import { seenSeries } from './check-series.ts';

/** Tries a rule for custom metrics out: objects are those that its series name. */
export async function checkCustomRule(
  rule: CustomRule,
  served: readonly CustomMetric[],
  world: CheckWorld,
  resources: readonly ApiResource[],
): Promise<Checked> {
  const { found, series, error: listing, ...seen } = await seenSeries([rule.seriesQuery], rule, world);
  const findings = [...skippedLabels(rule, resources), ...seen.findings];
  if (series.length > 0 && served.length === 0) findings.push(warning(rule.place, 'no metric comes of its series'));
  const metrics: CheckedMetric[] = [];
  let error = listing;
  const sorted = served.toSorted((a, b) => (nameText(a) < nameText(b) ? -1 : 1));
  for (const metric of sorted.slice(0, world.mostMetrics)) {
    const own = series.filter(({ __name__: name }) => name === metric.series);
    const checked = await checkMetric(metric, own, world);
    findings.push(...checked.findings);
    metrics.push(checked.metric);
    error = checked.error ?? error;
  }
  findings.push(...typesOf(rule, sorted, world));
  const checkedRule: CheckedRule = {
    place: placeText(rule.place),
    api: 'custom.metrics.k8s.io',
    seriesQuery: rule.seriesQuery,
    found,
    serves: served.length,
    metrics,
    notes: [],
  };
  return { rule: checkedRule, findings, error };
}

async function checkMetric(
  metric: CustomMetric,
  own: readonly Labels[],
  world: CheckWorld,
): Promise<{ metric: CheckedMetric; findings: Finding[]; error: unknown }> {
  const { rule, association, series, resource } = metric;
  const sample = sampleObjects(metric, own, world.sample);
  const namespace = sample?.namespace ?? null;
  const objects = sample?.names ?? [];
  const about = {
    metric: nameText(metric),
    series,
    seriesType: typeOf(series, world.types),
    read: { namespace, selector: world.sample.selector, objects },
  };
  const requirements = parseSelector(world.sample.selector);
  const asked =
    sample === null
      ? { type: 'none' as const, why: `no series names one of ${groupResourceText(resource)}${inNamespace(world)}` }
      : customQuestionOf(rule, association, { series, resource, namespace, names: objects, requirements });
  if (asked.type === 'none') {
    const answer = { type: 'not asked' as const, why: asked.why };
    const findings = [warning(rule.place, `${about.metric}: ${asked.why}`)];
    return { metric: { ...about, query: null, batch: null, answer }, findings, error: null };
  }
  const { question } = asked;
  const { told, findings, error } = await checkQuestion(question, { labels: [question.objects.label], world });
  return { metric: { ...about, ...told }, findings, error };
}

const inNamespace = ({ sample: { namespace } }: CheckWorld): string => (namespace === null ? '' : ` in ${namespace}`);

/** Labels that are to name a resource that is not there. */
function skippedLabels(rule: CustomRule, resources: readonly ApiResource[]): Finding[] {
  const association = associate(rule.labels, resources);
  return rule.labels.overrides.flatMap(({ label, ...resource }) =>
    association.meaningOf(label).type === 'skipped'
      ? [
          warning(
            rule.place,
            `the label ${label} is to name ${groupResourceText(resource)}, which is not among the resources`,
          ),
        ]
      : [],
  );
}

function typesOf(rule: CustomRule, served: readonly CustomMetric[], { types }: CheckWorld): Finding[] {
  if (rule.backend !== null) return [];
  return [...new Set(served.map(({ series }) => series))].flatMap((series) => {
    const promql = exampleQuery({ template: rule.metricsQuery, series, groupBy: ['object'] }, EXAMPLE);
    const fault = promql === null ? null : typeFault(promql, series, types);
    return fault === null ? [] : [warning(rule.place, fault)];
  });
}
