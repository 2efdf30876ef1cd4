import { type World, preview } from '../app/pass.ts';
import { type PlanView, planView } from '../domain/plan-view.ts';
import { InvalidError } from '../domain/errors.ts';
import { DateTime } from 'luxon';
import type { Plan } from '../domain/plan.ts';
import type { Clock } from '../ports/clock.ts';
import type { Input, Tools } from './command.ts';

/** The flags of every command that decides without acting. */
export const previewOptions = {
  policies: { type: 'string', short: 'p', default: 'policies' },
  kubeconfig: { type: 'string' },
  server: { type: 'string' },
  at: { type: 'string' },
} as const;

export const previewHelp = `  -p, --policies DIR     folder of the policies (default: policies)
      --kubeconfig FILE  the cluster to look at (default: $KUBECONFIG, ~/.kube/config, then the pod's service account)
      --server URL       ask a running server's page address instead, such as http://127.0.0.1:8080
      --at TIME          decide for another instant, ISO 8601, such as 2026-12-05T20:00+09:00 (default: now)`;

/** What a real pass would decide now: by a running server's own word, or from the policies and the cluster. Writes nothing. */
export async function previewedPlan({ values }: Input, tools: Tools): Promise<PlanView> {
  if (typeof values.server === 'string') return tools.remotePlan(serverUrl(values.server, values));
  const kubeconfig = typeof values.kubeconfig === 'string' ? values.kubeconfig : undefined;
  const world: World = {
    clock: clockAt(values.at, tools.clock),
    cluster: await tools.cluster(kubeconfig),
    policies: tools.policyFolder(String(values.policies)),
    recorder: { planned: () => {}, acted: () => {} },
    limits: { heartbeatSeconds: 15, letGoAfterSeconds: 60 },
  };
  const result: Plan = await preview(world, null);
  return planView(result, null);
}

/** @throws InvalidError */
function serverUrl(server: string, { at, kubeconfig }: Input['values']): string {
  if (!URL.canParse(server)) {
    throw new InvalidError(`--server is "${server}", expected a URL such as http://127.0.0.1:8080`);
  }
  if (at !== undefined || kubeconfig !== undefined) {
    throw new InvalidError('--server asks what that server decided last, it does not go with --at or --kubeconfig');
  }
  return server;
}

/** The clock of `--at`. @throws InvalidError */
export function clockAt(at: unknown, clock: Clock): Clock {
  if (typeof at !== 'string') return clock;
  const instant = DateTime.fromISO(at, { setZone: true });
  if (!instant.isValid) {
    throw new InvalidError(
      `--at is "${at}", expected a time such as 2026-12-05T20:00+09:00: ${instant.invalidExplanation}`,
    );
  }
  return { ...clock, now: () => instant.toUTC() };
}
