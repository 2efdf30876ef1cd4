import { parsePolicies } from '../config/policy.ts';
import { parseRules } from '../config/rules.ts';
import { InvalidError } from '../domain/errors.ts';
import { type AutoscalingPolicy } from '../domain/policy/autoscaling-policy.ts';
import { type Finding, lint as lintPolicies } from '../domain/policy/lint.ts';
import { lintRules } from '../domain/rules/lint-rules.ts';
import type { Command } from './command.ts';
import { findingLine, findingsExitCode, findingsSummary } from './findings.ts';
import { outputFormat, outputOption, render } from './output.ts';

/** `tidecaster lint FILES`: everything that can be said about policies and rules without a cluster and without a Prometheus. */
export const lint: Command = {
  name: 'lint',
  summary: 'check policy and rule files, without a cluster',
  usage: 'FILE_OR_FOLDER... [-o table|json|yaml]',
  help: `Errors: what keeps a file from being read, two policies for one HPA, a name used twice.
Warnings: schedules that overlap and which one rules, schedules that never open or never close, local times of the next year that a DST
change skips or repeats; rules that rate what is no counter by its name, or do not rate what is one, whose query
is no PromQL or heeds no selector, names that two rules of a file give or that have a capital. A file with a key
\`externalRules\`, \`rules\`, \`resourceRules\` or \`tidecaster\` is read as metric rules, any other as policies.
What a Prometheus makes of rules is said by: tidecaster rules check FILE --prometheus URL.
Exit code 0 without errors, 2 with one.`,
  options: outputOption,
  async run({ values, positionals }, { readFile, listFiles, clock, stdout }) {
    const format = outputFormat(values.output);
    if (positionals.length === 0)
      throw new InvalidError('no file given, expected policy files, rule files or folders of them');
    const files = [...new Set((await Promise.all(positionals.map(listFiles))).flat())];
    if (files.length === 0) throw new InvalidError(`no *.yaml file in ${positionals.join(', ')}`);
    const findings: Finding[] = [];
    const policies: AutoscalingPolicy[] = [];
    for (const file of files) {
      const text = await readFile(file);
      const read = isRules(text)
        ? { policies: [], ...parseRules(file, text) }
        : { ...noRules, ...parsePolicies(file, text) };
      policies.push(...read.policies);
      findings.push(...read.problems.map((problem): Finding => ({ severity: 'error', ...problem })));
      findings.push(...lintRules(read));
    }
    findings.push(...lintPolicies(policies, clock.now().toMillis()));
    const summary = `${files.length} files, ${policies.length} policies, ${findingsSummary(findings)}\n`;
    stdout(render(findings, format, () => findings.map(findingLine).join('') + summary));
    return findingsExitCode(findings);
  },
};

const noRules = { rules: [], customRules: [], resourceRules: null };
const isRules = (text: string): boolean => /^\uFEFF?(externalRules|rules|resourceRules|tidecaster):/m.test(text);
