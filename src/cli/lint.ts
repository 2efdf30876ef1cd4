import { parsePolicies } from '../config/policy.ts';
import { parseRules } from '../config/rules.ts';
import { InvalidError, placeText } from '../domain/errors.ts';
import { type AutoscalingPolicy } from '../domain/policy/autoscaling-policy.ts';
import { type Finding, lint as lintPolicies } from '../domain/policy/lint.ts';
import { lintRules } from '../domain/rules/lint-rules.ts';
import { lintTypes } from '../domain/rules/lint-types.ts';
import { type MetricRule, metricNameOf } from '../domain/rules/metric-rule.ts';
import type { Command, SeriesCatalog } from './command.ts';
import { outputFormat, outputOption, render } from './output.ts';

/** `tidecaster lint FILES`: everything that can be said about policies and rules without a cluster, and by a Prometheus of types. */
export const lint: Command = {
  name: 'lint',
  summary: 'check policy and rule files, without a cluster',
  usage: 'FILE_OR_FOLDER... [--prometheus-url URL] [-o table|json|yaml]',
  help: `Errors: what keeps a file from being read, two policies for one HPA, a name used twice.
Warnings: schedules that overlap and which one rules, schedules that never open or never close, local times of the next year that a DST
change skips or repeats; rules that rate what is no counter by its name, or do not rate what is one, whose query
is no PromQL or heeds no selector, names that two rules of a file give or that have a capital. A file with a key
\`externalRules\`, \`rules\`, \`resourceRules\` or \`tidecaster\` is read as metric rules, any other as policies.
With --prometheus-url it also looks at the types that this Prometheus says the series have.
Exit code 0 without errors, 2 with one.`,
  options: { ...outputOption, 'prometheus-url': { type: 'string' } },
  async run({ values, positionals }, { readFile, listFiles, prometheus, clock, stdout }) {
    const format = outputFormat(values.output);
    if (positionals.length === 0)
      throw new InvalidError('no file given, expected policy files, rule files or folders of them');
    const files = [...new Set((await Promise.all(positionals.map(listFiles))).flat())];
    if (files.length === 0) throw new InvalidError(`no *.yaml file in ${positionals.join(', ')}`);
    const findings: Finding[] = [];
    const policies: AutoscalingPolicy[] = [];
    const rules: MetricRule[] = [];
    for (const file of files) {
      const text = await readFile(file);
      const read = isRules(text)
        ? { policies: [], ...parseRules(file, text) }
        : { rules: [], ...parsePolicies(file, text) };
      policies.push(...read.policies);
      findings.push(...read.problems.map((problem): Finding => ({ severity: 'error', ...problem })));
      findings.push(...lintRules(read.rules));
      rules.push(...read.rules);
    }
    findings.push(...lintPolicies(policies, clock.now().toMillis()));
    const url = values['prometheus-url'];
    if (typeof url === 'string') {
      if (!/^https?:\/\//.test(url))
        throw new InvalidError(`--prometheus-url is "${url}", expected http:// or https://`);
      const catalog = await prometheus(url);
      try {
        findings.push(...(await lintWith(catalog, rules, clock.now().toSeconds())));
      } finally {
        catalog.close();
      }
    }
    const errors = findings.filter(({ severity }) => severity === 'error').length;
    const summary = `${files.length} files, ${policies.length} policies, ${errors} errors, ${findings.length - errors} warnings\n`;
    stdout(render(findings, format, () => findings.map(line).join('') + summary));
    return errors > 0 ? 2 : 0;
  },
};

/** How far back a query can see a series. */
const LOOKBACK_SECONDS = 300;

/** Rules of other backends are left out: their series are not there. @throws UnavailableError */
async function lintWith(catalog: SeriesCatalog, rules: readonly MetricRule[], now: number): Promise<Finding[]> {
  const own = rules.filter(({ backend }) => backend === null);
  const open = [...new Set(own.flatMap((rule) => (rule.pinnedSeries === null ? [rule.seriesQuery] : [])))];
  const [types, listed] = await Promise.all([
    catalog.types(),
    Promise.all(
      open.map(async (query): Promise<[string, string[]]> => {
        const series = await catalog.series(query, now - LOOKBACK_SECONDS);
        return [query, [...new Set(series.flatMap(({ __name__: name }) => name ?? []))]];
      }),
    ),
  ]);
  const names = new Map(listed);
  return lintTypes(own, types, (rule) => {
    const series = rule.pinnedSeries === null ? (names.get(rule.seriesQuery) ?? []) : [rule.pinnedSeries];
    return series.filter((name) => metricNameOf(rule, name) !== null);
  });
}

const isRules = (text: string): boolean => /^\uFEFF?(externalRules|rules|resourceRules|tidecaster):/m.test(text);
const line = ({ severity, place, message }: Finding): string => `${placeText(place)}: ${severity}: ${message}\n`;
