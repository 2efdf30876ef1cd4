import { readingText } from '../domain/hpa/metric-reading.ts';
import { type Explanation, explanation } from '../domain/plan-view.ts';
import { InvalidError } from '../domain/errors.ts';
import { type TargetRef, targetKey } from '../domain/target.ts';
import type { Command } from './command.ts';
import { outputFormat, outputOption, render } from './output.ts';
import { previewHelp, previewOptions, previewedPlan } from './preview-world.ts';

/** `tidecaster explain HPA`: the chain of reasons behind a floor. */
export const explain: Command = {
  name: 'explain',
  summary: 'say why the floor of an HPA is what it is',
  usage: '[NAMESPACE/]HPA [-n NAMESPACE] [--server URL | --policies DIR --kubeconfig FILE] [-o table|json|yaml]',
  help: `Prints the floor, what the HPA has, each reason in the order in which it acted, and the next change.
${previewHelp}
  -n, --namespace NAME   namespace of the HPA (default: default)`,
  options: { ...outputOption, ...previewOptions, namespace: { type: 'string', short: 'n', default: 'default' } },
  async run(input, tools) {
    const format = outputFormat(input.values.output);
    const target = targetOf(input.positionals, String(input.values.namespace));
    const found = explanation(await previewedPlan(input, tools), target);
    tools.stdout(render(found, format, explanationText));
    return 0;
  },
};

/** `NAMESPACE/HPA`, or `HPA` with -n. @throws InvalidError */
export function targetOf(positionals: readonly string[], namespace: string): TargetRef {
  const [name, ...rest] = positionals;
  if (name === undefined || rest.length > 0) {
    throw new InvalidError(`${positionals.length} names given, expected one HPA: tidecaster explain NAMESPACE/HPA`);
  }
  const parts = name.split('/');
  if (parts.length > 2 || parts.includes(''))
    throw new InvalidError(`"${name}" is not the name of an HPA, expected NAMESPACE/HPA`);
  return parts.length === 2 ? { namespace: parts[0]!, name: parts[1]! } : { namespace, name };
}

/** For people. */
export function explanationText(found: Explanation): string {
  const { observed, floor, policy, next, action } = found;
  const has = observed
    ? `minReplicas ${observed.minReplicas}, maxReplicas ${observed.maxReplicas}, ${observed.currentReplicas} replicas, ${observed.desiredReplicas} wanted`
    : 'not there';
  return [
    `HPA      ${targetKey(found.target)} at ${found.at}`,
    `policy   ${policy ? `${policy.namespace}/${policy.name}` : 'none'} (revision ${found.revision})`,
    `floor    ${floor ?? 'held as it is'}`,
    `has      ${has}`,
    ...(observed?.metrics ?? []).map((metric) => `reads    ${metric.source} ${readingText(metric)}`),
    ...found.reasons.map(
      ({ reason, message }, index) => `${index === 0 ? 'because ' : '        '} ${index + 1}. ${reason}: ${message}`,
    ),
    `then     ${action ? `${action.type === 'Apply' ? 'writes' : 'hands back'} minReplicas ${action.minReplicas}` : 'nothing to write'}`,
    `next     ${next ? `${next.floor} at ${next.at}` : 'no change within a week'}`,
    ...found.problems.map((problem) => `refused  ${problem}`),
    '',
  ].join('\n');
}
