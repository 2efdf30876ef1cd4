import { type DoctorFinding, found } from './checks.ts';
import type { HpaFacts, MetricSource } from './facts.ts';

/** kube-controller-manager's flags that limit HPAs; periodSeconds is --horizontal-pod-autoscaler-sync-period. */
export type ControllerFlags = { qps: number; workers: number; periodSeconds: number };

/** Kubernetes 1.37's, pkg/controller/{apis,podautoscaler}/config/v1alpha1/defaults.go. */
export const DEFAULTS: ControllerFlags = { qps: 20, workers: 5, periodSeconds: 15 };

export function controllerFlags(args: readonly string[]): ControllerFlags {
  const number = (flag: string, fallback: number): number => {
    const value = Number(flagOf(args, flag) ?? fallback);
    return Number.isFinite(value) && value > 0 ? value : fallback;
  };
  return {
    qps: number('kube-api-qps', DEFAULTS.qps),
    workers: number('concurrent-horizontal-pod-autoscaler-syncs', DEFAULTS.workers),
    periodSeconds: seconds(flagOf(args, 'horizontal-pod-autoscaler-sync-period') ?? '') ?? DEFAULTS.periodSeconds,
  };
}

/** The value of `--flag=value` or `--flag value`; the last one counts. */
export function flagOf(args: readonly string[], flag: string): string | null {
  for (let at = args.length - 1; at >= 0; at--) {
    if (args[at] === `--${flag}`) return args[at + 1] ?? null;
    if (args[at]!.startsWith(`--${flag}=`)) return args[at]!.slice(flag.length + 3);
  }
  return null;
}

const UNITS: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600 };

/** A duration as Go writes it, such as 1m30s; null where it is none that is longer than nothing. */
function seconds(text: string): number | null {
  if (!/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(text)) return null;
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)];
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * UNITS[unit!]!, 0) || null;
}

/** Which of the controller's clients asks; each has qps of its own. The scale client reads each HPA's target. */
const CLIENTS: readonly { name: string; types: readonly MetricSource[] }[] = [
  { name: 'external metrics', types: ['External'] },
  { name: 'custom metrics', types: ['Pods', 'Object'] },
  { name: 'cpu and memory', types: ['Resource', 'ContainerResource'] },
];

const NEAR = 0.7;
/** A read over the aggregator takes a few milliseconds where all is well; from here on a slow backend is felt. */
const TIGHT_MS = 50;

/** What the HPA controller must ask for in each period, against what it may. */
export function controllerFindings(hpas: readonly HpaFacts[], flags: ControllerFlags): DoctorFinding[] {
  const { qps, workers, periodSeconds } = flags;
  const metrics = hpas.flatMap((hpa) => hpa.metrics);
  const reads = [
    ...CLIENTS.map(({ name, types }) => ({
      name: `reads of ${name}`,
      count: metrics.filter(({ type }) => types.includes(type)).length,
    })),
    { name: 'reads of scale', count: hpas.length },
  ];
  const most = qps * periodSeconds;
  const findings = reads.flatMap(({ name, count }): DoctorFinding[] => {
    if (count <= most * NEAR) return [];
    const what = `${count} ${name} in each period of ${periodSeconds} s; at ${qps} calls a second it can make ${most}`;
    const round = `, so that a round takes ${Math.ceil(count / qps)} s`;
    return count > most
      ? [found('ControllerOverloaded', 'kube-controller-manager', what + round)]
      : [found('ControllerNearLimit', 'kube-controller-manager', what)];
  });
  const all = metrics.length + hpas.length;
  const each = (workers * periodSeconds * 1000) / Math.max(1, all);
  if (each < TIGHT_MS) {
    const what = `${all} calls in ${periodSeconds} s by ${workers} workers: ${Math.floor(each)} ms for each`;
    findings.push(found('WorkersBusy', 'kube-controller-manager', what));
  }
  return findings;
}
