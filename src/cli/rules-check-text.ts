import type { Finding } from '../domain/policy/lint.ts';
import type { CheckedAnswer, CheckedMetric, CheckedRule, RulesCheck } from '../domain/rules/rule-check.ts';
import { findingLine, findingsSummary } from './findings.ts';

/** `rules check` for people. */
export const rulesCheckText = ({ rules, findings }: RulesCheck): string =>
  [...rules.map(ruleText), ...findings.map(findingLine), summary(rules, findings)].join('');

const summary = (rules: readonly CheckedRule[], findings: readonly Finding[]): string =>
  `${rules.length} rules, ${rules.reduce((sum, { serves }) => sum + serves, 0)} metrics, ${findingsSummary(findings)}\n`;

function ruleText({ place, api, seriesQuery, found, serves, metrics, notes }: CheckedRule): string {
  const seen = found.type === 'unknown' ? found.why : `${found.series} series of ${plural(found.names, 'name')}`;
  const more =
    serves > metrics.length && (metrics.length > 0 || notes.length === 0)
      ? [entry('more', `${plural(serves - metrics.length, 'metric')}, not asked for`)]
      : [];
  return [
    `${place}  ${api}`,
    entry('series', `${seriesQuery}: ${seen}`),
    ...metrics.flatMap(metricLines),
    ...more,
    ...notes.map((note) => entry('note', note)),
    '',
    '',
  ].join('\n');
}

function metricLines({ metric, series, seriesType, read, query, batch, answer }: CheckedMetric): string[] {
  const { namespace, selector, objects } = read;
  const asked = [
    namespace === null ? 'no namespace' : `namespace ${namespace}`,
    ...(objects.length > 0 ? [objects.join(', ')] : []),
    ...(selector === '' ? [] : [`selector ${selector}`]),
  ];
  const from = series === '' || series === metric ? '' : ` from ${series}`;
  return [
    entry('metric', `${metric}${from}${seriesType === null ? '' : ` (${seriesType})`}`),
    entry('read', asked.join(', ')),
    ...(query === null ? [] : [entry('query', query)]),
    ...(batch === null ? [] : [entry('batch', batch.type === 'together' ? batch.query : `alone: ${batch.why}`)]),
    ...answerLines(answer),
  ];
}

function answerLines(answer: CheckedAnswer): string[] {
  if (answer.type !== 'answered') return [entry('answer', `${answer.type}: ${answer.why}`)];
  const { rows, items, note } = answer;
  return [
    entry('answer', `${plural(rows, 'row')}${note === null ? '' : `, ${note}`}`),
    ...items.map(({ of, value, timestamp }) => entry('', `${value} at ${timestamp} ${of}`)),
  ];
}

const entry = (name: string, text: string): string => `  ${name.padEnd(7)} ${text.replaceAll('\n', '\n          ')}`;

const plural = (count: number, thing: string): string => `${count} ${thing}${count === 1 ? '' : 's'}`;
