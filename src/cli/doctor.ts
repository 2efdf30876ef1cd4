import { InvalidError } from '../domain/errors.ts';
import type { DoctorFinding } from '../domain/doctor/checks.ts';
import type { Command } from './command.ts';
import { outputFormat, outputOption, render } from './output.ts';

/** `tidecaster doctor`: what limits a cluster. */
export const doctor: Command = {
  name: 'doctor',
  summary: 'say what limits this cluster, and what to do about it',
  usage: '[--kubeconfig FILE] [--resource-metrics] [-o table|json|yaml]',
  help: `Looks, and changes nothing: kube-controller-manager's limits against the number of metrics, rights of the ServiceAccount, the
APIServices (registered, available, whose, trusted), the serving certificate, clocks, the Lease, HPAs that cannot read a metric.
docs/doctor.md tells each finding.
      --kubeconfig FILE    the cluster (default: $KUBECONFIG, ~/.kube/config, then the pod's service account)
      --resource-metrics   metrics.k8s.io is to be ours: another owner is an error
Exit code 0 without errors, 1 with one.`,
  options: { ...outputOption, kubeconfig: { type: 'string' }, 'resource-metrics': { type: 'boolean' } },
  async run({ values, positionals }, tools) {
    if (positionals.length > 0) throw new InvalidError(`"${positionals[0]}" is not understood`);
    const format = outputFormat(values.output);
    const findings = await tools.doctor({
      kubeconfig: typeof values.kubeconfig === 'string' ? values.kubeconfig : undefined,
      wantsResourceMetrics: values['resource-metrics'] === true,
    });
    tools.stdout(render(findings, format, table));
    return findings.some(({ severity }) => severity === 'error') ? 1 : 0;
  },
};

function table(findings: readonly DoctorFinding[]): string {
  const count = (severity: DoctorFinding['severity']): number =>
    findings.filter((finding) => finding.severity === severity).length;
  const summary = `${count('error')} errors, ${count('warning')} warnings, ${count('note')} notes\n`;
  return findings.map(lines).join('') + summary;
}

const lines = ({ check, severity, subject, what, why, fix }: DoctorFinding): string =>
  `${severity.toUpperCase()} ${check}: ${subject} ${what}\n  why: ${why}\n  do:  ${fix}\n`;
