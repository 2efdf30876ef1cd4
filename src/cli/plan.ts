import { DateTime } from 'luxon';
import { InvalidError, problemText } from '../domain/errors.ts';
import type { AutoscalingPolicy } from '../domain/policy/autoscaling-policy.ts';
import { policyKey } from '../domain/policy/autoscaling-policy.ts';
import { timeline } from '../domain/policy/timeline.ts';
import { targetKey } from '../domain/target.ts';
import type { Command } from './command.ts';
import { columns, outputFormat, outputOption, render } from './output.ts';
import { clockAt } from './preview-world.ts';

/** One policy's floors over the coming hours, as `plan -o json` prints them. */
type PlannedPolicy = {
  policy: string;
  hpa: string;
  timeZone: string;
  /** The floor at the first instant, then each change. ISO 8601 in the policy's zone. */
  changes: { at: string; floor: number; reasons: AutoscalingPolicyReason[] }[];
};
type AutoscalingPolicyReason = ReturnType<typeof timeline>[number]['reasons'][number];

/** `tidecaster plan`: what each policy does now and in the coming hours, from the files alone. */
export const plan: Command = {
  name: 'plan',
  summary: 'what each policy does now and in the next 24 hours',
  usage: '[--policies DIR] [--hours N] [--at TIME] [-o table|json|yaml]',
  help: `Reads the files alone: no cluster is asked. What a pass would do to an HPA as it stands says \`tidecaster explain\`.
  -p, --policies DIR  folder of the policies (default: policies)
      --hours N       how far to look (default: 24, at most 744)
      --at TIME       begin at another instant, ISO 8601 (default: now)
Exit code 2 when a file is refused; the policies of the others are printed all the same.`,
  options: {
    ...outputOption,
    policies: { type: 'string', short: 'p', default: 'policies' },
    hours: { type: 'string', default: '24' },
    at: { type: 'string' },
  },
  async run({ values, positionals }, tools) {
    const format = outputFormat(values.output);
    if (positionals.length > 0)
      throw new InvalidError(`"${positionals[0]}" is not understood, the folder goes into --policies`);
    const hours = Number(values.hours);
    if (!(hours > 0 && hours <= 744))
      throw new InvalidError(`--hours is "${String(values.hours)}", expected more than 0 and at most 744`);
    const from = clockAt(values.at, tools.clock).now().toMillis();
    const reading = await tools.policyFolder(String(values.policies)).read();
    for (const problem of reading.problems) tools.stderr(`${problemText(problem)}\n`);
    const planned = reading.policies.map((policy) => plannedPolicy(policy, from, from + hours * 3_600_000));
    tools.stdout(render(planned, format, table));
    return reading.problems.length > 0 ? 2 : 0;
  },
};

function plannedPolicy(policy: AutoscalingPolicy, from: number, to: number): PlannedPolicy {
  return {
    policy: policyKey(policy),
    hpa: targetKey(policy.target),
    timeZone: policy.timeZone,
    changes: timeline(policy, from, to).map(({ at, replicas, reasons }) => ({
      at: DateTime.fromMillis(at, { zone: policy.timeZone }).toISO({ suppressMilliseconds: true })!,
      floor: replicas,
      reasons,
    })),
  };
}

function table(planned: readonly PlannedPolicy[]): string {
  const rows = planned.flatMap(({ hpa, timeZone, changes }) =>
    changes.map(({ at, floor, reasons }, index) => [
      index === 0 ? hpa : '',
      `${DateTime.fromISO(at, { setZone: true }).toFormat('ccc dd LLL HH:mm')}${index === 0 ? ` ${timeZone}` : ''}`,
      String(floor),
      reasons.at(-1)?.message ?? '',
    ]),
  );
  return rows.length === 0 ? 'no policy in force\n' : columns(['HPA', 'FROM', 'FLOOR', 'WHY'], rows);
}
