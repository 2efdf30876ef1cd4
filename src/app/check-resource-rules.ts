import { placeText } from '../domain/errors.ts';
import type { Finding } from '../domain/policy/lint.ts';
import { type ApiResource, findResource, groupResourceText } from '../domain/rules/api-resource.ts';
import { associate } from '../domain/rules/association.ts';
import { UNMATCHED, exampleQuery, selectorsIn } from '../domain/rules/example-read.ts';
import { warning } from '../domain/rules/lint-rules.ts';
import type { CheckedRule } from '../domain/rules/rule-check.ts';
import { type ResourceRules, type ResourceRule, usageQueryOf } from '../domain/rules/resource-rules.ts';
import { sampleObjects } from '../domain/rules/sample-read.ts';
import { OBJECT_VALUES } from '../domain/rules/value-policy.ts';
import { answerOf } from './check-answer.ts';
import type { CheckWorld, Checked } from './check-world.ts';
import { seenSeries } from './check-series.ts';

/** Tries out the four queries of metrics.k8s.io: cpu and memory, of pods and of nodes. */
export function checkResourceRules(
  { place, backend, cpu, memory }: ResourceRules,
  resources: readonly ApiResource[],
  world: CheckWorld,
): (() => Promise<Checked>)[] {
  return Object.entries({ cpu, memory }).flatMap(([name, rule]) =>
    (['pods', 'nodes'] as const).map((of) => () => checkUsage({ place, backend, name, rule, of }, resources, world)),
  );
}

type Usage = Pick<ResourceRules, 'place' | 'backend'> & { name: string; rule: ResourceRule; of: 'pods' | 'nodes' };

async function checkUsage(usage: Usage, resources: readonly ApiResource[], world: CheckWorld): Promise<Checked> {
  const { place, backend, name, rule, of } = usage;
  const selectors = selectorsOf(usage);
  const seen = await seenSeries(selectors, { place, backend }, world);
  const resource = findResource(resources, { group: '', resource: of });
  const findings: Finding[] = [...seen.findings];
  const report: CheckedRule = {
    place: `${placeText(place)}.${name}.${of === 'pods' ? 'containerQuery' : 'nodeQuery'}`,
    api: 'metrics.k8s.io',
    seriesQuery: selectors.join(', '),
    found: seen.found,
    serves: 1,
    metrics: [],
    notes: [],
  };
  const namespaced = of === 'pods';
  const sample =
    resource &&
    sampleObjects({ resource, namespaced, association: associate(rule.labels, resources) }, seen.series, world.sample);
  if (!resource || !sample) {
    if (seen.series.length > 0) findings.push(warning(place, `${name}: no series names one of ${of}`));
    if (seen.found.type === 'series')
      report.notes.push(`no series names one of ${of}, so that there is nobody to ask for`);
    return { rule: report, findings, error: seen.error };
  }
  const read = { resource, namespace: sample.namespace, names: sample.names };
  const query = usageQueryOf(rule, read, resources);
  const about = {
    metric: `${groupResourceText(resource)}/${name}`,
    series: '',
    seriesType: null,
    read: { namespace: read.namespace, selector: '', objects: read.names },
  };
  if (query.type === 'none') {
    findings.push({ severity: 'error', place, message: `${about.metric}: ${query.why}` });
    return { rule: report, findings, error: seen.error };
  }
  const labels = namespaced ? [query.label, rule.containerLabel] : [query.label];
  const asked = { rule: { backend, values: OBJECT_VALUES }, promql: query.promql, labels };
  const { answer, error } = await answerOf(asked, world);
  report.metrics.push({ ...about, query: query.promql, batch: null, answer });
  if (answer.type === 'failed') findings.push({ severity: 'error', place, message: `${query.promql}: ${answer.why}` });
  if (answer.type === 'answered' && answer.items.length === 0)
    findings.push(warning(place, `${query.promql}: ${answer.note ?? 'has no rows now'}`));
  return { rule: report, findings, error: error ?? seen.error };
}

/** The series that the query itself names: such a rule has no selector of its own for them. */
function selectorsOf({ rule, of }: Usage): string[] {
  const template = of === 'pods' ? rule.containerQuery : rule.nodeQuery;
  return selectorsIn(exampleQuery({ template, series: '', groupBy: ['object'] }, UNMATCHED) ?? '');
}
