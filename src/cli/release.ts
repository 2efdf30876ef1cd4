import { type Wanted, release as releaseFloors } from '../app/release.ts';
import { InvalidError } from '../domain/errors.ts';
import { targetKey } from '../domain/target.ts';
import type { Command, Input } from './command.ts';
import { errorText, exitCode } from './exit-code.ts';
import { columns, outputFormat, outputOption, render } from './output.ts';

/** `tidecaster release`: hands floors back because a person asks for it. */
export const release: Command = {
  name: 'release',
  summary: 'hand floors back to whoever owns the HPAs',
  usage: 'NAMESPACE/HPA... | --all | --confirm [--kubeconfig FILE] [-o table|json|yaml]',
  help: `Writes each HPA's restore value and gives the field up, so that Git sets it again without a conflict.
      --all              every HPA that carries our field manager: the first step of an uninstall. Stop the servers first
                         (kubectl scale --replicas=0): one that runs takes the HPAs of its policies again
      --confirm          those that no policy names any more, however many at once: what a server holds as TooManyAtOnce
  -p, --policies DIR     folder of the policies, read for --confirm (default: policies)
      --kubeconfig FILE  the cluster (default: $KUBECONFIG, ~/.kube/config, then the pod's service account)`,
  options: {
    ...outputOption,
    all: { type: 'boolean', default: false },
    confirm: { type: 'boolean', default: false },
    policies: { type: 'string', short: 'p', default: 'policies' },
    kubeconfig: { type: 'string' },
  },
  async run(input, tools) {
    const format = outputFormat(input.values.output);
    const wanted = wantedOf(input);
    const kubeconfig = typeof input.values.kubeconfig === 'string' ? input.values.kubeconfig : undefined;
    const world = {
      clock: tools.clock,
      cluster: await tools.cluster(kubeconfig),
      policies: tools.policyFolder(String(input.values.policies)),
    };
    const released = await releaseFloors(world, wanted);
    const answer = released.map(({ decision, error }) => ({
      hpa: targetKey(decision.target),
      minReplicas: decision.floor,
      error: error === null ? null : errorText(error),
    }));
    tools.stdout(render(answer, format, (rows) => (rows.length === 0 ? 'nothing to hand back\n' : table(rows))));
    return Math.max(0, ...released.map(({ error }) => (error === null ? 0 : exitCode(error))));
  },
};

/** @throws InvalidError unless exactly one of the three was asked for */
function wantedOf({ values, positionals }: Input): Wanted {
  const asked = [values.all === true, values.confirm === true, positionals.length > 0].filter(Boolean).length;
  if (asked !== 1) throw new InvalidError('expected either names (NAMESPACE/HPA), or --all, or --confirm');
  if (values.all === true) return { type: 'All' };
  if (values.confirm === true) return { type: 'Orphans' };
  const wrong = positionals.find((name) => !/^[^/]+\/[^/]+$/.test(name));
  if (wrong !== undefined) throw new InvalidError(`"${wrong}" is not the name of an HPA, expected NAMESPACE/HPA`);
  return { type: 'Named', targets: positionals };
}

const table = (rows: readonly { hpa: string; minReplicas: number | null; error: string | null }[]): string =>
  columns(
    ['HPA', 'MINREPLICAS', 'RESULT'],
    rows.map(({ hpa, minReplicas, error }) => [hpa, String(minReplicas ?? ''), error ?? 'handed back']),
  );
