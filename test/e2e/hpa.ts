import type { V2HorizontalPodAutoscaler } from '@kubernetes/client-node';
import type { ApiClient } from '../controlplane/api-client.ts';

export type Hpa = V2HorizontalPodAutoscaler;

export const hpaPath = (namespace: string, name: string): string =>
  `/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers/${name}`;

/** Objects come as the API server has them, managedFields included. */
export const readHpa = (api: ApiClient, namespace: string, name: string): Promise<Hpa> =>
  api.ask<Hpa>({ path: hpaPath(namespace, name) });

/** A Kubernetes quantity as a number; the suffixes that HPAs print. */
export function quantity(text: string | undefined): number {
  const match = /^(\d+(?:\.\d+)?)(m|k|M|G|T|P)?$/.exec(text ?? '');
  if (!match) throw new Error(`${text} is not a quantity that this test knows`);
  const scale: Record<string, number> = { m: 1e-3, k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15 };
  return Number(match[1]) * (match[2] === undefined ? 1 : scale[match[2]]!);
}

/** The metric that leads, and what the HPA says it was told of it. */
function mainMetric({ spec, status }: Hpa) {
  const [metric] = spec?.metrics ?? [];
  const [read] = status?.currentMetrics ?? [];
  return {
    target: quantity((metric?.external ?? metric?.pods)?.target.averageValue),
    average: quantity((read?.external ?? read?.pods)?.current.averageValue),
  };
}

/**
 * How many replicas an HPA must have come to whose first metric leads, an average per pod: the controller's rule, written down once
 * more from its documentation, on the number that Prometheus itself answers.
 * https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#algorithm-details
 */
export function expectedReplicas(hpa: Hpa, total: number): number {
  const { spec, status } = hpa;
  const { target } = mainMetric(hpa);
  const current = status?.currentReplicas ?? 0;
  const tolerated = Math.abs(total / (target * current) - 1) <= 0.1;
  const wanted = tolerated ? current : Math.ceil(total / target);
  return Math.min(spec?.maxReplicas ?? 0, Math.max(spec?.minReplicas ?? 1, wanted));
}

/** What the HPA says it was told: the metric's total over all replicas. */
export function reportedTotal(hpa: Hpa): number {
  return mainMetric(hpa).average * (hpa.status?.currentReplicas ?? 0);
}
