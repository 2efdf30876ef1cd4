import type { Selector } from '../../src/domain/promql/ast.ts';
import { mapSelectors } from '../../src/domain/promql/map-selectors.ts';
import { parsePromql } from '../../src/domain/promql/parse.ts';
import { documentOf } from '../docs/documents.ts';
import { type Exported, exportedMetrics, seriesNames } from '../telemetry/exported.ts';
import { ALERT_CASES } from './alert-cases.ts';
import { alertRules } from './alert-rules.ts';

const exported = await exportedMetrics();
const RUNBOOK = 'docs/runbooks/tidecaster.md';
/** Labels that Prometheus gives to what it scrapes (prometheus-config.yaml). */
const OF_TARGETS = ['job', 'namespace', 'pod'];
const each = it.each(alertRules.map((rule) => [rule.alert, rule] as const));

/** The metric of a series; `up` is Prometheus' own. */
function metricOf(series: string | null): Exported | undefined {
  if (series === 'up') return { type: 'gauge', labels: [] };
  return [...exported].find(([name, metric]) => seriesNames(name, metric).includes(series ?? ''))?.[1];
}

function selectorsOf(promql: string): Selector[] {
  const found: Selector[] = [];
  mapSelectors(parsePromql(promql), (selector) => {
    found.push(selector);
    return selector;
  });
  return found;
}

each('%s asks for metrics and labels that the program exports', (_, { expr }) => {
  const selectors = selectorsOf(expr);
  expect(selectors.length).toBeGreaterThan(0);
  for (const { name, matchers } of selectors) {
    const metric = metricOf(name);
    expect([name, metric !== undefined]).toEqual([name, true]);
    const labels = [...OF_TARGETS, ...metric!.labels];
    for (const { label } of matchers) expect(labels).toContain(label);
  }
});

each('%s says how bad it is and what it means', (_, { labels, annotations }) => {
  expect(['critical', 'warning']).toContain(labels.severity);
  for (const text of [annotations.summary, annotations.description]) expect(text).toMatch(/\.$/);
});

each('%s has a runbook that says what to look at and what to do', (alert, { annotations }) => {
  expect(annotations.runbook_url).toBe(`${RUNBOOK}#${alert.toLowerCase()}`);
  const sections = documentOf(RUNBOOK).text.split(/^#{2,3} /m);
  const own = sections.filter((section) => section.startsWith(`${alert}\n`));
  expect(own).toHaveLength(1);
  expect(own[0]).toContain('- Look');
  expect(own[0]).toMatch(/- Do:|- Look, do:/);
});

it('each has cases in which it fires and does not, and no case or runbook is of an alert that is gone', () => {
  const names = alertRules.map(({ alert }) => alert);
  expect(new Set(names).size).toBe(names.length);
  expect(Object.keys(ALERT_CASES)).toEqual(names);
  for (const { alert, for: lasts } of alertRules) {
    const waits = ALERT_CASES[alert]!.filter(({ fires }) => fires?.notYet !== undefined);
    expect([alert, waits.length > 0]).toEqual([alert, lasts !== undefined]);
  }
  for (const cases of Object.values(ALERT_CASES)) {
    expect(new Set(cases.map(({ fires }) => fires !== null))).toEqual(new Set([true, false]));
  }
  const headings = [...documentOf(RUNBOOK).text.matchAll(/^### (.+)$/gm)].map(([, heading]) => heading);
  expect(headings).toEqual(names);
});
