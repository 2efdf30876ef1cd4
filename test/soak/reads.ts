import { namespaceOf, podOf } from '../bench/adapter/data.ts';
import { NAMESPACES, seriesOf } from './series.ts';

/** flapping: of the backend that comes and goes; steady: of one that is always well. */
export type Backend = 'steady' | 'flapping';

/** One key. series: what an External read sums up; by pod: what a Pods read lists. */
export type Read = {
  path: string;
  backend: Backend;
  kind: { type: 'external'; series: readonly number[] } | { type: 'pods'; series: ReadonlyMap<string, number> };
};

/** The names of the rules' metrics, by the backend that they ask. changing: its backend's entry changes with each rules file. */
export const EXTERNAL = { steady: 'viewers_steady', changing: 'viewers_changing', flapping: 'viewers_flapping' };
export const PODS_METRICS = { steady: 'pod_viewers_steady', flapping: 'pod_viewers_flapping' };

/** Every metric in every namespace, one metric after the other. */
export function allReads(): Read[] {
  return Array.from({ length: NAMESPACES }, (_none, namespace) => namespace).flatMap((namespace) => [
    external(EXTERNAL.steady, 'steady', namespace),
    pods(PODS_METRICS.steady, 'steady', namespace),
    external(EXTERNAL.flapping, 'flapping', namespace),
    external(EXTERNAL.changing, 'steady', namespace),
    pods(PODS_METRICS.flapping, 'flapping', namespace),
  ]);
}

const external = (metric: string, backend: Backend, namespace: number): Read => ({
  path: `/apis/external.metrics.k8s.io/v1beta1/namespaces/${namespaceOf(namespace)}/${metric}?labelSelector=service%3Dweb`,
  backend,
  kind: { type: 'external', series: seriesOf(namespace) },
});

const pods = (metric: string, backend: Backend, namespace: number): Read => ({
  path: `/apis/custom.metrics.k8s.io/v1beta2/namespaces/${namespaceOf(namespace)}/pods/%2A/${metric}?labelSelector=app%3Dweb`,
  backend,
  kind: { type: 'pods', series: new Map(seriesOf(namespace).map((series, pod) => [podOf(pod), series])) },
});
