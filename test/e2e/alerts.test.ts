import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findBinary } from '../controlplane/binaries.ts';
import { ALERT_CASES, type AlertCase } from '../manifests/alert-cases.ts';
import { ALERTS_FILE, type AlertRule, alertRules } from '../manifests/alert-rules.ts';
import { REPOSITORY } from '../manifests/manifests.ts';

const RULES = join(REPOSITORY, ALERTS_FILE);
let promtool: string;
let folder: string;

beforeAll(async () => {
  promtool = await findBinary('promtool', process.env, (line) => console.error(line));
  folder = mkdtempSync(join(tmpdir(), 'alerts-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** @throws Error with what promtool says, where it finds a fault */
const run = (args: string[]): string => execFileSync(promtool, args, { encoding: 'utf8', stdio: 'pipe' });

/** promtool's own form of a case. Annotations without a template are those of the rule. */
function testOf({ alert, labels: { severity }, annotations }: AlertRule, { about, series, at, fires }: AlertCase) {
  return {
    name: `${alert}: ${about}`,
    interval: '1m',
    input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
    alert_rule_test: [
      {
        eval_time: at,
        alertname: alert,
        exp_alerts: fires
          ? [
              {
                exp_labels: { ...fires.labels, severity },
                exp_annotations: { ...annotations, summary: fires.summary },
              },
            ]
          : [],
      },
      ...(fires?.notYet === undefined ? [] : [{ eval_time: fires.notYet, alertname: alert, exp_alerts: [] }]),
    ],
  };
}

it('the alert rules pass every check of promtool', () => {
  expect(run(['check', 'rules', '--lint=all', '--lint-fatal', RULES])).toContain(`${alertRules.length} rules found`);
});

it.each(alertRules.map((rule) => [rule.alert, rule] as const))(
  '%s fires when it should, and not in the near miss',
  (alert, rule) => {
    const cases = ALERT_CASES[alert] ?? [];
    const tests = cases.map((one) => testOf(rule, one));
    const file = join(folder, `${alert}.json`); // JSON is YAML
    writeFileSync(file, JSON.stringify({ rule_files: [RULES], evaluation_interval: '1m', tests }));
    expect(run(['test', 'rules', file])).toContain('SUCCESS');
  },
);
